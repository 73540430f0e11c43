"""Articles and a model to SCORES: streaming, in parallel, and going on where it was stopped."""
