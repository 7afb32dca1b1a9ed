"""What holds of every fix of YAML, however it is written: no byte outside its edits changes, no comment is lost, and it says the same."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.finding import Edit, Safety
from capdrop.fixer import Refusal, Workbench, fix, prove, splice
from capdrop.source import Source, decode
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

BOOK = rulebook.load()
BOOK.select(BOOK.rules)
BENCHES = {name: Workbench(kind_named(name), BOOK, Context()) for name in ("compose", "kubernetes")}
COMMENT = re.compile(r"# c\d+")
PASSWORD = "Kp3-vv81" + "-Qz"  # invented

SERVICE: dict[str, list[Any]] = {
    "image": ["postgres:17", "redis", "k8s.gcr.io/pause:3.5", "${REG:-acme}/app:latest", "mysql:latest"],
    "privileged": [True, "yes", False],
    "pid": ["host"],
    "network_mode": ["host", "bridge"],
    "user": ["root", "0:0", 1000],
    "read_only": [False, True, None],
    "cap_add": [["SYS_ADMIN"], ["NET_ADMIN", "SYS_PTRACE", "CHOWN"], []],
    "cap_drop": [["ALL"], ["NET_RAW"]],
    "security_opt": [["seccomp=unconfined"], ["no-new-privileges:true", "label:disable"], ["apparmor:unconfined"]],
    "ports": [["5432:5432"], ["127.0.0.1:80:80", "6379:6379"], [{"target": 27017, "published": 27017}]],
    "volumes": [
        ["/var/run/docker.sock:/var/run/docker.sock"], ["data:/data", "/etc:/h/etc"], [{"type": "bind", "source": "/", "target": "/h"}],
    ],
    "environment": [
        {"POSTGRES_PASSWORD": PASSWORD, "A": "b"}, [f"DB_PASSWORD={PASSWORD}"], ["A=b", "DB_PASSWORD=${X:-postgres}"],
        {"DATABASE_URL": f"postgres://app:{PASSWORD}@db/app"}, {"MYSQL_ROOT_PASSWORD": "root", "NOTE": "a # b"},
    ],
    "labels": [{"a": "x: y"}, ["a=b"]],
    "command": [["server", "--flag"], "server --flag"],
}  # fmt: skip
CONTEXT: dict[str, list[Any]] = {
    "privileged": [True, False],
    "allowPrivilegeEscalation": [True, False],
    "readOnlyRootFilesystem": [False, True],
    "runAsNonRoot": [False, True],
    "runAsUser": [0, 1000],
    "capabilities": [{"add": ["SYS_ADMIN", "NET_RAW"]}, {"drop": ["NET_RAW"]}, {"drop": ["ALL"], "add": ["NET_ADMIN"]}, {}],
    "seccompProfile": [{"type": "Unconfined"}, {"type": "RuntimeDefault"}],
    "procMount": ["Unmasked"],
}
CONTAINER: dict[str, list[Any]] = {
    "image": ["nginx", "acme/app:1", "k8s.gcr.io/pause:3.5"],
    "imagePullPolicy": ["IfNotPresent", "Always"],
    "env": [
        [{"name": "DB_PASSWORD", "value": PASSWORD}],
        [{"name": "A", "value": "b"}, {"value": "postgres", "name": "POSTGRES_PASSWORD"}],
    ],
    "ports": [[{"containerPort": 80, "hostPort": 80}]],
    "volumeMounts": [[{"name": "sock", "mountPath": "/s"}]],
    "resources": [{"limits": {"cpu": "500m"}}, {}],
}
POD: dict[str, list[Any]] = {
    "hostNetwork": [True, False],
    "hostPID": [True],
    "hostIPC": [True],
    "automountServiceAccountToken": [True, False],
    "volumes": [[{"name": "sock", "hostPath": {"path": "/var/run/docker.sock"}}], [{"name": "a", "emptyDir": {}}]],
}


def chosen(table: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the keys of a table, in any order, each with one of its values."""
    keys = st.lists(st.sampled_from(sorted(table)), unique=True, max_size=6)
    return keys.flatmap(
        lambda names: st.tuples(*(st.sampled_from(table[name]) for name in names)).map(lambda values: dict(zip(names, values, strict=True)))
    )


