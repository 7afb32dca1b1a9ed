"""Options that leave commands which are written as lists of arguments."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.finding import Safety
from capdrop.fixer import Fixed, Workbench, fix
from capdrop.rulebook import load
from capdrop.source import Source

BOOK = load()
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: acme/web:1\n"


def fixed(path: str, text: str) -> Fixed:
    kind = kind_of(path, text)
    assert kind is not None
    BOOK.select(["certificate-check-disabled", "protection-switched-off", "insecure-registry"])
    return fix(Source(path, text), Workbench(kind, BOOK, Context()), Safety.UNSAFE)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("Dockerfile", 'FROM a:1\nCMD ["curl", "-k", "https://a.io"]\n', 'FROM a:1\nCMD ["curl", "https://a.io"]\n'),
        ("Dockerfile", 'FROM a:1\nRUN ["curl", "https://a.io", "--insecure"]\n', 'FROM a:1\nRUN ["curl", "https://a.io"]\n'),
        (
            "compose.yaml",
            "services: {a: {image: 'a:1', command: [redis-server, --protected-mode, 'no', --save, '60']}}\n",
            "services: {a: {image: 'a:1', command: [redis-server, --save, '60']}}\n",
        ),
        ("pod.yaml", f"{POD}      args: [--namespace=a, --enable-skip-login]\n", f"{POD}      args: [--namespace=a]\n"),
        ("pod.yaml", f"{POD}      args: [--enable-skip-login, --namespace=a]\n", f"{POD}      args: [--namespace=a]\n"),
        (
            "pod.yaml",
            f"{POD}      args:\n        - --namespace=a\n        - --enable-skip-login\n        - -v\n",
            f"{POD}      args:\n        - --namespace=a\n        - -v\n",
        ),
        (
            "pod.yaml",
            f"{POD}      command:\n      - redis-server\n      # later\n      - --protected-mode\n      - 'no'\n      tty: true\n",
            f"{POD}      command:\n      - redis-server\n      # later\n      tty: true\n",
        ),
        (
            "start.sh",
            "docker run traefik:3 traefik --api.insecure=true --ping\n",
            "docker run traefik:3 traefik --ping\n",
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_option_leaves_a_list(path: str, before: str, after: str, newline: str) -> None:
    result = fixed(path, before.replace("\n", newline))
    assert result.applied, result.left
    assert result.source.text == after.replace("\n", newline)


@pytest.mark.parametrize(
    "args",
    [
        "[--enable-skip-login]",
        "[--a, # why\n        --enable-skip-login]",
        "\n        - --a\n        - --enable-skip-login # while we test\n",
    ],
)
def test_what_is_left_alone_says_why(args: str) -> None:
    text = f"{POD}      args: {args}\n"
    result = fixed("pod.yaml", text)
    assert not result.applied
    assert result.source.text == text


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("Dockerfile", 'FROM a:1\nRUN ["npm", "ci"]\n', 'FROM a:1\nRUN ["npm", "ci", "--ignore-scripts"]\n'),
        ("Dockerfile", 'FROM a:1\nRUN ["npm","ci","--omit=dev"]\n', 'FROM a:1\nRUN ["npm","ci","--ignore-scripts","--omit=dev"]\n'),
        ("pod.yaml", f"{POD}      command: [npm, ci]\n", f"{POD}      command: [npm, ci, --ignore-scripts]\n"),
        (
            "pod.yaml",
            f"{POD}      command:\n        - npm\n        - 'ci'\n",
            f"{POD}      command:\n        - npm\n        - 'ci'\n        - '--ignore-scripts'\n",
        ),
        ("pod.yaml", f"{POD}      command: [yarn]\n", f"{POD}      command: [yarn]\n"),
    ],
)
def test_a_word_is_put_behind_another(path: str, before: str, after: str) -> None:
    kind = kind_of(path, before)
    assert kind is not None
    BOOK.select(["install-scripts-run"])
    result = fix(Source(path, before), Workbench(kind, BOOK, Context()), Safety.UNSAFE)
    assert (result.source.text, result.left) == (after, [])
