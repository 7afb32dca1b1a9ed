"""`python -m capdrop`."""

from .cli import script

script()