def compose_data(services: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "services": {f"s{number}": {"image": "acme/app:1", **service} for number, service in enumerate(services)},
        "volumes": {"data": None},
    }


def kubernetes_data(pod: dict[str, Any], containers: list[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    made = [
        {"name": f"c{n}", "image": "acme/app:1", **one, **({"securityContext": own} if own else {})}
        for n, (one, own) in enumerate(containers)
    ]
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {**pod, "containers": made}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": template}}


FILES = st.one_of(
    st.tuples(st.just("compose"), st.lists(chosen(SERVICE), min_size=1, max_size=3).map(compose_data)),
    st.tuples(
        st.just("kubernetes"),
        st.builds(kubernetes_data, chosen(POD), st.lists(st.tuples(chosen(CONTAINER), chosen(CONTEXT)), min_size=1, max_size=2)),
    ),
)


class Writer:
    """Writes data as YAML; at each turn of the hand it asks which way."""

    def __init__(self, ask: Callable[[int], int]) -> None:
        self.ask = ask
        self.count = self.anchors = 0
        self.step = (2, 4, 3)[ask(3)]
        self.flush_lists = not ask(2)

    def comment(self) -> str:
        self.count += 1
        return f"# c{self.count}" + (" privileged: true", "", " ✓ 'quoted")[self.ask(3)]

    def above(self, indent: str) -> Iterator[str]:
        """Blank lines and comments that stand above an entry."""
        kind = self.ask(8)
        yield from [""] if kind in (0, 1) else []
        yield from [indent + self.comment() for _ in range(kind % 3)] if kind < 4 else []

    def beside(self) -> str:
        return f"{' ' * (1 + self.ask(3))}{self.comment()}" if not self.ask(5) else " " * (self.ask(6) == 0)

    def scalar(self, value: Any, *, flow: bool, key: bool = False) -> str:
        if value is None:
            return "null" if flow or self.ask(2) else ""
        if not isinstance(value, str):
            return json.dumps(value)
        plain = re.fullmatch(r"[A-Za-z0-9_./-][A-Za-z0-9_./=@-]*", value) and not value[0].isdigit() and value not in ("yes", "null")
        style = self.ask(4)
        if plain and ((key and style) or style > 1):
            return value
        return f"'{value}'" if style % 2 else json.dumps(value)

    def flow(self, value: Any) -> str:
        if isinstance(value, dict):
            blank = " " * self.ask(2)
            return (
                f"{{{blank}{', '.join(f'{self.scalar(key, flow=True, key=True)}: {self.flow(one)}' for key, one in value.items())}{blank}}}"
            )
        if isinstance(value, list):
            return f"[{', '.join(map(self.flow, value))}]"
        return self.scalar(value, flow=True)

    def lines(self, value: Any, indent: str) -> Iterator[str]:
        """The lines of a mapping or list that is not empty, in block style."""
        if isinstance(value, dict):
            for key, one in value.items():
                yield from self.above(indent)
                yield from self.entry(f"{indent}{self.scalar(key, flow=False, key=True)}:", one, indent)
            return
        for item in value:
            yield from self.above(indent)
            if isinstance(item, dict) and item and self.ask(3):
                inner = list(self.lines(item, f"{indent}  "))
                first = next(at for at, line in enumerate(inner) if line.strip() and not line.strip().startswith("#"))
                yield from inner[:first]
                yield f"{indent}- {inner[first].lstrip()}"
                yield from inner[first + 1 :]
            else:
                yield f"{indent}- {self.flow(item)}{self.beside()}"

    def entry(self, key: str, value: Any, indent: str) -> Iterator[str]:
        if not value or not isinstance(value, dict | list) or not self.ask(4):
            text = self.flow(value) if isinstance(value, dict | list) else self.scalar(value, flow=False)
            yield f"{key} {text}".rstrip() + self.beside()
            return
        self.anchors += 1
        anchor = f" &a{self.anchors}" if not self.ask(12) else ""
        yield f"{key}{anchor}{self.beside()}"
        yield from self.lines(value, indent if isinstance(value, list) and self.flush_lists else indent + " " * self.step)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Source]:
    """A kind of file, and a source of it."""
    kind, data = draw(FILES)
    random = draw(st.randoms(use_true_random=False))
    writer = Writer(lambda ways: random.randrange(ways))
    style = random.randrange(8)
    if style == 0:
        text = json.dumps(data, indent=random.choice((None, 2)))
    else:
        lines = [
            *(["---"] if style == 1 else []),
            *(["# c0 top"] if style == 2 else []),
            *writer.lines(data, ""),
            *([""] if style == 3 else []),
        ]
        text = "\n".join(lines)
    text += random.choice(("\n", "", "\n# c999\n"))[: None if style else 1]
    name = {"compose": "compose.yaml", "kubernetes": "pod.yaml"}[kind]
    newline, mark = random.choice(("\n", "\n", "\r\n")), random.choice((b"", b"", b"\xef\xbb\xbf"))
    return kind, decode(name, mark + text.replace("\n", newline).encode())


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}")
    elif isinstance(node, list):
        for item in node:
            yield from leaves(item, path)
    else:
        yield path, str(node)


