"""Tables to pages that open from disk."""
