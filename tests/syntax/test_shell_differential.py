"""Our commands and words against tree-sitter-bash's, over every RUN and every `sh -c` of the corpus.

The corpus is the folder that CAPDROP_CORPUS names, and `../shared/corpus`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from capdrop.source import Unreadable, decode
from capdrop.syntax import dockerfile, shell

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

tree_sitter = pytest.importorskip("tree_sitter")
tree_sitter_bash = pytest.importorskip("tree_sitter_bash")

ROOT = Path(__file__).parents[2]
CORPORA = [Path(folder) for folder in (os.environ.get("CAPDROP_CORPUS", ""), str(ROOT.parent / "shared" / "corpus")) if folder]

pytestmark = pytest.mark.skipif(
    not any(folder.is_dir() for folder in CORPORA), reason="no corpus (CAPDROP_CORPUS, ../shared/corpus) is here"
)

Commands = list[list[str]]

KNOWN_DIFFERENCES = {
    "apt-key add - 2>&1": "it loses a `-` that stands alone before a redirection",
    "cat > /etc/motd <<-'EOM'": "it takes the body of a heredoc behind another redirection for words",
    'grep -q "[[:space:]]$': "it takes the body of an unquoted `$(..)` after `for x in` for an error, and drops the command",
    "; done": "half a loop: it takes `done` for a command",
}
"""What stands in the texts that tree-sitter reads otherwise, and what it does there."""

FOREIGN = re.compile(
    r"(?i)powershell|write-host|invoke-webrequest|\$env:|^iex \(|^FOR /f|\[environment\]|@\(\s*'|-outfile|\{\{|%\w+%|\\windows\\"
)
"""PowerShell or cmd where no SHELL says so, and templates."""

IN_A_LIST = re.compile(r"""\[\s*["']?(?:/usr)?(?:/bin/)?(?:ba)?sh["']?\s*,\s*["']?-[eux]*c["']?\s*,\s*("(?:[^"\\\n]|\\.)*")\s*\]""")
IN_A_BLOCK = re.compile(r"^( *)- *[\"']?-[eux]*c[\"']?\n\1- *[|>][+-]?\n((?:\1 +.*\n|\n)+)", re.MULTILINE)


def paths(pattern: str) -> Iterator[Path]:
    for folder in CORPORA:
        for found, folders, files in os.walk(folder):
            folders.sort()
            yield from (Path(found, name) for name in sorted(files) if re.search(pattern, name, re.IGNORECASE))


def read(path: Path) -> str:
    with suppress(Unreadable, OSError):
        return decode(str(path), path.read_bytes()).text
    return ""


def scripts_of_dockerfile(text: str) -> Iterator[str]:
    language = "sh"
    for instruction in dockerfile.parse(text).instructions:
        if instruction.keyword == "FROM":
            language = "sh"
        elif instruction.keyword == "SHELL":
            language = shell.interpreter([word.value for word in instruction.arguments])
        elif instruction.keyword == "RUN" and instruction.form == "shell" and language == "sh":
            if instruction.heredocs and instruction.body.text.startswith("<<"):
                yield from (heredoc.body.text for heredoc in instruction.heredocs if shell.shebang(heredoc.body.text) == "sh")
            else:
                yield instruction.body.text


def scripts_of_yaml(text: str) -> Iterator[str]:
    for found in IN_A_LIST.finditer(text):
        with suppress(ValueError):
            yield json.loads(found[1]).replace("$$", "$")
    for found in IN_A_BLOCK.finditer(text):
        yield "".join(line.removeprefix(found[1] + "  ") for line in found[2].splitlines(keepends=True)).replace("$$", "$")


@cache
def scripts() -> list[str]:
    found = [script for path in paths("dockerfile") for script in scripts_of_dockerfile(read(path))]
    found += [script for path in paths(r"\.ya?ml$") for script in scripts_of_yaml(read(path))]
    return list(dict.fromkeys(script for script in found if not FOREIGN.search(script)))


# What tree-sitter-bash makes of it.


def merged(nodes: list[Node]) -> list[tuple[int, int]]:
    """The words of some nodes: it cuts `v$A/$B-$C` in two, and we put together what touches."""
    words: list[tuple[int, int]] = []
    for node in sorted(nodes, key=lambda node: node.start_byte):
        if words and words[-1][1] >= node.start_byte:
            words[-1] = (words[-1][0], max(node.end_byte, words[-1][1]))
        else:
            words.append((node.start_byte, node.end_byte))
    return words


def after_target(redirection: Node) -> list[Node]:
    """The words behind `>file`, which it takes for further files."""
    if redirection.type == "file_redirect":
        targets = redirection.children_by_field_name("destination")
        words = merged(targets)
        return [target for target in targets if target.start_byte >= words[1][0]] if len(words) > 1 else []
    if redirection.type == "heredoc_redirect":
        inner = [word for child in redirection.children if child.type == "file_redirect" for word in after_target(child)]
        return [*redirection.children_by_field_name("argument"), *inner]
    return []


def last_command(node: Node | None) -> Node | None:
    while node is not None and node.type in ("pipeline", "list", "negated_command"):
        node = node.children[-1]
    return node


class Oracle:
    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8", "surrogatepass")
        self.behind: dict[int, list[Node]] = {}
        self.found: list[tuple[int, list[str]]] = []
        root = parser().parse(self.data).root_node
        self.failed = root.has_error
        self.visit(root)

    @property
    def commands(self) -> Commands:
        return [words for _, words in sorted(self.found)]

    def visit(self, root: Node) -> None:
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node.type == "redirected_statement":
                body = last_command(node.child_by_field_name("body"))
                if body is not None:
                    self.behind[body.id] = [word for child in node.children_by_field_name("redirect") for word in after_target(child)]
            elif node.type in ("command", "declaration_command", "unset_command"):
                self.command(node)
            waiting += node.children

    def command(self, node: Node) -> None:
        nodes = list(self.behind.get(node.id, ()))
        for child in node.children:
            if "redirect" in child.type:
                nodes += after_target(child)
            elif child.type not in ("ERROR", "comment") and not (node.type == "command" and child.type == "variable_assignment"):
                nodes.append(child)
        words = merged(nodes)
        if words:
            self.found.append((words[0][0], [self.data[start:end].decode("utf-8", "surrogatepass") for start, end in words]))


@cache
def parser() -> Parser:
    made: Parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
    return made


def ours(text: str) -> Commands:
    """Our commands as it has them: `[` and `[[` are no commands to it."""
    commands = ([text[word.start : word.end] for word in command.words] for command in shell.parse(text).commands)
    return [words for words in commands if words and words[0] not in ("[", "[[")]


def reason(text: str) -> str:
    return next((why for part, why in KNOWN_DIFFERENCES.items() if part in text), "")


def test_the_commands_are_those_of_tree_sitter() -> None:
    unexplained: list[tuple[str, Commands, Commands]] = []
    for text in scripts():
        oracle = Oracle(text)
        expected, got = oracle.commands, ours(text)
        if got != expected and not reason(text):
            unexplained.append((text, got, expected))
    assert not unexplained, f"{len(unexplained)} of {len(scripts())}, such as {unexplained[0]}"


def test_what_is_written_to_run_is_understood() -> None:
    """All but the rare template, half line or mistake."""
    failed = [text for text in scripts() if shell.parse(text).problems]
    assert len(failed) <= len(scripts()) // 100, failed
