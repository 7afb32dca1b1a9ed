"""Is this value a secret? Knows text only: no file format, no finding. Each module is imported by itself, when it is needed."""
