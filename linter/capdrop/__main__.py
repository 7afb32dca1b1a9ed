"""`python -m capdrop`."""

from .cli import main

raise SystemExit(main())
