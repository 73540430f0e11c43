"""An exported study: what is in it, how it is described, and how each part is checked."""
