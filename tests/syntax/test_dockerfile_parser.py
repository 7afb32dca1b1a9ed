"""The Dockerfile parser: BuildKit's grammar, and the exact place of everything."""

from __future__ import annotations

import pytest
from capdrop.source import Span
from capdrop.syntax.dockerfile import Dockerfile, Instruction, Pair, parse


def keywords(file: Dockerfile) -> list[str]:
    return [instruction.keyword for instruction in file.instructions]


def only(text: str) -> Instruction:
    file = parse(text)
    assert len(file.instructions) == 1
    return file.instructions[0]


def at(file: Dockerfile | str, span: Span | None) -> str:
    assert span is not None
    text = file if isinstance(file, str) else file.text
    return text[span.start : span.end]


def messages(text: str) -> list[tuple[str, str]]:
    file = parse(text)
    return [(at(file, problem.span), problem.message) for problem in file.problems]


def written(pairs: list[Pair]) -> list[tuple[str, str | None]]:
    return [(pair.name.value, pair.value.value if pair.value else None) for pair in pairs]


class TestDirectives:
    def test_are_read_at_the_top(self) -> None:
        text = "# syntax = docker/dockerfile:1  \n#ESCAPE=`\n# check=skip=all;error=true\nFROM a\n"
        file = parse(text)
        assert [(one.name, one.value) for one in file.directives] == [
            ("syntax", "docker/dockerfile:1"),
            ("escape", "`"),
            ("check", "skip=all;error=true"),
        ]
        assert [at(file, one.value_span) for one in file.directives] == ["docker/dockerfile:1", "`", "skip=all;error=true"]
        assert file.escape == "`"
        assert text[file.body_start :] == "FROM a\n"
        assert file.comments == []

    @pytest.mark.parametrize("top", ["# a comment\n", "\n", "# unknown=1\n", "FROM a\n", "#\n", "# escape=\n", "ARG x=y\n"])
    def test_end_with_the_first_line_that_is_not_one(self, top: str) -> None:
        file = parse(top + "# escape=`\nRUN a\n")
        assert file.escape == "\\"
        assert file.directives == []
        assert file.body_start == 0
        assert [(one.name, at(file, one.span)) for one in file.ignored_directives] == [("escape", "# escape=`")]
        assert at(file, file.comments[-1]) == "# escape=`"

    def test_are_not_ignored_directives_when_they_only_look_alike(self) -> None:
        assert parse("FROM a\n# escape the quotes\n# checks=1\n# see syntax=x\n").ignored_directives == []

    def test_follow_a_shebang_but_for_escape(self) -> None:
        file = parse("#!/usr/bin/env -S docker build -f\n# syntax=a\n# escape=`\nFROM a\n")
        assert [one.name for one in file.directives] == ["syntax"]
        assert [one.name for one in file.ignored_directives] == ["escape"]
        assert file.escape == "\\"

    def test_may_not_be_repeated_or_wrong(self) -> None:
        assert messages("# escape=`\n# escape=\\\nFROM a\n") == [("# escape=\\", "only one escape directive can be used")]
        assert messages("# escape=x\nFROM a\n") == [("x", "the escape character must be \\ or `, not x")]

    @pytest.mark.parametrize("text", ["", "# escape=`", "# escape=`\r\n"])
    def test_alone_leave_the_body_at_the_end(self, text: str) -> None:
        assert parse(text).body_start == len(text)


