"""The functions about mappings and lists that a chart's templates call, as far as they are understood."""

from __future__ import annotations

from ...syntax.yaml import Entry, Mapping, Node, Scalar, resolve
from ..yaml_placed import PlacedMapping
from .helm_arguments import MOST_ITEMS, Unsure, entries_in, items_in, known, put_together, text_in
from .helm_values import NO_ENTRIES, Bundle, Given, Number, below, content_of, item_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence as Row

_DEEPEST = 40
"""Mappings in mappings that are merged."""
_MOST_MERGED = 10_000
"""Entries that one merge goes through."""


def _dictionary(arguments: list[Given | None]) -> Given:
    return Given(Bundle(zip(map(text_in, arguments[::2]), arguments[1::2], strict=True)))


def spoil(given: Given | None) -> None:
    """From now on nothing is known of a mapping that a template made."""
    if given is not None and isinstance(given.content, Bundle):
        given.content.changed = True


def _set(arguments: list[Given | None]) -> Given | None:
    holder = arguments[0]
    if holder is None or not isinstance(holder.content, Bundle) or holder.content.changed:
        return None
    try:
        name = text_in(arguments[1])
    except Unsure:
        spoil(holder)
        return None
    if len(arguments) == 3:
        holder.content[name] = arguments[2]
    else:
        holder.content.pop(name, None)
    return holder


def _unset(arguments: list[Given | None]) -> Given | None:
    return _set(arguments) or _without(arguments)


def _without(arguments: list[Given | None]) -> Given:
    """A mapping without some of its entries."""
    names = {text_in(one) for one in arguments[1:]}
    return _picked(known(arguments[0]), lambda name: name not in names)


def _only(arguments: list[Given | None]) -> Given:
    """Some of the entries of a mapping."""
    names = {text_in(one) for one in arguments[1:]}
    return _picked(known(arguments[0]), lambda name: name in names)


def _picked(given: Given, is_kept: Callable[[str], bool]) -> Given:
    content = given.content
    if not isinstance(content, Mapping):
        return Given(Bundle((name, one) for name, one in entries_in(given).items() if is_kept(name)))
    if given.is_yaml or any(not isinstance(entry.key, Scalar) or entry.key.value == "<<" for entry in content.entries):
        raise Unsure
    picked = PlacedMapping(content.start, content.end, content.flow)
    picked.source = content.source
    picked.entries = [entry for entry in content.entries if isinstance(entry.key, Scalar) and is_kept(entry.key.value)]
    return Given(picked, given.notes)


def _merged(arguments: list[Given | None]) -> Given:
    """Mappings laid under the first: what is empty there comes from the next."""
    filled = [one for one in map(known, arguments) if one.truth]
    if not filled:
        return NO_ENTRIES
    whole = filled[0] if len(filled) == 1 else _all_merged(filled)
    _become(arguments[0], whole)
    return whole


def _all_merged(filled: list[Given]) -> Given:
    merge = _Merge()
    if any(isinstance(one.content, Bundle) for one in filled):
        entries = entries_in(filled[-1])
        for one in reversed(filled[:-1]):
            entries = merge.entries(entries_in(one), entries, 0)
        return Given(Bundle(entries.items()))
    assert isinstance(NO_ENTRIES.content, Node)
    whole = NO_ENTRIES.content
    for one in reversed(filled):
        whole = merge.trees(one.content, whole, 0)
    return Given(whole)


