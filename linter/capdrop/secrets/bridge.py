"""detect-secrets over a text: its plugins and filters, as the repository has set them. Imported only when it is asked for."""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from detect_secrets.core.potential_secret import PotentialSecret

FURTHEST = 4000
"""Characters behind its line in which a value of several lines is looked for."""
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
    """What the plugins find in a text as in a file, by the settings of the nearest `.secrets.baseline` and through its filters."""
    import os

    if not installed():
        return
    from detect_secrets.settings import transient_settings

    folder = os.path.dirname(os.path.abspath(path))
    root = os.path.dirname(nearest(folder)) or folder
    with transient_settings(without_network(settings(folder))):
        found = _found(text, os.path.relpath(os.path.abspath(path), root))
    starts = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text)), len(text)]
    for secret in found:
        number = min(secret.line_number, len(starts) - 1)
        yield Other(*_place(text, secret.secret_value or "", starts[number - 1], starts[number]), secret.type)


def _place(text: str, value: str, line: int, end: int) -> tuple[int, int]:
    """Where a value stands: on its line; before it, as each of several values on a line of YAML is counted as one more line; behind it,
    where it begins below its name. The whole line where it is not written as it is."""
    if value:
        begin = text.find(value, line, end)
        begin = text.rfind(value, 0, line) if begin < 0 else begin
        begin = text.find(value, end, end + FURTHEST) if begin < 0 else begin
        if begin >= 0:
            return begin, begin + len(value)
    return line, line + len(text[line:end].rstrip("\r\n"))


def _found(text: str, name: str) -> list[PotentialSecret]:
    """What is found in the first way of reading the file in which there is something, as `detect-secrets scan` does it."""
    from detect_secrets.core.scan import _is_filtered_out, _process_line_based_plugins
    from detect_secrets.settings import get_settings

    get_settings().disable_filters("detect_secrets.filters.common.is_invalid_file")  # an editor's file need not be saved
    if _is_filtered_out(["filename"], filename=name):
        return []
    for lines in _readings(text, name):
        found = list(_process_line_based_plugins(list(enumerate(lines, 1)), filename=name))
        if found:
            return found
    return []


def _readings(text: str, name: str) -> Iterator[list[str]]:
    """The lines of a file, those of YAML and the like with their values in quotes; then those of a file that may hold settings."""
    import io

    from detect_secrets.transformers import get_transformed_file

    file = io.StringIO(text, newline=None)
    file.name = name
    for eager in (False, True):
        try:
            lines = get_transformed_file(file, use_eager_transformers=eager)
        except (RecursionError, ValueError):
            lines = None
        if lines or not eager:
            file.seek(0)
            yield lines or file.readlines()
        file.seek(0)


def without_network(config: dict[str, Any]) -> dict[str, Any]:
    """The settings without the filter that asks the providers whether a secret is still in force."""
    filters = [one for one in config["filters_used"] if not one["path"].endswith("is_ignored_due_to_verification_policies")]
    return {**config, "filters_used": filters}


def without_code(baseline: dict[str, Any]) -> dict[str, Any]:
    """The settings of a baseline without plugins and filters that are code of the repository, which nothing here runs."""
    plugins, filters = ([one for one in baseline.get(key, ()) if isinstance(one, dict)] for key in ("plugins_used", "filters_used"))
    return {
        "plugins_used": [one for one in plugins if "path" not in one],
        "filters_used": [one for one in filters if str(one.get("path", "")).startswith("detect_secrets.filters.")],
    }


@lru_cache(maxsize=64)
def settings(folder: str) -> dict[str, Any]:
    """The plugins and filters of the nearest baseline, or those that detect-secrets has by default."""
    from detect_secrets.core.baseline import upgrade
    from detect_secrets.settings import default_settings, get_settings

    path = nearest(folder)
    if path:
        return without_code(upgrade(load(path)))
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
