"""The stories of `framing compare`: from scores on disk to pages and tables."""