class _Merge:
    """Mappings laid over each other, unless there is too much in them."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = _MOST_MERGED

    def _go_through(self, count: int, depth: int) -> None:
        self._left -= count
        if self._left < 0 or depth > _DEEPEST:
            raise Unsure

    def entries(self, above: dict[str, Given], below: dict[str, Given], depth: int) -> dict[str, Given]:
        self._go_through(len(above) + len(below), depth)
        whole = dict(below)
        for name, one in above.items():
            other = below.get(name)
            if other is not None and isinstance(one.content, Mapping | Bundle) and isinstance(other.content, Mapping | Bundle):
                whole[name] = Given(Bundle(self.entries(entries_in(one), entries_in(other), depth + 1).items()))
            elif other is None or one.truth:
                whole[name] = one
        return whole

    def trees(self, above: object, below: Node, depth: int) -> Mapping:
        if not isinstance(above, Mapping) or not isinstance(below, Mapping):
            raise Unsure
        self._go_through(len(above.entries) + len(below.entries), depth)
        whole = PlacedMapping(above.start, above.end, False)
        whole.source = above.source
        under = {entry.key.value: entry for entry in below.entries if isinstance(entry.key, Scalar)}
        for entry in above.entries:
            other = under.pop(entry.key.value, None) if isinstance(entry.key, Scalar) else None
            value, under_it = resolve(entry.value), resolve(other.value) if other is not None else None
            if isinstance(value, Mapping) and isinstance(under_it, Mapping):
                whole.entries.append(Entry(entry.key, self.trees(value, under_it, depth + 1)))
            elif other is not None and not Given(content_of(value) if isinstance(value, Scalar) else value).truth:
                whole.entries.append(other)
            else:
                whole.entries.append(entry)
        whole.entries += under.values()
        return whole


def _become(holder: Given | None, whole: Given) -> None:
    """What a merge does to the mapping that it begins with."""
    if holder is None or not isinstance(holder.content, Bundle):
        return
    try:
        entries = entries_in(whole)
    except Unsure:
        spoil(holder)
    else:
        holder.content.clear()
        holder.content.update(entries)


def _merged_over(arguments: list[Given | None]) -> Given:
    """Mappings laid over the first: what is not empty in the last counts."""
    whole = _merged([_copied(one) for one in arguments[::-1]])
    _become(arguments[0], whole)
    return whole


def _copied(given: Given | None) -> Given | None:
    """A mapping that is not changed with the one that it is made from."""
    if given is None or not isinstance(given.content, Bundle):
        return given
    copy = Bundle(given.content.items(), whole=given.content.whole)
    copy.changed = given.content.changed
    return Given(copy, given.notes)


def _deep_copy(arguments: list[Given | None]) -> Given:
    return known(_copied(arguments[0]))


def _has(arguments: list[Given | None]) -> Given:
    """Whether a list holds something."""
    wanted = text_in(arguments[0])
    return Given(any(known(item).text == wanted for item in items_in(arguments[1])))


def _has_key(arguments: list[Given | None]) -> Given:
    return Given(text_in(arguments[1]) in entries_in(arguments[0]))


def _list(arguments: Row[Given | None]) -> Given:
    if len(arguments) > MOST_ITEMS:
        raise Unsure
    return Given(tuple(arguments))


def _index(arguments: list[Given | None]) -> Given | None:
    at: Given | None = known(arguments[0])
    for one in arguments[1:]:
        name = text_in(one)
        at = item_of(known(at), int(name)) if isinstance(known(one).content, Number) else below(known(at), [name])
    return at


def _get(arguments: list[Given | None]) -> Given | None:
    return below(known(arguments[0]), [text_in(arguments[1])])


def _dig(arguments: list[Given | None]) -> Given | None:
    """What is at a path of keys, or what stands before the mapping where there is nothing."""
    at: Given | None = known(arguments[-1])
    for one in arguments[:-2]:
        entries = entries_in(at)
        if text_in(one) not in entries:
            return arguments[-2]
        at = entries[text_in(one)]
    return at


def _first(arguments: list[Given | None]) -> Given:
    return (items_in(arguments[0]) or [Given(None)])[0]


def _last(arguments: list[Given | None]) -> Given:
    return (items_in(arguments[0]) or [Given(None)])[-1]


def _keys(arguments: list[Given | None]) -> Given:
    if len(arguments) != 1:
        raise Unsure
    return Given(tuple(Given(name) for name in entries_in(arguments[0])))


def _together(arguments: list[Given | None]) -> Given:
    """Lists behind each other; where only one holds something, it itself."""
    filled = [(one, items) for one in arguments if (items := items_in(one))]
    return known(filled[0][0]) if len(filled) == 1 else _list([item for _, items in filled for item in items])


def _appended(arguments: list[Given | None]) -> Given:
    return _list([*items_in(arguments[0]), arguments[1]])


def _distinct(arguments: list[Given | None]) -> Given:
    found: dict[str, Given] = {}
    for item in items_in(arguments[0]):
        found.setdefault(text_in(item), item)
    return Given(tuple(found.values()))


def _strings_split(arguments: list[Given | None]) -> Given:
    return Given(tuple(Given(part) for part in text_in(arguments[1]).split(text_in(arguments[0]) or "\n")))


def _strings_joined(arguments: list[Given | None]) -> Given:
    items = items_in(arguments[1])
    text = put_together([text_in(item) for item in items], text_in(arguments[0]))
    return Given(text, tuple(note for item in items for note in item.notes))


CHANGING = frozenset({"set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"})
"""Functions that change what they are given first."""
COLLECTIONS: dict[str, Callable[[list[Given | None]], Given | None]] = {
    "dict": _dictionary,
    "list": _list,
    "tuple": _list,
    "set": _set,
    "unset": _unset,
    "omit": _without,
    "pick": _only,
    "merge": _merged,
    "mergeOverwrite": _merged_over,
    "mustMerge": _merged,
    "mustMergeOverwrite": _merged_over,
    "deepCopy": _deep_copy,
    "mustDeepCopy": _deep_copy,
    "has": _has,
    "hasKey": _has_key,
    "index": _index,
    "get": _get,
    "dig": _dig,
    "first": _first,
    "last": _last,
    "keys": _keys,
    "concat": _together,
    "append": _appended,
    "uniq": _distinct,
    "splitList": _strings_split,
    "join": _strings_joined,
}
