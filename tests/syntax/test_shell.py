"""The words, places and joints of shell texts."""

from __future__ import annotations

import subprocess
import sys

import capdrop
import pytest
from capdrop.syntax.shell import Command, Compound, Heredoc, Redirection, Word, interpreter, parse, shebang

SHAPES: list[tuple[str, list[list[str]]]] = [
    ("", []),
    ("# only a comment", []),
    ("a b  c", [["a@0-1", "b@2-3", "c@5-6"]]),
    ("a # b c", [["a@0-1"]]),
    ("a#b", [["a#b@0-3"]]),
    ("a 'b c'", [["a@0-1", "b c@2-7"]]),
    ('a "b c"', [["a@0-1", "b c@2-7"]]),
    ("a b\\ c", [["a@0-1", "b c@2-6"]]),
    ("a 'it'\"'\"'s'", [["a@0-1", "it's@2-12"]]),
    ("a ''", [["a@0-1", "@2-4"]]),
    ('a "\\$x \\" \\\\ \\n"', [["a@0-1", '$x " \\ \\n@2-16']]),
    ("a \\\n  b", [["a@0-1", "b@6-7"]]),
    ("a b\\\nc", [["a@0-1", "bc@2-6"]]),
    ('"a\\\nb"', [["ab@0-6"]]),
    ("a $X", [["a@0-1", "$X@2-4"]]),
    ("a ${X}y", [["a@0-1", "${X}y@2-7"]]),
    ('a "$X"', [["a@0-1", "$X@2-6"]]),
    ("a $1 $@ $# $? $$ $! $*", [["a@0-1", "$1@2-4", "$@@5-7", "$#@8-10", "$?@11-13", "$$@14-16", "$!@17-19", "$*@20-22"]]),
    ("a $", [["a@0-1", "$@2-3"]]),
    ("a ${X:-d}", [["a@0-1", "${X:-d}@2-9"]]),
    ("a ${X:-$(b c)}", [["a@0-1", "${X:-$(b c)}@2-14"], ["b@9-10", "c@11-12"]]),
    ("a ${#X} ${!X} ${X[0]} ${X//a/b}", [["a@0-1", "${#X}@2-7", "${!X}@8-13", "${X[0]}@14-21", "${X//a/b}@22-31"]]),
    ('a "${X%\\"}" b', [["a@0-1", '${X%\\"}@2-11', "b@12-13"]]),
    ("a ${X:-'}'}", [["a@0-1", "${X:-'}'}@2-11"]]),
    ("a $(b c) d", [["a@0-1", "$(b c)@2-8", "d@9-10"], ["b@4-5", "c@6-7"]]),
    ('a "x $(b "c d") y"', [["a@0-1", 'x $(b "c d") y@2-18'], ["b@7-8", "c d@9-14"]]),
    ("a `b c`", [["a@0-1", "`b c`@2-7"], ["b@3-4", "c@5-6"]]),
    ("a `b \\`c\\``", [["a@0-1", "`b \\`c\\``@2-11"], ["b@3-4", "`c`@5-10"], ["c@7-8"]]),
    ('a "`b \\"c d\\"`"', [["a@0-1", '`b \\"c d\\"`@2-15'], ["b@4-5", "c d@6-13"]]),
    ("$(a) b", [["$(a)@0-4", "b@5-6"], ["a@2-3"]]),
    ("a $(b $(c $(d)))", [["a@0-1", "$(b $(c $(d)))@2-16"], ["b@4-5", "$(c $(d))@6-15"], ["c@8-9", "$(d)@10-14"], ["d@12-13"]]),
    ("a <(b) >(c)", [["a@0-1", "<(b)@2-6", ">(c)@7-11"], ["b@4-5"], ["c@9-10"]]),
    ("a $((1 + $(b)))", [["a@0-1", "$((1 + $(b)))@2-15"], ["b@11-12"]]),
    ("a $(( (1) ))", [["a@0-1", "$(( (1) ))@2-12"]]),
    ("$((a); b)", [["$((a); b)@0-9"], ["a@3-4"], ["b@7-8"]]),
    ("a $[1+2]", [["a@0-1", "$[1+2]@2-8"]]),
    ("a $'b\\n\\x41\\'c' d", [["a@0-1", "b\nA'c@2-15", "d@16-17"]]),
    ('a $"b"', [["a@0-1", "b@2-6"]]),
    ("a | b |& c", [["a@0-1"], ["b@4-5"], ["c@9-10"]]),
    ("a && b || c", [["a@0-1"], ["b@5-6"], ["c@10-11"]]),
    ("a\nb\n\nc", [["a@0-1"], ["b@2-3"], ["c@5-6"]]),
    ("a\r\nb\r\n", [["a@0-1"], ["b@3-4"]]),
    ("a ;\n b", [["a@0-1"], ["b@5-6"]]),
    ("! a", [["a@2-3"]]),
    ("! a | b", [["a@2-3"], ["b@6-7"]]),
    ("time a", [["a@5-6"]]),
    ("time -p a", [["a@8-9"]]),
    ("time -v a", [["time@0-4", "-v@5-7", "a@8-9"]]),
    ("X=1", [["X=1@0-3"]]),
    ("X=1 Y='2 3' a", [["X=1@0-3", "Y=2 3@4-11", "a@12-13"]]),
    ("X= a", [["X=@0-2", "a@3-4"]]),
    ("X+=1 a", [["X=1@0-4", "a@5-6"]]),
    ("X=$(b) a", [["b@4-5"], ["X=$(b)@0-6", "a@7-8"]]),
    ("X=(a 'b c' $(d)) e", [["d@13-14"], ["X=(a 'b c' $(d))@0-16", "e@17-18"]]),
    ("X[1]=a X[i + 1]=b", [["X[1]=a@0-6", "X[i + 1]=b@7-17"]]),
    ("export A=b C", [["export@0-6", "A=b@7-10", "C@11-12"]]),
    ("declare -a X=(1 2)", [["declare@0-7", "-a@8-10", "X=(1 2)@11-18"]]),
    ("a X=1", [["a@0-1", "X=1@2-5"]]),
    ("a_key=a_key=b", [["a_key=a_key=b@0-13"]]),
    ("a > b", [["a@0-1", "> b@2-5"]]),
    ("a >b c", [["a@0-1", "c@5-6", "> b@2-4"]]),
    ("a 2>&1 >/dev/null", [["a@0-1", "2>& 1@2-6", "> /dev/null@7-17"]]),
    ("a &>b", [["a@0-1", "&> b@2-5"]]),
    ("a >>b <c", [["a@0-1", ">> b@2-5", "< c@6-8"]]),
    ("a <>b >|c", [["a@0-1", "<> b@2-5", ">| c@6-9"]]),
    ("a <<<b", [["a@0-1", "<<< b@2-6"]]),
    ("a >&2 b", [["a@0-1", "b@6-7", ">& 2@2-5"]]),
    ("> a b", [["b@4-5", "> a@0-3"]]),
    ("a {fd}>b", [["a@0-1", "{fd}> b@2-8"]]),
    ("a2>b", [["a2@0-2", "> b@2-4"]]),
    ("a 2>&-", [["a@0-1", "2>& -@2-6"]]),
    ("a &>>b", [["a@0-1", "&>> b@2-6"]]),
    ("cat <<E\nx $Y `z`\nE\na", [["cat@0-3", "<< E@4-7"], ["z@14-15"], ["a@19-20"]]),
    ("cat <<'E' | b\n$x\nE\na", [["cat@0-3", "<< E@4-9"], ["b@12-13"], ["a@19-20"]]),
    ("cat <<-E\n\tx\n\tE\na", [["cat@0-3", "<<- E@4-8"], ["a@15-16"]]),
    ("cat <<A <<B\n1\nA\n2\nB\nc", [["cat@0-3", "<< A@4-7", "<< B@8-11"], ["c@20-21"]]),
    ("cat <<E > f", [["cat@0-3", "<< E@4-7", "> f@8-11"]]),
    ("cat <<E\nx\\$y\\\nz\nE", [["cat@0-3", "<< E@4-7"]]),
    ("a $(cat <<E\nx)\nE\n) b", [["a@0-1", "$(cat <<E\nx)\nE\n)@2-18", "b@19-20"], ["cat@4-7", "<< E@8-11"]]),
    ("(a; b)", [["a@1-2"], ["b@4-5"]]),
    ("( a ) > b", [["a@2-3"]]),
    ("{ a; b; }", [["a@2-3"], ["b@5-6"]]),
    ("{a,b} c", [["{a,b}@0-5", "c@6-7"]]),
    ("if a; then b; elif c; then d; else e; fi", [["a@3-4"], ["b@11-12"], ["c@19-20"], ["d@27-28"], ["e@35-36"]]),
    ("for x in 1 $(a); do b $x; done", [["a@13-14"], ["b@20-21", "$x@22-24"]]),
    ("for x do a; done", [["a@9-10"]]),
    ("for x; do a; done", [["a@10-11"]]),
    ("for ((i=0; i<$(n); i++)); do a; done", [["n@15-16"], ["a@29-30"]]),
    ("for ((;;)) { a; }", [["a@13-14"]]),
    ("while a; do b; done < c", [["a@6-7"], ["b@12-13"]]),
    ("until a\ndo\nb\ndone", [["a@6-7"], ["b@11-12"]]),
    ("select x in a b; do c; done", [["c@20-21"]]),
    ("case $x in a|b) c ;; (d) e;; *) f; esac", [["c@16-17"], ["e@25-26"], ["f@32-33"]]),
    ("case x in\n a)\n b\n ;;\nesac", [["b@15-16"]]),
    ('case "$(a)" in x) ;; esac', [["a@8-9"]]),
    ("f() { a; }; f", [["a@6-7"], ["f@12-13"]]),
    ("f () ( a )", [["a@7-8"]]),
    ("function f { a; }", [["a@13-14"]]),
    ("function f() { a; }", [["a@15-16"]]),
    ("[ -f a ] && b", [["[@0-1", "-f@2-4", "a@5-6", "]@7-8"], ["b@12-13"]]),
    (
        "[[ $a == b* && ! -f c ]] && d",
        [["[[@0-2", "$a@3-5", "==@6-8", "b*@9-11", "&&@12-14", "!@15-16", "-f@17-19", "c@20-21", "]]@22-24"], ["d@28-29"]],
    ),
    ("[[ a =~ ^(b|c)$ ]]", [["[[@0-2", "a@3-4", "=~@5-7", "^(b|c)$@8-15", "]]@16-18"]]),
    ("((i++)) && a", [["a@11-12"]]),
    ("((a); b)", [["a@2-3"], ["b@6-7"]]),
    ("a; # b\nc", [["a@0-1"], ["c@7-8"]]),
    ("a do", [["a@0-1", "do@2-4"]]),
    ("rm !(a|b) *.c", [["rm@0-2", "!(a|b)@3-9", "*.c@10-13"]]),
    ("a | while read -r x; do b; done", [["a@0-1"], ["read@10-14", "-r@15-17", "x@18-19"], ["b@24-25"]]),
    ("curl x | { tee y | sh; }", [["curl@0-4", "x@5-6"], ["tee@11-14", "y@15-16"], ["sh@19-21"]]),
    ("a && { b || c; } && d", [["a@0-1"], ["b@7-8"], ["c@12-13"], ["d@20-21"]]),
    ("a 'é'b", [["a@0-1", "éb@2-6"]]),
    ("a=b=c", [["a=b=c@0-5"]]),
    ("a ~/b ?c [d]", [["a@0-1", "~/b@2-5", "?c@6-8", "[d]@9-12"]]),
]
"""A text, and of each of its commands: assignments, words, redirections, each with its value and place."""