class TestLines:
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_comments_and_blank_lines_stand_inside_continuations(self, newline: str) -> None:
        text = newline.join(["RUN a && \\", "    # why not", "", "  b \\ ", "# again \\", "  c  ", "USER 0", ""])
        file = parse(text)
        assert keywords(file) == ["RUN", "USER"]
        run = file.instructions[0]
        assert run.body.text == "a &&   b   c"
        assert at(file, run.span).splitlines()[-1] == "  c  "
        assert [at(file, comment) for comment in file.comments] == ["# why not", "# again \\"]
        assert [text[run.body.place(offset)] for offset in range(len(run.body.text))] == list(run.body.text)

    def test_a_comment_does_not_continue(self) -> None:
        assert keywords(parse("FROM a\n# ends in a backslash \\\nENV a=b\n")) == ["FROM", "ENV"]

    def test_only_a_single_escape_character_continues(self) -> None:
        assert keywords(parse("RUN a \\\\\nRUN b\nRUN c \\\t \nd")) == ["RUN", "RUN", "RUN"]

    def test_the_backtick_continues_where_the_directive_says_so(self) -> None:
        file = parse("# escape=`\nFROM w\nWORKDIR C:\\app\\\nRUN echo one && `\n    echo two\nUSER ContainerAdministrator\n")
        assert keywords(file) == ["FROM", "WORKDIR", "RUN", "USER"]
        assert file.instructions[1].arguments[0].value == "C:\\app\\"
        assert file.instructions[2].body.text == "echo one &&     echo two"

    def test_an_ignored_directive_leaves_the_backslash_in_force(self) -> None:
        file = parse("# Image for the build agents\n# escape=`\nFROM w\nWORKDIR C:\\\nUSER ContainerAdministrator\n")
        assert keywords(file) == ["FROM", "WORKDIR"]

    def test_keywords_come_in_any_case_and_may_be_continued(self) -> None:
        file = parse("from a\nR\\\nuN x\n\tUser\tb")
        assert keywords(file) == ["FROM", "RUN", "USER"]
        assert at(file, file.instructions[1].keyword_span) == "R\\\nuN"
        assert at(file, file.instructions[2].span) == "User\tb"

    def test_a_continuation_at_the_end_of_the_file_ends_there(self) -> None:
        file = parse("RUN a \\\n# c\n\n")
        assert at(file, file.instructions[0].span) == "RUN a \\\n# c\n"
        assert file.instructions[0].body.text == "a"

    def test_a_continuation_of_nothing_is_a_problem(self) -> None:
        assert messages("FROM a\n\\\n") == [("\\", "a continuation of nothing")]
        assert keywords(parse("FROM a\n\\\nUSER b\n")) == ["FROM", "USER"]

    def test_stages_are_counted(self) -> None:
        assert [one.stage for one in parse("ARG a\nFROM a\nRUN b\nFROM c\nONBUILD USER d\n").instructions] == [-1, 0, 0, 1, 1]


HEREDOCS = """\
# syntax=docker/dockerfile:1
FROM alpine:3.22
RUN set -e && \\
    cat <<CONF > /etc/app.conf
USER nobody
CONF
# note directly under the terminator
COPY <<-\\TXT /etc/motd
\thello $USER
\tTXT
RUN <<'A' sh && <<"B" cat
echo one
A
two
B
USER root
"""


