"""The reference engine: where a person stands in a pathway, and why. Pure."""