def told(command: Command) -> list[str]:
    assignments = [f"{one.name}={one.value.value if one.value else ''}@{one.start}-{one.end}" for one in command.assignments]
    words = [f"{word.value}@{word.start}-{word.end}" for word in command.words]
    redirections = [f"{one.fd}{one.operator} {one.target and one.target.value}@{one.start}-{one.end}" for one in command.redirections]
    return assignments + words + redirections


@pytest.mark.parametrize(("text", "expected"), SHAPES)
def test_shape(text: str, expected: list[list[str]]) -> None:
    script = parse(text)
    assert [told(command) for command in script.commands] == expected
    assert script.problems == []


def word(text: str, index: int = 1) -> Word:
    return parse(text).commands[0].words[index]


# How commands are joined.


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("a && b || c; d & e\nf", ["", "&&", "||", ";", "&", "\n"]),
        ("a | b |& c", ["", "", ""]),
        ("a &&\n b |\n c", ["", "&&", "&&"]),
        ("if a; b; then c; d; else e; fi; f", ["", ";", "", ";", "", ";"]),
        ("{ a; b; } && (c; d)", ["", ";", "", ";"]),
        ("case x in a) b; c;; d) e;; esac", ["", ";", ""]),
        ("a $(b; c) && d", ["", "", ";", "&&"]),
    ],
)
def test_operator_before(text: str, before: list[str]) -> None:
    assert [command.pipeline.operator_before for command in parse(text).commands] == before


