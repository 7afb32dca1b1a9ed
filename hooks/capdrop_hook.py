"""What pre-commit runs: `capdrop check`, or `capdrop fix --apply` with `--fix` first, on the files of a commit.

Pre-commit itself fails where a hook has changed a file.
"""

from __future__ import annotations

import sys

from capdrop.cli import leave
from capdrop.cli import main as capdrop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def script() -> NoReturn:
    """The console script."""
    leave(main())


def main(argv: list[str] | None = None) -> int:
    """Check the files, or fix them."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["--fix"]:
        return capdrop(["fix", "--apply", *arguments[1:]])
    return capdrop(["check", *arguments])


if __name__ == "__main__":
    script()