def parsed(source: Source) -> Any:
    return YAML(typ="safe", pure=True).load(source.text)


def is_well_kept(before: Source, after: Source) -> bool:
    """Whether comments, line ends and the mark of a file are as they were."""
    whole = "\r\n" not in before.text or "\n" not in after.text.replace("\r\n", "")
    return whole and COMMENT.findall(after.text) == COMMENT.findall(before.text) and after.encode().startswith(before.bom)


@given(written())
@settings(max_examples=150, deadline=None)
def test_a_fix_changes_nothing_but_what_it_edits(file: tuple[str, Source]) -> None:
    kind, source = file
    bench = BENCHES[kind]
    analysis = bench.analyse(source)
    assert analysis.gaps == [], source.text
    data = Counter(leaves(parsed(source)))
    for finding in analysis.findings:
        edits = finding.fix.edits if finding.fix is not None else ()
        if not edits:
            continue
        try:
            after, _ = prove(analysis, [finding], bench)
        except Refusal:
            continue
        first, last = min(edit.span.start for edit in edits), max(edit.span.end for edit in edits)
        assert after.text == splice(source.text, edits)
        assert after.encode().startswith(source.bom + source.text[:first].encode())
        assert after.encode().endswith(source.text[last:].encode())
        assert is_well_kept(source, after)
        for (path, value), _ in (data - Counter(leaves(parsed(after)))).items():
            assert any(reaches(source, edit, path, value) for edit in edits), (finding.rule, path, value)


def reaches(source: Source, edit: Edit, path: str, value: str) -> bool:
    """Whether an edit takes a leaf away, or touches its text."""
    gone = {"True": "true", "False": "false", "None": ""}.get(value, value)
    near = source.text[max(0, edit.span.start - len(gone)) : edit.span.end + len(gone)]
    return (gone in near if gone else path.rpartition(".")[2] in source[edit.span]) or json.dumps(gone)[1:-1] in near


@pytest.mark.parametrize("least", [Safety.SAFE, Safety.UNSAFE])
@given(file=written())
@settings(max_examples=60, deadline=None)
def test_all_fixes_of_a_file_end_in_one_that_is_read_and_needs_none(least: Safety, file: tuple[str, Source]) -> None:
    kind, source = file
    after = fix(source, BENCHES[kind], least).source
    assert isinstance(parsed(after), dict)
    assert is_well_kept(source, after)
    assert fix(after, BENCHES[kind], least).applied == []


def test_the_generator_reaches_the_writers() -> None:
    """That fixes are made at all, of many rules, and in both styles."""
    made: set[tuple[str, bool]] = set()

    @given(written())
    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    def collect(file: tuple[str, Source]) -> None:
        kind, source = file
        for finding in fix(source, BENCHES[kind], Safety.UNSAFE).applied:
            made.add((finding.rule, "{" in source.text))

    collect()
    assert len({rule for rule, _ in made}) >= 20
    assert len({rule for rule, flow in made if flow}) >= 15