def test_pipelines_and_chains() -> None:
    script = parse("a | b | c && d; e")
    a, b, c, d, e = script.commands
    assert a.pipeline.commands == [a, b, c]
    assert [a.index, b.index, c.index, d.index] == [0, 1, 2, 0]
    assert a.pipeline.chain is d.pipeline.chain
    assert d.pipeline.chain.pipelines == [a.pipeline, d.pipeline]
    assert e.pipeline.chain is not d.pipeline.chain
    assert script.text[a.pipeline.span.start : a.pipeline.span.end] == "a | b | c"


def test_negation_is_of_the_pipeline() -> None:
    a, b, c = parse("! a | b && c").commands
    assert (a.negated, b.negated, c.negated) == (True, True, False)


def test_a_group_is_an_element_of_its_pipeline() -> None:
    script = parse("curl x | { tee y | sh; } > z")
    curl, tee, _ = script.commands
    group = curl.pipeline.elements[1]
    assert isinstance(group, Compound)
    assert (group.kind, group.chains) == ("{", [tee.pipeline.chain])
    assert tee.pipeline.chain.compound is group
    assert script.text[group.start : group.end] == "{ tee y | sh; } > z"
    assert [one.operator for one in group.redirections] == [">"]


@pytest.mark.parametrize(
    ("text", "upstream"),
    [
        ("a | b | sh", ["b", "a"]),
        ("(a; b && c) | sh", ["c", "b", "a"]),
        ("a | { b | sh; }", ["b", "a"]),
        ("a; b | while c; do sh; done", ["b"]),
        ("a && sh", []),
        ("f() { a | sh; }", ["a"]),
    ],
)
def test_upstream(text: str, upstream: list[str]) -> None:
    sh = next(command for command in parse(text).commands if command.name == "sh")
    assert [command.name for command in sh.upstream] == upstream