class TestHeredocs:
    def test_have_bodies_and_ends(self) -> None:
        file = parse(HEREDOCS)
        assert keywords(file) == ["FROM", "RUN", "COPY", "RUN", "USER"]
        assert file.problems == []
        docs = [doc for instruction in file.instructions for doc in instruction.heredocs]
        assert [(doc.name, doc.body.text, doc.expand, doc.chomp) for doc in docs] == [
            ("CONF", "USER nobody\n", True, False),
            ("TXT", "hello $USER\n", True, True),
            ("A", "echo one\n", False, False),
            ("B", "two\n", False, False),
        ]
        assert [at(file, doc.span) for doc in docs] == ["<<CONF", "<<-\\TXT", "<<'A'", '<<"B"']
        assert [at(file, doc.terminator_span) for doc in docs] == ["CONF", "TXT", "A", "B"]
        assert at(file, docs[1].body_span) == "\thello $USER\n"
        assert HEREDOCS[docs[1].body.place(0)] == "h"
        assert at(file, file.instructions[3].span).endswith("\ntwo\nB")
        assert [at(file, comment) for comment in file.comments] == ["# note directly under the terminator"]

    @pytest.mark.parametrize(
        "opener",
        [
            "RUN <<E",
            "run cat << E",
            "RUN x 3<<E",
            "ADD --chmod=1 <<E /x",
            "ONBUILD COPY <<E /x",
            "RUN <<'E'",
            'RUN a${b#c}"<" <<E',
            "RUN <<\\E",
        ],
    )
    def test_open_in_many_ways(self, opener: str) -> None:
        file = parse(f"{opener}\nUSER x\nE\nUSER y\n")
        assert keywords(file)[1:] == ["USER"]
        assert file.instructions[0].heredocs[0].body.text == "USER x\n"

    @pytest.mark.parametrize(
        "line",
        [
            "ENV a=<<E",
            "CMD cat <<E",
            "RUN cat <<<E",
            "RUN cat<<E",
            "RUN echo '<<E'",
            "RUN echo \\<<E",
            'RUN ["a", "<<E"]',
            "RUN <<",
            'RUN <<""',
        ],
    )
    def test_are_not_everything_that_looks_like_one(self, line: str) -> None:
        assert keywords(parse(f"{line}\nUSER x\nE\n"))[1:] == ["USER", "E"]

    @pytest.mark.parametrize("line", ["RUN it's <<E", "RUN ${a^} <<E", "RUN ${ <<E", 'RUN "${a:#b}" <<E'])
    def test_are_not_found_where_buildkit_cannot_read_the_line(self, line: str) -> None:
        assert parse(f"{line}\nE\n").instructions[0].heredocs == []

    def test_a_shell_takes_a_backslash_for_a_quote(self) -> None:
        assert parse("RUN cat <<\\E\nE\n").instructions[0].heredocs[0].expand is False
        assert parse("COPY <<\\E /x\nE\n").instructions[0].heredocs[0].expand is True

    def test_without_a_terminator_hold_the_rest(self) -> None:
        file = parse("RUN <<'EOT' tee x\nUSER a\nEOT2\n")
        assert keywords(file) == ["RUN"]
        heredoc = file.instructions[0].heredocs[0]
        assert heredoc.terminator_span is None
        assert heredoc.body.text == "USER a\nEOT2\n"
        assert [(problem.kind, at(file, problem.span)) for problem in file.problems] == [("unread", "<<'EOT'")]

    def test_end_with_windows_line_ends_too(self) -> None:
        file = parse("RUN <<-E\r\n\ta\r\n\tE\r\nUSER x\r\n")
        assert keywords(file) == ["RUN", "USER"]
        assert file.instructions[0].heredocs[0].body.text == "a\r\n"

    def test_belong_to_the_instruction_inside_onbuild_as_well(self) -> None:
        outer = only("ONBUILD RUN <<E\na\nE")
        assert outer.inner is not None
        assert outer.inner.heredocs == outer.heredocs != []
        assert outer.inner.span.end == outer.span.end


class TestFlags:
    def test_have_names_values_and_places(self) -> None:
        text = 'RUN --mount=type=secret,id=npm \\\n  --network="no\\"ne" --privileged --a= -- --b c'
        run = only(text)
        assert [(flag.name, flag.value) for flag in run.flags] == [
            ("mount", "type=secret,id=npm"),
            ("network", 'no"ne'),
            ("privileged", None),
            ("a", ""),
        ]
        assert [at(text, flag.span) for flag in run.flags][1:] == ['--network="no\\"ne"', "--privileged", "--a="]
        assert [at(text, flag.value_span) for flag in run.flags] == ["type=secret,id=npm", '"no\\"ne"', "", ""]
        assert run.body.text == "--b c"
        mount = run.flag("mount")
        assert mount is not None
        assert mount.fragment is not None
        assert at(text, mount.fragment.span(5, 11)) == "secret"

    def test_end_at_the_first_other_word(self) -> None:
        assert only("COPY a --b c").flags == []

    def test_of_a_healthcheck_are_not_those_of_its_command(self) -> None:
        check = only("HEALTHCHECK --interval=5s CMD --x y")
        assert [flag.name for flag in check.flags] == ["interval"]
        assert check.inner is not None
        assert (check.inner.keyword, check.inner.flags, check.inner.body.text) == ("CMD", [], "--x y")


