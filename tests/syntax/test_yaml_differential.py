"""Our composer against ruamel's, over every YAML file of the corpus: shape, values, explicit tags, places of scalars.

ruamel is imported inside the functions: the last test imports this module where ruamel must not be.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from capdrop.source import Unreadable, decode
from capdrop.syntax import yaml

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
LARGEST_FOR_THE_SLOW_COMPOSER = 3_000

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus (../shared/corpus) is not here")

KNOWN_DIFFERENCES = {
    "found unexpected ':'": "libyaml 0.1 takes the colon of `[redis:6379]` for an indicator; YAML, newer libyaml and Go do not",
    "expected ',' or": "libyaml 0.1 takes the question mark of `[what?]` for an indicator, likewise",
    "found duplicate anchor": "an anchor may be defined again; Kubernetes and Compose accept it",
}
"""What ruamel refuses and we read, by its message, and why we do."""


@cache
def texts() -> list[tuple[str, str]]:
    found = []
    for path in sorted(CORPUS.rglob("*.y*ml")):
        with suppress(Unreadable, OSError):
            found.append((str(path.relative_to(CORPUS)), decode(str(path), path.read_bytes()).text))
    return found


def differences(ours: yaml.Node, theirs: Any) -> Iterator[str]:
    """What differs between two trees, in words; nothing below an alias, whose target is compared where it stands."""
    waiting = [(ours, theirs)]
    while waiting:
        our, their = waiting.pop()
        if isinstance(our, yaml.Alias):
            continue
        kind = {yaml.Scalar: "scalar", yaml.Mapping: "mapping", yaml.Sequence: "sequence"}[type(our)]
        where = f"at {our.start}"
        if kind != their.id:
            yield f"{where}: {kind} is a {their.id}"
            continue
        if our.tag and our.tag != str(their.tag):
            yield f"{where}: tag {our.tag} is {their.tag}"
        if isinstance(our, yaml.Scalar):
            yield from differing_scalars(our, their)
        elif isinstance(our, yaml.Mapping):
            if len(our.entries) != len(their.value):
                yield f"{where}: {len(our.entries)} entries are {len(their.value)}"
            for entry, (key, value) in zip(our.entries, their.value, strict=False):
                waiting += [(entry.key, key), (entry.value, value)]
        elif isinstance(our, yaml.Sequence):
            if len(our.items) != len(their.value):
                yield f"{where}: {len(our.items)} items are {len(their.value)}"
            waiting += zip(our.items, their.value, strict=False)


def differing_scalars(our: yaml.Scalar, their: Any) -> Iterator[str]:
    where = f"at {our.start}"
    if our.value != their.value or our.style != (their.style or ""):
        yield f"{where}: {our.style}{our.value!r} is {their.style}{their.value!r}"
    if not our.value and not our.style:
        return  # a value that is left out: ruamel puts it before the next token, we behind the indicator
    if our.outer != their.start_mark.index:
        yield f"{where}: starts at {their.start_mark.index}"
    if our.style not in ("|", ">") and our.end != their.end_mark.index:
        yield f"{where}: ends at {their.end_mark.index}, not {our.end}"
    if our.style in ("|", ">") and our.end > their.end_mark.index:
        yield f"{where}: ends behind {their.end_mark.index}"  # ruamel's runs on over blank lines, ours does not


def compare(text: str, pure: bool) -> list[str]:
    """What differs for one text, after the known differences."""
    from ruamel.yaml import YAML, YAMLError

    stream = yaml.parse(text)
    try:
        theirs = list(YAML(typ="safe", pure=pure).compose_all(text))
    except YAMLError as error:
        known = any(words in str(error) for words in KNOWN_DIFFERENCES)
        return [] if known or stream.problems else [f"only ruamel refuses it: {error}"]
    if stream.problems:
        return [f"only we refuse it: {stream.problems[0]}"]
    roots = [document.root for document in stream.documents]
    if len(roots) != len(theirs):
        return [f"{len(roots)} documents are {len(theirs)}"]
    return [found for ours, their in zip(roots, theirs, strict=True) if ours and their for found in differences(ours, their)]


def test_same_trees_as_the_c_composer() -> None:
    found = {name: compare(text, pure=False)[:3] for name, text in texts()}
    assert len(found) > 500
    assert {name: words for name, words in found.items() if words} == {}


def test_same_trees_as_the_pure_composer() -> None:
    some = [(name, text) for name, text in texts() if len(text) < LARGEST_FOR_THE_SLOW_COMPOSER]
    found = {name: compare(text, pure=True)[:3] for name, text in some[::2]}
    assert {name: words for name, words in found.items() if words} == {}


def test_every_scalar_knows_where_its_characters_came_from() -> None:
    for name, text in texts():
        for document in yaml.parse(text).documents:
            for node in yaml.walk(document.root) if document.root else ():
                if isinstance(node, yaml.Scalar) and node.value:
                    fragment = node.fragment(text)
                    assert fragment.text == node.value, (name, node)
                    assert len(fragment.places) == 1 or fragment.places[0] < fragment.places[-1], (name, node)


def fingerprint() -> str:
    """A digest of everything we make of half the corpus."""
    digest = sha256()
    for name, text in texts()[::2]:
        stream = yaml.parse(text)
        digest.update(repr((name, stream.problems, stream.comments())).encode())
        for document in stream.documents:
            digest.update(repr((document.start, document.end)).encode())
            for node in yaml.walk(document.root) if document.root else ():
                digest.update(repr((node, node.outer, node.end, node.tag, node.anchor)).encode())
    return digest.hexdigest()


def test_the_lean_and_the_ordinary_import_make_the_same_trees() -> None:
    import ruamel.yaml

    code = f"import sys, {__name__} as here; print(here.fingerprint(), 'ruamel.yaml' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    lean = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment).stdout
    assert ruamel.yaml.__with_libyaml__
    assert lean.split() == [fingerprint(), "False"]