def test_functions_and_loops_say_what_they_are() -> None:
    script = parse("f() { a; }; for x in 1 $y; do b; done; case $z in q) c;; esac")
    groups = [pipeline.elements[0] for chain in script.chains for pipeline in chain.pipelines]
    assert [group.kind for group in groups if isinstance(group, Compound)] == ["{", "for", "case"]
    assert [group.function for group in groups if isinstance(group, Compound)] == ["f", "", ""]
    assert [[word.value for word in group.words] for group in groups if isinstance(group, Compound)] == [[], ["1", "$y"], ["$z"]]


# Substitutions.


@pytest.mark.parametrize(
    ("text", "owner", "index"),
    [
        ("a b $(x)", "a", 2),
        ('a "1 $(x) 2"', "a", 1),
        ("a `x`", "a", 1),
        ("a <(x)", "a", 1),
        ("a ${V:-$(x)}", "a", 1),
        ("a $((1 + $(x)))", "a", 1),
        ("A=$(x) a", "a", -1),
        ("a > $(x)", "a", -1),
        ("a <<E\n$(x)\nE\n", "a", -1),
        ("a $(if x; then y; fi)", "a", 1),
        ("a `echo \\`x\\``", "echo", 1),
        ("$(x) a", None, 0),
    ],
)
def test_a_substitution_knows_its_command(text: str, owner: str | None, index: int) -> None:
    x = next(command for command in parse(text).commands if command.name == "x")
    assert x.substitution_of is not None
    assert (x.substitution_of[0].name, x.substitution_of[1]) == (owner, index)


