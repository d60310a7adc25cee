"""The version of the program: the one in `pyproject.toml` (held by a test)."""

VERSION = "0.1.0"
