"""The edge: what reads and writes files."""
