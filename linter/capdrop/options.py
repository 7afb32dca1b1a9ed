"""The options that commands share, and the configuration that they give."""

from __future__ import annotations

import os

from . import config as configuration
from .rulebook import Misuse
from .untranslated import argparse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from typing import NoReturn

    from .config import Config
    from .rulebook import Rulebook

WIDTH = 110


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line, without bytes that act on a terminal."""

    def error(self, message: str) -> NoReturn:
        raise Misuse(f"{message} (see `{self.prog} --help`)")


def parser(command: str, description: str, more: str = "") -> Parser:
    """The parser of one command. `more` stands below the options in its help."""

    def formatter(prog: str) -> argparse.RawDescriptionHelpFormatter:
        return argparse.RawDescriptionHelpFormatter(prog, max_help_position=28, width=WIDTH)

    return Parser(prog=f"capdrop {command}", description=description, epilog=more, formatter_class=formatter, allow_abbrev=False)


def add_paths(to: Parser) -> None:
    """The files and folders to work on."""
    to.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (the current folder)")


def add_configuration(to: Parser) -> None:
    """Which configuration file to use."""
    which = to.add_mutually_exclusive_group()
    which.add_argument("--config", metavar="FILE", help="the configuration (the nearest capdrop.toml or pyproject.toml)")
    which.add_argument("--isolated", action="store_true", help="use no configuration and no baseline")


def add_selection(to: Parser) -> None:
    """Which rules to use."""
    add_configuration(to)
    to.add_argument("--profile", choices=configuration.PROFILES, help="which rules to use (default)")
    to.add_argument("--select", metavar="RULES", help="only these rules, with commas between; other tools' ids work too")
    to.add_argument("--ignore", metavar="RULES", help="not these rules")
    to.add_argument("--min-confidence", choices=configuration.CONFIDENCES, help="lowest confidence that counts (medium)")


def prepared(options: Namespace) -> tuple[Config, Rulebook]:
    """The configuration with the options of the command line over it, and the rules that they put in force. Raises `Misuse`."""
    here = os.getcwd()
    config = configuration.Config(here) if options.isolated else configuration.at(here, options.config or "")
    for name in ("profile", "fail_on", "min_confidence"):
        if getattr(options, name, None):
            setattr(config, name, getattr(options, name))
    config.chosen = _names(getattr(options, "select", None))
    config.ignored = _names(getattr(options, "ignore", None))
    return config, configuration.rules_in_force(config)


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]
