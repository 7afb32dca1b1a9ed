"""`$VAR` and its relatives, as BuildKit expands them."""

from __future__ import annotations

import pytest
from capdrop.syntax.dockerfile import expand

from tests.growth import assert_grows_linearly

VALUES = {"A": "1", "EMPTY": "", "PATH": "a.b/c.b"}


class TestExpansion:
    @pytest.mark.parametrize(
        ("word", "text"),
        [
            ("plain", "plain"),
            ("$A/${A}x", "1/1x"),
            ("${A:-d}${EMPTY:-d}${EMPTY-d}${NONE:-d}${NONE-d}", "1ddd"),
            ("${A:+x}${EMPTY:+x}${EMPTY+x}${NONE+x}", "xx"),
            ("${A:?no}", "1"),
            ("${NONE:-${EMPTY:-${A}}}", "1"),
            ("${A:-$NONE}", "1"),
            ("${PATH#*.}", "b/c.b"),
            ("${PATH##*.}", "b"),
            ("${PATH%.*}", "a.b/c"),
            ("${PATH%%.*}", "a"),
            ("${PATH%?b}", "a.b/c"),
            ("${PATH#\\*}", "a.b/c.b"),
            ("${PATH/b/x}${PATH//b/x}", "a.x/c.ba.x/c.x"),
            ("'$A'\"$A\"", "$A1"),
            ("\\$A\\x", "$Ax"),
            ('"\\$A\\x\\""', '$A\\x"'),
            ("$", "$"),
            ("${X:-'a b'}", "a b"),
        ],
    )
    def test_is_buildkits(self, word: str, text: str) -> None:
        expansion = expand(word, VALUES.get)
        assert (expansion.text, expansion.known) == (text, True)

    def test_names_what_is_used_and_missing(self) -> None:
        expansion = expand("$A-${NONE}-${OTHER:-x}-$A", VALUES.get)
        assert (expansion.known, expansion.used, expansion.missing) == (False, ["A", "NONE", "OTHER"], ["NONE", "OTHER"])
        assert expansion.text == "1-${NONE}-x-1"
        assert expand("${OTHER:-x}", VALUES.get).missing == ["OTHER"]

    @pytest.mark.parametrize("word", ["${", "${A", "${}", "${A:#x}", "${A^}", "'a", '"a', "${EMPTY:?}", "${A:-" * 100])
    def test_of_what_buildkit_refuses_is_unknown(self, word: str) -> None:
        expansion = expand(word, VALUES.get)
        assert expansion.error
        assert not expansion.known

    def test_takes_the_escape_character_of_the_file(self) -> None:
        assert expand("C:\\$A`$A", VALUES.get, "`").text == "C:\\1$A"

    def test_takes_no_quotes_in_heredocs(self) -> None:
        assert expand('it\'s "$A"', VALUES.get, quotes=False).text == 'it\'s "1"'

    def test_ends_soon(self) -> None:
        assert_grows_linearly(lambda count: expand("${PATH##" + "*a" * count + "}", {"PATH": "a" * 4000}.get), 10, 80)
        assert_grows_linearly(lambda size: expand("${PATH##" + "*a" * 80 + "}", {"PATH": "a" * size}.get), 500, 4_000)
        assert_grows_linearly(lambda count: expand("${A:-" * count, VALUES.get), 5_000, 40_000)
        assert_grows_linearly(lambda count: expand("$A" * count, VALUES.get), 5_000, 40_000)
