"""What the YAML reader makes of a text, and that no text breaks it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from capdrop.syntax import yaml, yaml_events
from capdrop.syntax.yaml import Alias, Mapping, Node, Scalar, Sequence, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.growth import assert_grows_linearly, filled


def show(node: Node | None) -> object:
    """A tree as plain values; an alias is `*name`, an explicit tag is put in front."""
    match node:
        case None:
            return None
        case Scalar():
            return f"{node.tag} {node.value}" if node.tag else node.value
        case Alias():
            return f"*{node.name}"
        case Mapping():
            return [(show(entry.key), show(entry.value)) for entry in node.entries]
        case Sequence():
            return [show(item) for item in node.items]
        case _:
            raise AssertionError(node)


def roots(text: str) -> list[object]:
    return [show(document.root) for document in parse(text).documents]


def only(text: str) -> Node:
    (document,) = parse(text).documents
    assert document.root is not None
    assert document.problems == []
    return document.root


def marked(text: str) -> tuple[str, int, int]:
    """A text without its «marks», and where they were."""
    start, end = text.index("«"), text.index("»") - 1
    return text.replace("«", "").replace("»", ""), start, end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: [x, {y: z}]\n", [[("a", "1"), ("b", ["x", [("y", "z")]])]]),
        ("a: 1\na: 2\n", [[("a", "1"), ("a", "2")]]),
        ("tier: =\n<<: {a: b}\n", [[("tier", "="), ("<<", [("a", "b")])]]),
        ("a: !reset []\nb: !override {c: d}\ne: !!str 5\n", [[("a", []), ("b", [("c", "d")]), ("e", "tag:yaml.org,2002:str 5")]]),
        ("a: &n x\nb: *n\nc: &n y\nd: *n\n", [[("a", "x"), ("b", "*n"), ("c", "y"), ("d", "*n")]]),
        ("[{name: c, image: acme/c:1}, http://x:80/?a=b]", [[[("name", "c"), ("image", "acme/c:1")], "http://x:80/?a=b"]]),
        ("{a: [2001:db8::, 001:db8::], b:, c: [::1, d:e:]}", [[("a", ["2001:db8::", "001:db8::"]), ("b:", ""), ("c", ["::1", "d:e:"])]]),
        ('[what?, {"a":b}, !t b:c]', [["what?", [("a", "b")], "!t b:c"]]),
        ("# a\n---\n# b\n---\nc\n...\n---\n", ["", "c", ""]),
        ("%YAML 1.2\n---\na: b\n", [[("a", "b")]]),
        ("a: yes\r\nb: |\r\n  c\r\n  d\r\n", [[("a", "yes"), ("b", "c\nd\n")]]),
        ("a: b\u2028c: d\x85e: f\u2029", [[("a", "b"), ("c", "d"), ("e", "f")]]),
        ("? [k]\n: v\n", [[(["k"], "v")]]),
        ("", []),
        ("# only\n\n  # comments\n", []),
        ("\ufeffa: b\n---\n\ufeffc: d\n", [[("a", "b")], [("c", "d")]]),
    ],
)
def test_trees(text: str, expected: list[object]) -> None:
    stream = parse(text)
    assert [show(document.root) for document in stream.documents] == expected
    assert stream.problems == []


@pytest.mark.parametrize(
    "text",
    [
        "a: «b»\n",
        "a: «'b c'»\n",
        'a: «"b\n  c"»  # d\n',
        "a: «|  # c\n  b\n\n  c»\n\n\n# d\n",
        "a: «>+\n  b»\n\n \nc: d\n",
        "a: «|-»  # c\nb: c\n",
        "a: &x !y «>2-»  # c\nb: c\n",
        "a: &x !y «b»\n",
        "a: &x\n  # c\n  !y\n  «b: c»\n\n# d\n",
        "a: !y\n«- b\n- c»\n# d\n",
        "a:\n  «- b\n  - c:»\n\n\nd: e\n",
        "a: &x «[b, c ]» # d\n",
        "a: !t «{b: c,\n }»\n",
        "a:«» # c\nb: c\n",
        "a: &x«»\nb: c\n",
        "a:\n-«»\n- b\n",
        "{a:«»  , b: c}\n",
        "{a«», b: c}\n",
        "? a«»\n# c\n? b\n",
        "é: «ü𝄞»\n",
        "---«»  # c\n---\na",
    ],
)
def test_spans(text: str) -> None:
    """The first value of each text."""
    plain, start, end = marked(text)
    node = parse(plain).documents[0].root
    while isinstance(node, Mapping | Sequence) and (node.start, node.end) != (start, end):
        node = node.entries[0].value if isinstance(node, Mapping) else node.items[0]
    assert node is not None
    assert (node.start, node.end) == (start, end)


def test_outer_holds_anchor_and_tag_and_an_entry_begins_there() -> None:
    root = only("&k !t a: &v\n  b\n")
    assert isinstance(root, Mapping)
    (entry,) = root.entries
    assert (root.start, entry.start, entry.key.start, entry.value.outer, entry.value.start, entry.end) == (0, 0, 6, 9, 14, 15)
    assert (entry.key.anchor, entry.key.tag, entry.value.anchor) == ("k", "!t", "v")


def test_get_takes_the_last_and_resolve_follows() -> None:
    root = only("a: 1\nb: &x {c: 2}\na: *x\n")
    assert isinstance(root, Mapping)
    target = yaml.resolve(root.get("a") or root)
    assert isinstance(target, Mapping)
    assert show(target.get("c")) == "2"
    assert root.get("c") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[(value, True) for value in ("true", "True", "TRUE", "yes", "on", "ON", "!!bool on")],
        *[(value, False) for value in ("false", "no", "No", "NO", "off")],
        *[(value, None) for value in ("y", "n", "1", "'true'", "tRUE", "", "[true]", "!!str true")],
    ],
)
def test_boolean(value: str, expected: bool | None) -> None:
    root = only(f"- &x {value}\n- *x\n")
    assert isinstance(root, Sequence)
    assert [yaml.boolean(item) for item in root.items] == [expected, expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a\nb: c # d\n'#e': f#g\n", ["# a", "# d"]),
        ("a: |  # h\n  b # c\n  # d\n# e\n", ["# h", "# e"]),
        ("a: 'b\n  # c'\nd: e\n  # f\n", ["# f"]),
        ("[a, # b\r\n c] #\r\n", ["# b", "#"]),
        ("a: [ # b\n---\n# c\nd: e", ["# b", "# c"]),
        ("# only", ["# only"]),
    ],
)
def test_comments(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in parse(text).comments()] == expected


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a:\n\tb: c\n", 3, "a tab cannot indent"),
        ('a: "b\n', 3, "unexpected end of stream"),
        ("a: [b,\n  c\n", 3, "did not find expected ',' or ']'"),
        ("a: 'b", 3, "unexpected end of stream"),
        ("a: b: c\n", 4, "mapping values are not allowed"),
        ("a: @b\n", 3, "cannot start any token"),
        ("a: b\x07\n", 4, r"control characters are not allowed \(U\+0007\)"),
        ("a: é\0\n", 4, r"control characters are not allowed \(U\+0000\)"),
        ("a: \ud800\n", 3, "surrogate"),
        ('a: "\\ud800"\n', 6, "invalid Unicode character escape code"),
        ("a: *b\n", 3, "no &b stands before"),
        ("a: &b [*b]\n", 7, "inside the node it names"),
        ("a: b\n%YAML 1.1\n", 13, "did not find expected <document start>"),
        ("[" * 300, 200, "200 levels"),
    ],
)
def test_problems(text: str, at: int, message: str) -> None:
    (problem,) = parse(text).problems
    assert problem.span.start == at
    assert re.search(message, problem.message)
    assert "\n" not in problem.message


def test_a_broken_document_does_not_blind_its_neighbours() -> None:
    pieces = ["# top\na: 1\n", "---\nb: [\n", "---\nc: &x 3\nd: *x\n...\n", "# between\n%YAML 1.1\n---\ne: '\n", "---\nf: 6\n"]
    text = "".join(pieces)
    stream = parse(text)
    assert [show(document.root) for document in stream.documents] == [
        [("a", "1")],
        None,
        [("c", "3"), ("d", "*x")],
        None,
        [("f", "6")],
    ]
    assert [len(document.problems) for document in stream.documents] == [0, 1, 0, 1, 0]
    assert [stream.text[document.start : document.end].strip() for document in stream.documents] == [
        "# top\na: 1",
        "---\nb: [",
        "---\nc: &x 3\nd: *x\n...",
        "# between\n%YAML 1.1\n---\ne: '",
        "---\nf: 6",
    ]
    last = stream.documents[-1].root
    assert isinstance(last, Mapping)
    assert text[last.start : last.end] == "f: 6"
    assert [text[problem.span.start] for problem in stream.problems] == ["[", "'"]


def test_an_undefined_alias_leaves_the_rest_of_its_document() -> None:
    (document,) = parse("a: *no\nb: 1\n").documents
    assert show(document.root) == [("a", "*no"), ("b", "1")]
    assert len(document.problems) == 1


def test_path_at() -> None:
    text = "a:\n  - b: cd\n    e: f\n"
    (document,) = parse(text).documents

    def path(offset: int) -> list[str]:
        return [text[part.start : part.end] for part in yaml.path_at(document, offset)]

    assert path(text.index("d"))[2:] == ["- b: cd\n    e: f", "b: cd\n    e: f", "b: cd", "cd"]
    assert path(text.index("b") + 1)[-1] == "b"
    assert path(text.index("f") + 1)[-2:] == ["e: f", "f"]
    assert path(text.index("-"))[-1] == "- b: cd\n    e: f"
    assert path(0)[-1] == "a"
    assert path(len(text)) == []


HOSTILE = {
    "flow sequences": ("", "[", ""),
    "flow mappings": ("", "{", ""),
    "closed flow": ("", "[", "]"),
    "flow over lines": ("", "[a,\n", ""),
    "block sequences": ("", "- ", ""),
    "complex keys": ("", "? ", ""),
    "keys on a line": ("", "a: ", ""),
    "a long line": ("a: ", "a_key=", ""),
    "colons": ("[", "::", ""),
    "comment signs": ("", "a #", ""),
    "anchors": ("", "&a ", ""),
    "tags": ("", "!a ", ""),
    "documents and a broken one": ("", "---\n", "["),
    "broken documents": ("", "--- [\n", ""),
    "flow words with colons": ("[", "a:1,", "]"),
    "aliases of nothing": ("", "- *a\n", ""),
    "tabs": ("", "\t", ""),
    "line breaks of all kinds": ("", "\r\n\x85\u2028\u2029\r", ""),
    "escapes": ('a: "', "\\n", ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_linear_time_and_never_raise(name: str) -> None:
    start, piece, end = HOSTILE[name]

    def work(size: int) -> None:
        stream = parse(start + filled(piece, size) + (end * size if piece == "[" else end))
        stream.comments()
        assert all(problem.span.end <= len(stream.text) for problem in stream.problems)

    assert_grows_linearly(work, 5_000, 40_000)


@pytest.mark.parametrize("rest", ["b: [1,\n", "b: 'x\n", "b: {c: d\n", "\tb: 1\n", " b: 1\n", "b: *c d\ne: f\n"])
def test_a_broken_document_is_read_down_to_its_problem(rest: str) -> None:
    stream = parse(f"a: 1\n{rest}---\nc: 2\n")
    assert [show(document.root) for document in stream.documents] == [[("a", "1")], [("c", "2")]]
    assert [stream.text.count("\n", 0, problem.span.start) for problem in stream.problems] == [1]
    (alone,) = parse(f"a: 1\n{rest}").documents
    assert show(alone.root) == [("a", "1")]


def test_a_deep_document_is_reported_and_its_neighbours_are_read() -> None:
    stream = parse("a: 1\n---\n" + "[" * 20_000 + "\n---\nb: 2\n")
    assert [show(document.root) for document in stream.documents] == [[("a", "1")], None, [("b", "2")]]
    assert "200 levels" in stream.problems[0].message


def test_too_many_nodes_keep_the_documents_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "MOST_EVENTS", 50)
    stream = parse("a: 1\n---\n" + "- b\n" * 50)
    assert [show(document.root) for document in stream.documents] == [[("a", "1")], None]
    assert [problem.message for problem in stream.problems] == ["more than 50 nodes"]


def test_an_alias_bomb_is_only_references() -> None:
    lines = ["a0: &a0 x", *(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 10))]
    root = only("\n".join(lines))
    assert sum(1 for _ in yaml.walk(root)) == 1 + 10 * 2 + 9 * 9


@given(st.text(alphabet=st.sampled_from("ab-:?#&*!|>'\"[]{},%@` \n\t\r\\0=~\x85\u2028\ufeff\x07é"), max_size=60))
@settings(max_examples=400, deadline=None)
def test_no_text_raises(text: str) -> None:
    stream = parse(text)
    stream.comments()
    for document in stream.documents:
        assert 0 <= document.start <= document.end <= len(text)
        assert document.root or document.problems
        for node in yaml.walk(document.root) if document.root else ():
            assert 0 <= node.outer <= node.start <= node.end <= len(text)
            assert not isinstance(node, Scalar) or node.fragment(text).text == node.value


WORDS = st.text(alphabet=st.sampled_from("ab é\n\t'𝄞\u2028x:"), max_size=30)


def fragments(text: str) -> list[tuple[str, list[str]]]:
    """Each value of the first document, and the characters of the text that its characters came from."""
    found = []
    for node in yaml.walk(only(text)):
        if isinstance(node, Scalar) and node.value:
            fragment = node.fragment(text)
            assert fragment.text == node.value
            found.append((node.value, [text[fragment.place(at)] for at in range(len(node.value))]))
    return found


@given(WORDS, st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=300, deadline=None)
def test_fragment_of_quoted_and_plain_text_maps_each_character_to_itself(words: str, newline: str) -> None:
    inner = words.replace("'", "''").replace("\n", newline + " ")
    single = f"k: '{inner}'{newline}"
    double = single.replace("''", "").replace("'", '"')
    plain = "k: a" + " ".join(words.replace(":", "").split()).replace(" ", newline + "  ") + newline
    for text in (single, double, plain):
        if not parse(text).problems:  # a tab may stand where none is allowed
            for value, characters in fragments(text):
                assert all(came == made or (made in " \n" and came in "\r\n") for made, came in zip(value, characters, strict=True))


@pytest.mark.parametrize(
    ("text", "value", "places"),
    [
        ('"a\\nb\\x41\\u00e9\\\n  c"', "a\nbAéc", "a\\b\\\\c"),
        ("'it''s'", "it's", "it's"),
        ("|\n  a\n   b\n\n  c\n", "a\n b\n\nc\n", "a\n b\n\nc\n"),
        (">\n  a\n  b\n\n  c\n   d\n  e\n", "a b\nc\n d\ne\n", "a\nb\nc\n d\ne\n"),
        ("|1-\n  a\n  b\n", " a\n b", " a\n b"),
        ("|+\r\n a\r\n\r\n", "a\n\n", "a\r\r"),
        ("a\n\n  b\n c", "a\nb c", "a\nb\nc"),
    ],
)
def test_fragments(text: str, value: str, places: str) -> None:
    assert fragments(text) == [(value, list(places))]


def run(code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment).stdout.strip()


PARSE = "from capdrop.syntax import yaml, yaml_events\nyaml.parse('a: [b, c:d]')\nimport sys\n"


def test_the_lean_import_loads_nothing_of_ruamel() -> None:
    loaded = run(PARSE + "print(*sorted(name for name in sys.modules if 'ruamel' in name))")
    assert loaded == "_ruamel_yaml ruamel.yaml.clib._ruamel_yaml"


@pytest.mark.parametrize(
    "use",
    [
        "import ruamel.yaml",
        "import ruamel.yaml.events",
        "from _ruamel_yaml import CParser",
    ],
)
def test_a_later_import_of_ruamel_works_and_so_do_we(use: str) -> None:
    code = f"""{PARSE}{use}
