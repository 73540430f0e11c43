"""What `framing report` takes from the labels, the scores and the stories."""
