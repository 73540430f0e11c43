"""One function a command: read, call the stages, write, return a small result."""
