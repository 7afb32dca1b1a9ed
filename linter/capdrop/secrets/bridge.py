"""detect-secrets over a text: its plugins and filters, as the repository has set them. Imported only when it is asked for."""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

NAME = ".secrets.baseline"


class Other:
    """What detect-secrets finds: its range in the text, and what its plugin calls it."""

    __slots__ = ("end", "start", "what")

    def __init__(self, start: int, end: int, what: str) -> None:
        self.start = start
        self.end = end
        self.what = what


def installed() -> bool:
    """Whether detect-secrets is here."""
    from importlib.util import find_spec

    return find_spec("detect_secrets") is not None


def load(path: str) -> dict[str, Any]:
    """Read a `.secrets.baseline`. Raises `ValueError`, which names the file."""
    import json

    try:
        with open(path, encoding="utf-8") as file:
            baseline = json.load(file)
    except (OSError, ValueError, RecursionError):
        baseline = None
    if not isinstance(baseline, dict) or not isinstance(baseline.get("results", {}), dict):
        raise ValueError(f"{path}: not a baseline of detect-secrets")
    return baseline


def others(text: str, path: str) -> Iterator[Other]:
    """What the plugins find in a text, by the settings of the nearest `.secrets.baseline` and through its filters."""
    import os

    if not installed():
        return
    from detect_secrets.core.scan import _process_line_based_plugins
    from detect_secrets.settings import transient_settings

    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    with transient_settings(settings(os.path.dirname(os.path.abspath(path)))):
        found = list(_process_line_based_plugins(list(enumerate(lines, 1)), filename=path))
    for secret in found:
        line, start = lines[secret.line_number - 1], starts[secret.line_number - 1]
        begin = line.find(secret.secret_value) if secret.secret_value else -1
        first, last = (begin, begin + len(secret.secret_value)) if begin >= 0 else (0, len(line))
        yield Other(start + first, start + last, secret.type)


@lru_cache(maxsize=64)
def settings(folder: str) -> dict[str, Any]:
    """The plugins and filters of the nearest baseline, or those that detect-secrets has by default."""
    from detect_secrets.core.baseline import upgrade
    from detect_secrets.settings import default_settings, get_settings

    path = nearest(folder)
    if path:
        baseline = upgrade(load(path))
        return {"plugins_used": baseline.get("plugins_used", []), "filters_used": baseline.get("filters_used", [])}
    with default_settings():
        chosen: dict[str, Any] = get_settings().json()
    return chosen


def nearest(folder: str) -> str:
    """The baseline in a folder or in one above it, up to the top of its repository; "" where there is none."""
    import os

    while True:
        path = os.path.join(folder, NAME)
        if os.path.isfile(path):
            return path
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return ""
        folder = parent