class TestForms:
    def test_json_has_items_with_places(self) -> None:
        text = 'CMD [ "a b","",\\\n "c\\n\\u00e9\\ud83d\\ude00\\\\/" ]'
        cmd = only(text)
        assert cmd.form == "json"
        assert [word.value for word in cmd.arguments] == ["a b", "", "c\né\U0001f600\\/"]
        assert [at(text, word.span) for word in cmd.arguments] == ['"a b"', '""', '"c\\n\\u00e9\\ud83d\\ude00\\\\/"']
        assert text[cmd.arguments[2].fragment.place(1) :].startswith("\\n\\u00e9")

    @pytest.mark.parametrize("array", ["[]", "[ ]", '["a"]', '[\t"a" , "b"  ]'])
    def test_json_comes_with_any_blanks(self, array: str) -> None:
        assert only(f"CMD {array}").form == "json"

    @pytest.mark.parametrize(
        "text",
        ["['a']", '["a",]', '["a" "b"]', '["a"] b', '["a', '["C:\\x"]', '["a\tb"]', "[ -f x ] && y", "[[ -f x ]]", '["a"', "[", "{}"],
    )
    def test_what_is_not_json_is_shell(self, text: str) -> None:
        run = only(f"RUN {text}")
        assert (run.form, run.body.text) == ("shell", text)
        assert messages(f"RUN {text}") == []

    @pytest.mark.parametrize("text", ["[1]", '["a", true]', "[null]", '[["a"]]', '[{"a": 1}]'])
    def test_an_array_of_something_else_is_a_problem(self, text: str) -> None:
        assert messages(f"CMD {text}") == [(text, "a JSON array must hold strings only")]

    def test_a_healthcheck_has_the_form_of_its_command(self) -> None:
        check = only('healthcheck cmd ["a", "b"]')
        assert (check.form, [word.value for word in check.arguments]) == ("json", ["cmd"])
        assert check.inner is not None
        assert [word.value for word in check.inner.arguments] == ["a", "b"]
        assert only("HEALTHCHECK NONE").inner is None

    def test_onbuild_holds_an_instruction(self) -> None:
        outer = parse("FROM a\nONBUILD ARG DEPLOY_TOKEN=x\n").instructions[1]
        assert outer.inner is not None
        assert (outer.inner.keyword, outer.inner.stage, written(outer.inner.pairs)) == ("ARG", 0, [("DEPLOY_TOKEN", "x")])


class TestWords:
    def test_of_from(self) -> None:
        text = "FROM --platform=$BUILDPLATFORM \"ghcr.io/a:1\" as 'x'"
        start = only(text)
        assert start.image is not None
        assert start.stage_name is not None
        assert (start.image.value, start.image.quote, start.image.literal) == ("ghcr.io/a:1", '"', False)
        assert (start.stage_name.value, start.stage_name.literal) == ("x", True)
        assert at(text, start.image.span) == '"ghcr.io/a:1"'
        assert only("FROM a").stage_name is None
        assert only("FROM").image is None

    def test_are_cut_at_blanks_and_unquoted(self) -> None:
        text = "COPY a\\ b 'c'd\\$e \"f\\g\" /h/"
        copy = only(text)
        assert [word.value for word in copy.arguments] == ["a", "b", "cd$e", "f\\g", "/h/"]
        assert copy.arguments[2].written.text == "'c'd\\$e"
        assert copy.arguments[2].quote == ""
        assert [text[copy.arguments[2].fragment.place(offset)] for offset in range(4)] == list("cd$e")

    @pytest.mark.parametrize("keyword", ["USER", "WORKDIR", "STOPSIGNAL", "MAINTAINER"])
    def test_of_some_instructions_are_the_whole_line(self, keyword: str) -> None:
        assert [word.value for word in only(f"{keyword} a  b\tc ").arguments] == ["a  b\tc"]

    def test_variables_stay_as_they_are(self) -> None:
        assert [word.value for word in only("EXPOSE $A ${B:-1}/tcp").arguments] == ["$A", "${B:-1}/tcp"]


class TestPairs:
    @pytest.mark.parametrize(
        ("text", "pairs"),
        [
            ("ENV MYSQL_ROOT_PASSWORD correct horse battery", [("MYSQL_ROOT_PASSWORD", "correct horse battery")]),
            ("ENV a \"b c\"  'd'", [("a", "b c  d")]),
            ("ENV a=1 b=\"two words\" c='x'y\\ z", [("a", "1"), ("b", "two words"), ("c", "xy z")]),
            ("ENV a= b=", [("a", ""), ("b", "")]),
            ('ENV a=""', [("a", "")]),
            ("ENV X=${Y:-'a b'}", [("X", "${Y:-a b}")]),
            ("ENV a==b=c", [("a", "=b=c")]),
            ("LABEL \"a b\"=c com.x.y='z'", [("a b", "c"), ("com.x.y", "z")]),
            ("ARG REGION=eu API_SECRET=Zt4-kk20-PP last", [("REGION", "eu"), ("API_SECRET", "Zt4-kk20-PP"), ("last", None)]),
            ("ARG X=\\\nvalue", [("X", "value")]),
            ('ENV A=1 \\\n    # rotated monthly\n    S=x9 \\\n  B="two \\\nwords"', [("A", "1"), ("S", "x9"), ("B", "two words")]),
        ],
    )
    def test_come_in_every_spelling(self, text: str, pairs: list[tuple[str, str | None]]) -> None:
        assert written(only(text).pairs) == pairs

    def test_have_places(self) -> None:
        text = 'ENV A=1 \\\n  # c\n  S="x9!" E= \\\n  F='
        pairs = only(text).pairs
        assert [at(text, pair.span) for pair in pairs] == ["A=1", 'S="x9!"', "E=", "F="]
        assert [at(text, pair.value.span) for pair in pairs if pair.value] == ["1", '"x9!"', "", ""]
        assert pairs[1].value is not None
        assert at(text, pairs[1].value.fragment.span()) == "x9!"
        assert pairs[2].value is not None
        assert text[: pairs[2].value.span.start].endswith("E=")

    def test_of_the_old_spelling_have_places(self) -> None:
        text = 'ENV PASS  a "b" \\\n  c'
        (pair,) = only(text).pairs
        assert pair.value is not None
        assert (at(text, pair.name.span), at(text, pair.value.span)) == ("PASS", 'a "b" \\\n  c')