def test_commands_of_a_part_leave_out_what_is_nested() -> None:
    part = word("a $(b $(c) | d; (e))").replaced[0]
    assert [command.name for command in part.commands] == ["b", "d", "e"]
    assert part.chains[0].part is part


# Words.


def parts(text: str) -> list[tuple[str, str, str]]:
    return [(part.kind, part.text, part.name) for part in word(text).parts]


def test_parts() -> None:
    assert parts("a b") == [("text", "b", "")]
    assert parts("a x'y z'") == [("text", "xy z", "")]
    assert parts('a "1 $X ${Y}z"$(b)') == [
        ("text", "1 ", ""),
        ("variable", "$X", "X"),
        ("text", " ", ""),
        ("variable", "${Y}", "Y"),
        ("text", "z", ""),
        ("substitution", "$(b)", ""),
    ]
    assert parts("a <(b)$((1))") == [("process", "<(b)", ""), ("arithmetic", "$((1))", "")]
    assert parts("a ''") == []


@pytest.mark.parametrize(
    ("text", "name", "operator", "default"),
    [
        ("$X", "X", "", None),
        ("${X}", "X", "", None),
        ("${X:-d e}", "X", ":-", "d e"),
        ("${X-}", "X", "-", ""),
        ("${X:='d'}", "X", ":=", "d"),
        ("${X:-${Y:-z}}", "X", ":-", "${Y:-z}"),
        ("${X:+d}", "X", ":+", None),
        ("${X:?no}", "X", ":?", None),
        ("${X%%.*}", "X", "%%", None),
        ("${X//a/b}", "X", "//", None),
        ("${X[0]}", "X[0]", "", None),
        ("${X:1:2}", "X", ":", None),
        ("${#X}", "X", "", None),
        ("$1", "1", "", None),
        ("${10}", "10", "", None),
        ("$?", "?", "", None),
        ('"${X:-"a}b"}"', "X", ":-", "a}b"),
    ],
)
def test_variables(text: str, name: str, operator: str, default: str | None) -> None:
    (part,) = word(f"a {text}").parts
    assert (part.kind, part.name, part.operator, part.default) == ("variable", name, operator, default)


@pytest.mark.parametrize(
    ("text", "literal", "quoted", "pattern"),
    [
        ("b", True, False, False),
        ("'b*'", True, True, False),
        ("b\\*", True, True, False),
        ("b*", True, False, True),
        ("'b'?", True, True, True),
        ("[b]", True, False, True),
        ("$b", False, False, False),
        ('"$b"', False, True, False),
        ("`b`", False, False, False),
        ("{a,b}", True, False, False),
        ("a\\\nb", True, False, False),
    ],
)
def test_what_is_known_of_a_word(text: str, literal: bool, quoted: bool, pattern: bool) -> None:
    one = word(f"a {text}")
    assert (one.literal, one.quoted, one.pattern) == (literal, quoted, pattern)


def test_name() -> None:
    assert [command.name for command in parse("'a'b c; $X d; Y=1; /bin/e").commands] == ["ab", None, None, "/bin/e"]


