"""Everything that touches Label Studio; the only room that knows its SDK."""