class TestProblems:
    @pytest.mark.parametrize(
        ("text", "place", "message"),
        [
            ("RUNN x", "RUNN", "RUNN is not an instruction; did you mean RUN?"),
            ("form a", "form", "FORM is not an instruction; did you mean FROM?"),
            ("ENTRIPOINT a", "ENTRIPOINT", "ENTRIPOINT is not an instruction; did you mean ENTRYPOINT?"),
            ("INVOKE x", "INVOKE", "INVOKE is not an instruction"),
            ("DB_PASSWORD=x y", "DB_PASSWORD", "this is not an instruction; is a backslash missing above it?"),
            ("ghp_16C7e42F x", "ghp_16C7e42F", "this is not an instruction"),
            ("ENV a", "a", "ENV needs a value for each name"),
            ("ENV a=1 b", "a=1 b", "ENV needs a value for each name"),
            ("LABEL", "LABEL", "LABEL needs at least one argument"),
            ("ARG =x", "=x", "ARG needs a name before each ="),
            ("COPY a", "a", "COPY needs a source and a destination"),
            ("FROM a b", "a b", "FROM takes an image, or an image, AS and a name"),
            ("FROM a AS 1x", "a AS 1x", "1x cannot be the name of a stage"),
            ("USER", "USER", "USER needs an argument"),
            ("SHELL sh -c", "sh -c", "SHELL needs a JSON array of strings, with at least one"),
            ("HEALTHCHECK curl x", "curl x", "HEALTHCHECK needs CMD or NONE"),
            ("HEALTHCHECK CMD", "CMD", "HEALTHCHECK CMD needs a command"),
            ("ONBUILD FROM a", "FROM a", "FROM is not allowed after ONBUILD"),
            ("ONBUILD ONBUILD RUN a", "ONBUILD RUN a", "ONBUILD is not allowed after ONBUILD"),
            ('ENV a="b', '"b', "a quote that is not closed"),
        ],
    )
    def test_name_the_place(self, text: str, place: str, message: str) -> None:
        assert messages(text) == [(place, message)]

    def test_leave_everything_else_to_be_judged(self) -> None:
        file = parse("FROM a\nRUNN x\nUSER root\n")
        assert keywords(file) == ["FROM", "RUNN", "USER"]
        assert [problem.kind for problem in file.problems] == ["unknown-instruction"]

    @pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
    def test_one_for_an_empty_file(self, text: str) -> None:
        assert [problem.message for problem in parse(text).problems] == ["there are no instructions"]

    def test_none_for_a_fragment_without_from(self) -> None:
        assert parse("RUN a\nUSER b\n").problems == []

    def test_one_for_what_stands_before_the_first_from(self) -> None:
        assert messages("ARG a\nRUN b\nFROM c\n") == [("RUN", "RUN stands before the first FROM")]

    @pytest.mark.parametrize(("size", "count"), [(65535, 0), (65536, 1)])
    def test_one_for_a_line_that_buildkit_does_not_read(self, size: int, count: int) -> None:
        file = parse(f"FROM a\nRUN {'é' * ((size - 4) // 2)}{'x' * (size % 2)}\nUSER b\n")
        assert [problem.kind for problem in file.problems] == ["unread"] * count
        assert keywords(file) == ["FROM", "RUN", "USER"]