from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.nodes import ScalarNode
import _ruamel_yaml
safe = YAML(typ='safe')
assert safe.load('a: [1, 2]') == {{'a': [1, 2]}}
assert type(safe.compose('a')) is ScalarNode
assert type(_ruamel_yaml.CParser('a').get_event()).__module__ == 'ruamel.yaml.events'
try:
    safe.load('a: [')
except YAMLError:
    print(yaml.parse('a: [b, c:d]').documents, yaml.parse('a: [').problems)
"""
    assert run(code) == run(PARSE + "print(yaml.parse('a: [b, c:d]').documents, yaml.parse('a: [').problems)")


@pytest.mark.parametrize(
    "before",
    [
        "import ruamel.yaml",
        "from capdrop.syntax import yaml_events; yaml_events._BORROWED = yaml_events._BORROWED[:3]",
        "from capdrop.syntax import yaml_events; yaml_events._hide = None",
        "import sys; sys.modules['_ruamel_yaml'] = None",
    ],
    ids=["ruamel is there before", "the module wants more than expected", "the module is not what it was", "there is no C module"],
)
def test_without_the_lean_import_the_trees_are_the_same(before: str) -> None:
    walk = "print([(n, n.outer, n.end, n.tag) for n in yaml.walk(yaml.parse('a: &x !t\\n  b\\nc: \\n- *x\\n- >\\n  b').documents[0].root)])"
    assert run(f"{before}\n{PARSE}{walk}") == run(PARSE + walk)


def test_events_of_an_unknown_exception_are_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(yaml, "open_events", broken)
    with pytest.raises(ZeroDivisionError):
        parse("a")
    assert yaml_events.explain(ZeroDivisionError()) is None


def test_what_aliases_stand_for_is_bounded() -> None:
    anchored = f"a: &a [{'x, ' * 1000}x]\n"
    few = yaml.parse(anchored + "b:\n" + "- *a\n" * 300)
    many = yaml.parse(anchored + "b:\n" + "- *a\n" * 400)
    nested = yaml.parse(anchored + f"b: &b [{'*a, ' * 100}]\nc: [{'*b, ' * 300}]\n")
    assert few.problems == []
    assert [problem.message.partition(" stand ")[0] for problem in many.problems] == ["from here on the aliases"]
    assert [problem.message.partition(" stand ")[0] for problem in nested.problems] == ["from here on the aliases"]


def test_each_alias_within_the_bound_is_followed() -> None:
    root = yaml.parse("a: &a [x]\nb: *a\nc: &c {d: *a}\ne: *c\n").documents[0].root
    assert isinstance(root, yaml.Mapping)
    assert [type(yaml.resolve(entry.value)).__name__ for entry in root.entries] == ["Sequence", "Sequence", "Mapping", "Mapping"]
