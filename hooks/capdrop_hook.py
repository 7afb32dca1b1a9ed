"""What pre-commit runs: `capdrop check`, or `capdrop fix --apply` with `--fix` first, on the files of a commit.

Pre-commit itself fails where a hook has changed a file.
"""

from __future__ import annotations

import sys

from capdrop.cli import main as capdrop


def main(argv: list[str] | None = None) -> int:
    """Check the files, or fix them."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["--fix"]:
        return capdrop(["fix", "--apply", *arguments[1:]])
    return capdrop(["check", *arguments])


if __name__ == "__main__":
    raise SystemExit(main())