def test_a_fragment_knows_the_place_of_every_character() -> None:
    text = "a 'it'\\''s'\\\n\"$X\"'!'"
    fragment = word(text).fragment
    assert fragment.text == "it's$X!"
    assert "".join(text[fragment.place(at)] for at in range(len(fragment.text))) == fragment.text
    assert fragment.span(4, 6) == parse(text).commands[0].words[1].replaced[0].span


def test_escapes_of_c() -> None:
    assert word(r"a $'\a\e\101\x41\u00e9\U0001F600\cA\q\\\''").value == "\a\x1bAA\xe9\U0001f600\x01\\q\\'"
    assert word(r"a $'\UFFFFFFFF'").value == r"\UFFFFFFFF"


def test_places_within_escaped_backticks() -> None:
    text = 'x "`b \\"c\\" \\`d e\\``"'
    _, b, d = parse(text).commands
    assert [text[one.start : one.end] for one in b.words] == ["b", '\\"c\\"', "\\`d e\\`"]
    assert [text[one.start : one.end] for one in d.words] == ["d", "e"]
    assert text[d.span.start : d.span.end] == "d e"


# Redirections and heredocs.


def heredocs(text: str) -> list[Heredoc]:
    found = [one.heredoc for command in parse(text).commands for one in command.redirections]
    return [heredoc for heredoc in found if heredoc]


def test_heredocs() -> None:
    text = "cat <<A <<-'B' | x\n1 $X\nA\n\t2 $Y\n\t\tB\ny"
    first, second = heredocs(text)
    assert (first.delimiter, first.quoted, first.body.text) == ("A", False, "1 $X\n")
    assert (second.delimiter, second.quoted, second.body.text) == ("B", True, "2 $Y\n")
    assert [part.name for part in first.replaced] == ["X"]
    assert second.replaced == []
    assert text[first.start : first.end] == "1 $X\nA\n"
    assert text[second.start : second.end] == "\t2 $Y\n\t\tB\n"
    assert text[second.body.place(2)] == "$"


def test_a_heredoc_is_unescaped_where_it_is_expanded() -> None:
    assert heredocs('a <<E\n\\$x \\\\ \\" "\n\\n\nE\n')[0].body.text == '$x \\ \\" "\n\\n\n'
    assert heredocs("a <<\\E\n\\$x\nE\n")[0].body.text == "\\$x\n"


def test_a_heredoc_with_carriage_returns() -> None:
    assert heredocs("a <<E\r\nx\r\nE\r\nb")[0].body.text == "x\r\n"
    assert [command.name for command in parse("a <<E\r\nx\r\nE\r\nb").commands] == ["a", "b"]


def test_a_heredoc_whose_body_is_elsewhere() -> None:
    script = parse("cat <<EOF > /x")
    (heredoc,) = heredocs("cat <<EOF > /x")
    assert (heredoc.present, heredoc.body.text, heredoc.span.start) == (False, "", len(script.text))
    assert script.problems == []


def test_redirections() -> None:
    def row(one: Redirection) -> tuple[str, str, str | None]:
        return one.fd, one.operator, one.target.value if one.target else None

    command = parse("a 2>&1 10>>b {x}<c &>'d e' <<<$f >| g").commands[0]
    assert [row(one) for one in command.redirections] == [
        ("2", ">&", "1"),
        ("10", ">>", "b"),
        ("{x}", "<", "c"),
        ("", "&>", "d e"),
        ("", "<<<", "$f"),
        ("", ">|", "g"),
    ]
    assert [one.value for one in command.words] == ["a"]


# What cannot be understood.


