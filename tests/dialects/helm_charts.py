"""Small charts, each with what Helm makes of it, written out by hand."""
from __future__ import annotations
class Chart: ...
CHARTS: list = []
