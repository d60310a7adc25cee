"""Pathways as data: the model of what a definition may say. Reads no files."""