@pytest.mark.parametrize(
    ("text", "names", "messages"),
    [
        ("a 'b", ["a"], ["single quote is never closed"]),
        ('a "b $(c', ["a", "c"], ["$( is never closed"]),
        ("a `b", ["a", "b"], ["backtick is never closed"]),
        ("a ${b", ["a"], ["${ is never closed"]),
        ("a $'b", ["a"], ["single quote is never closed"]),
        ("x=(a", [None], ["parenthesis is never closed"]),
        ("if a; then b", ["a", "b"], ["if is never closed"]),
        ("(a; if b; then c) && d", ["a", "b", "c", "d"], ["if is never closed"]),
        ("$(a; { b) c", [None, "a", "b"], ["{ is never closed"]),
        ("a; fi; b", ["a", "b"], ["unexpected fi", "unexpected ;"]),
        ("a ) b", ["a", "b"], ["unexpected )"]),
        ("then a", ["a"], ["unexpected then"]),
        ("a && && b", ["a", "b"], ["unexpected &&"]),
        ("| a", ["a"], ["unexpected |"]),
        ("a >", ["a"], ["nothing follows >"]),
        ("a > ; b", ["a", "b"], ["nothing follows >"]),
        ("echo (a)", ["echo", "a"], ["unexpected ("]),
        ("(a) b", ["a", "b"], ["a command cannot follow the end of a group"]),
        ("a <<E\nb", ["a"], ["heredoc is never closed"]),
        ("[[ a", ["[["], ["[[ is never closed"]),
        ("[[ a; b", ["[[", "b"], ["unexpected ; in [["]),
        ("case a", [], ["case needs `in`", "case is never closed"]),
        ("case a in b; c", ["c"], ["unexpected ; in the patterns of a case", "case is never closed"]),
    ],
)
def test_problems(text: str, names: list[str | None], messages: list[str]) -> None:
    script = parse(text)
    assert [command.name for command in script.commands] == names
    assert [problem.message for problem in script.problems] == messages


# Which language.


@pytest.mark.parametrize(
    ("argv", "language"),
    [
        ([], "other"),
        (["/bin/sh", "-c"], "sh"),
        (["bash", "-eo", "pipefail", "-c"], "sh"),
        (["/usr/bin/dash"], "sh"),
        (["zsh"], "sh"),
        (["ksh"], "sh"),
        (["busybox", "sh", "-c"], "sh"),
        (["busybox", "wget"], "other"),
        (["/usr/bin/env", "bash"], "sh"),
        (["env", "-i", "A=b", "bash"], "sh"),
        (["env", "-S", "bash -e"], "sh"),
        (["env", "-S-S-Sbash"], "sh"),
        (["env"] * 3000, "other"),
        (["cmd", "/S", "/C"], "cmd"),
        ([r"C:\Windows\System32\cmd.exe"], "cmd"),
        (["PowerShell", "-Command"], "powershell"),
        (["pwsh.exe"], "powershell"),
        (["python3", "-c"], "other"),
        (["/bin/shellcheck"], "other"),
    ],
)
def test_interpreter(argv: list[str], language: str) -> None:
    assert interpreter(argv) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("#!/bin/sh\na", "sh"),
        ("#! /bin/bash -e\r\na", "sh"),
        ("#!/usr/bin/env bash", "sh"),
        ("#!/usr/bin/env -S bash -e\n", "sh"),
        ("#!/usr/bin/env python3\n", "other"),
        ("#!/usr/bin/pwsh\n", "powershell"),
        ("#!\n", "other"),
        ("a\n", "sh"),
    ],
)
def test_shebang(text: str, language: str) -> None:
    assert shebang(text) == language


def test_importing_it_is_cheap() -> None:
    """In a package whose own `__init__` is left out."""
    lines = (
        "import bisect, re, sys, types",
        "package = sys.modules['capdrop'] = types.ModuleType('capdrop')",
        f"package.__path__ = {list(capdrop.__path__)!r}",
        "before = set(sys.modules)",
        "import capdrop.syntax.shell",
        "print(*sorted(set(sys.modules) - before))",
    )
    printed = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True).stdout
    ours = ("shell", "shell_groups", "shell_tree", "shell_value", "shell_words")
    assert set(printed.split()) <= {
        "__future__",
        "capdrop.purpose",
        "capdrop.source",
        "capdrop.syntax",
        *(f"capdrop.syntax.{name}" for name in ours),
    }
