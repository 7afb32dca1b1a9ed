"""The programs and variables that a rule names only spare it the others: its findings are the same with and without them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of, may_be_ours
from capdrop.engine import analyse
from capdrop.examples import unmarked
from capdrop.rule import Rule
from capdrop.rulebook import Rulebook
from capdrop.source import Source, Unreadable, decode

CORPORA = [Path(__file__).parents[2] / "shared" / "corpus", *map(Path, filter(None, [os.environ.get("CAPDROP_CORPUS")]))]
SECONDS = 5
"""Processor time for all of the corpora."""
BOOK = rulebook.load()
DECIDED_BY_PROGRAM = {"cargo-install-unlocked", "preloaded-library", "remote-code-trusted"}
"""Rules whose checks do not look at the program, so that the programs that they name are a part of what they look for."""
COMMANDS = """
FROM debian:13
RUN GOSUMDB=off ./build.sh && PIP_INDEX_URL=http://mirrors.example.com/simple python3 setup.py install
RUN PIP_EXTRA_INDEX_URL=https://pypi.acme.example/simple ./install && DOCKER_CONTENT_TRUST=0 ./pull && GIT_SSL_NO_VERIFY=1 make
RUN export PYTHONHTTPSVERIFY=0; GOFLAGS=-insecure; useradd.sh -p x; pip3.12 install --trusted-host a.example reqeusts; chmod.x 777 a
RUN python3.12 -c "import base64; exec(base64.b64decode('x'))" && curl http://example.com/a | python3.12 && $TOOL chmod 777 /a
CMD ["--insecure-registry", "registry.example.com"]
"""
"""Programs with versions and endings, programs that are not known, and variables for any program."""


def unfiltered() -> Rulebook:
    """A rulebook of its own, of which every rule sees every command and every variable."""
    book = rulebook.load()
    for rule in book.rules.values():
        if rule.name not in DECIDED_BY_PROGRAM:
            rule.programs = rule.variables = rule.facts = frozenset()
    return book


ALL = unfiltered()


def found(source: Source, book: Rulebook) -> list[tuple[str, int, int, str]]:
    kind = kind_of(source.path, source.text)
    if kind is None:
        return []
    analysis = analyse(source, kind, book, Context())
    assert analysis.broken == []
    return [(finding.rule, finding.span.start, finding.span.end, finding.message) for finding in analysis.findings]


def corpus() -> Iterator[Path]:
    """Files of the corpora that may be ours, each hundredth first and then the ones behind them."""
    walks = (walk for corpus in CORPORA for walk in os.walk(corpus))
    files = sorted(Path(folder) / name for folder, _, names in walks for name in names if may_be_ours(name))
    for first in range(100):
        yield from files[first::100]


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.name)
def test_examples_say_the_same(rule: Rule) -> None:
    for example in rule.examples:
        source = Source(example.path, unmarked(example.text)[0])
        assert found(source, BOOK) == found(source, ALL), example.path


def test_odd_commands_say_the_same() -> None:
    source = Source("Dockerfile", COMMANDS.lstrip())
    assert found(source, BOOK) == found(source, ALL)
    assert {"checksum-database-disabled", "insecure-package-source", "content-trust-disabled", "insecure-registry"} <= {
        rule for rule, *_ in found(source, BOOK)
    }


@pytest.mark.skipif(not any(corpus.is_dir() for corpus in CORPORA), reason="no corpus (CAPDROP_CORPUS, ../shared/corpus) is here")
def test_the_corpora_say_the_same() -> None:
    end = process_time() + SECONDS
    seen = 0
    for path in corpus():
        if process_time() > end:
            break
        try:
            source = decode(str(path), path.read_bytes())
        except (OSError, Unreadable):
            continue
        assert found(source, BOOK) == found(source, ALL), path
        seen += 1
    assert seen


def test_programs_are_given_to_rules_on_commands_only() -> None:
    for rule in BOOK.rules.values():
        assert not rule.programs or not {"Command", "Script"}.isdisjoint(rule.subjects), rule.name
