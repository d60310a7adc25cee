"""Coherent care pathways: from a record to one plan, with its reasons."""
