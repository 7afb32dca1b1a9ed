"""Text to trees with exact spans; knows nothing of security."""

UNKNOWN = "\ue000"
"""Stands for each character of a template's action amid a value; a private-use character, which YAML takes for a letter."""
