"""Wiring: imports everything; nothing imports it."""
