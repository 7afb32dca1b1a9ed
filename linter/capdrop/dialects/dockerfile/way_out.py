"""Secrets of a Dockerfile, taken from outside: from the build's secrets, or from the environment of the container."""

from __future__ import annotations

import re

from capdrop.finding import Edit
from capdrop.model.subject import Change, Refused
from capdrop.source import Span
from capdrop.syntax import shell

from ..way_out import Way, WayOut, in_shell, program_of
from .steps import PairOrigin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from capdrop.finding import Finding
    from capdrop.model.subject import Subject
    from capdrop.source import Source
    from capdrop.syntax.dockerfile import Dockerfile, Instruction
    from capdrop.syntax.heredoc import Heredoc

_PLAIN_WORD = re.compile(r"[\w./:=@%+,-]+")
_LOGIN = re.compile(r"(?<=://)[^\s/@]*@")


class DockerfileWayOut(WayOut):
    """The changes for one Dockerfile."""

    __slots__ = ("_tree",)

    def __init__(self, source: Source, tree: Dockerfile, again: Callable[[], Iterable[Subject]]) -> None:
        super().__init__(source, again)
        self._tree = tree

    def write(self, finding: Finding) -> Way:
        span = finding.hidden[0]
        if any(comment.covers(span) for comment in self._tree.comments):
            return self.out_of_comment(span)
        one = next((one for one in self._tree.instructions if one.span.covers(span)), None)
        while one is not None and one.inner is not None:
            one = one.inner
        if one is None:
            raise Refused("it stands in no instruction")
        heredoc = next((here for here in one.heredocs if here.body_span.covers(span)), None)
        if one.keyword == "RUN":
            return self._in_step(finding, one, heredoc, span)
        if heredoc is not None:
            return self._in_file(finding, heredoc, span, one.arguments[-1].value.rpartition("/")[2] if one.arguments else "")
        if one.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            return self._at_start(finding, one, span)
        for at, pair in enumerate(one.pairs):
            if pair.span.covers(span):
                title, edits = PairOrigin(self.source, self._tree, "", one, at).write(Change("drop", "variable"))
                touches = self._touches(self._readers(pair.name.value, one))
                return Way(title, edits, "what needs it at run time is given it at the start", touches=touches)
        return self._without_login(one, span)

    def _readers(self, name: str, given: Instruction) -> tuple[Edit, ...]:
        """The places of the instructions behind one that take the value of its variable."""
        reads = re.compile(rf"\$\{{?{re.escape(name)}\b")
        later = (one for one in self._tree.instructions if one.keyword in ("ENV", "ARG", "LABEL") and one.span.start > given.span.start)
        return tuple(Edit(one.span, "") for one in later if reads.search(self.source[one.span]))

    def _in_step(self, finding: Finding, one: Instruction, heredoc: Heredoc | None, span: Span) -> Way:
        """Hand it to a RUN as a secret of the build."""
        if one.form == "json":
            raise Refused("the command is written as a list of arguments")
        if one.escape != "\\":
            raise Refused("a shell of Windows reads it")
        body = one.body if heredoc is None else heredoc.body
        start = body.place(0)
        text = self.source.text
        program = program_of(text[start : span.start])
        login = self._login_at(one, span)
        if program == "git" and login is not None:
            return self._in_credentials(one, Span(text.rindex("git", start, login.start), login.start), login)
        name = self.name(finding, text[start : span.start], owner=program)
        if heredoc is None or (one.body.text.startswith("<<") and shell.shebang(body.text) == "sh"):
            taken = in_shell(self.source, start, span, name)
        else:
            taken = Edit(span, f"${{{name}}}")
        flag = f"--mount=type=secret,id={name.lower()},env={name}"
        edits = [*self._mounted(one, flag, f"env={name}"), taken]
        return Way(
            f"Hand it to the step as a secret of the build: `RUN {flag}`",
            tuple(edits),
            "a build then needs `--secret`; what the step writes into the image would still hold it",
            touches=self._touches((Edit(one.span, ""),)),
        )

    def _mounted(self, one: Instruction, flag: str, mark: str) -> Iterator[Edit]:
        """The flag for a RUN, unless one with this in it stands there."""
        if not any(mark in self.source[given.span] for given in one.flags):
            yield Edit(Span(one.keyword_span.end, one.keyword_span.end), f" {flag}")

    def _in_credentials(self, one: Instruction, program: Span, login: Span) -> Way:
        """Mount it where git looks for logins; of a URL with one in it, git keeps a copy."""
        flag, helper = "--mount=type=secret,id=git_credentials,target=/root/.git-credentials", " -c credential.helper=store"
        at = program.start + len("git")
        edits = [*self._mounted(one, flag, "id=git_credentials"), Edit(Span(at, at), helper), Edit(login, "")]
        return Way(f"Mount the login where git looks for it: `RUN {flag}`", tuple(edits), "a build then needs `--secret`")

    def _in_file(self, finding: Finding, heredoc: Heredoc, span: Span, file: str) -> Way:
        """Leave a place for it in a file that is written to the image."""
        name = self.name(finding, self.source.text[heredoc.body_span.start : span.start], file, file)
        escape = "\\" if heredoc.expand else ""
        edit = Edit(span, f"{escape}${{{name}}}")
        return Way(f"Write `${{{name}}}`, and have it filled in when the container starts", (edit,), "nothing fills it in yet")

    def _at_start(self, finding: Finding, one: Instruction, span: Span) -> Way:
        """Take it from the environment of the container."""
        text, start = self.source.text, one.body.place(0)
        name = self.name(finding, text[start : span.start], owner=program_of(text[start : span.start].lstrip('[ "')))
        way = f"Take it from the environment of the container: `${name}`", "set it with `--env-file` or as a secret when it is started"
        words = [word.value for word in one.arguments]
        if one.form != "json":
            return Way(way[0], (in_shell(self.source, start, span, name),), way[1])
        if len(words) > 2 and words[1] == "-c":
            return Way(way[0], (Edit(span, f"${{{name}}}"),), way[1])
        return Way(way[0], (Edit(one.body.span(), self._in_words(one, words, span, name)),), way[1])

    def _in_words(self, one: Instruction, words: list[str], span: Span, name: str) -> str:
        """A list of arguments as a line for the shell, which replaces the variable."""
        if one.keyword == "CMD" and any(other.keyword == "ENTRYPOINT" and other.stage == one.stage for other in self._tree.instructions):
            raise Refused("the list of arguments belongs to an ENTRYPOINT")
        at = next((at for at, word in enumerate(one.arguments) if word.span.covers(span)), None)
        if at is None or not all(_PLAIN_WORD.fullmatch(word) for word in words):
            raise Refused("the arguments hold blanks or quotes")
        words[at] = words[at].replace(self.source[span], f'"${{{name}}}"')
        return " ".join(["exec", *words])

    def _without_login(self, one: Instruction, span: Span) -> Way:
        """Fetch from a URL without the login in it."""
        login = self._login_at(one, span)
        if one.keyword != "ADD" or login is None:
            raise Refused(f"{one.keyword} can take nothing from outside")
        return Way(
            "Leave the login out of the URL; BuildKit takes it from the secrets `GIT_AUTH_TOKEN` or `HTTP_AUTH_TOKEN_<host>`",
            (Edit(login, ""),),
            "a build then needs `--secret`",
        )

    def _login_at(self, one: Instruction, span: Span) -> Span | None:
        """The login in a URL that holds a range."""
        ranges = (Span(*found.span()) for found in _LOGIN.finditer(self.source.text, one.span.start, one.span.end))
        return next((login for login in ranges if login.covers(span)), None)
