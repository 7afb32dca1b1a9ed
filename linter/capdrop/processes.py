"""Files judged by several processes, each with rules of its own."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from .config import rules_in_force
from .judging import judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .config import Config
    from .dialects.context import Context
    from .judging import Found, Judged
    from .rulebook import Rulebook

CHUNK = 20
"""Files that are handed to a process at a time."""

_desk: list[tuple[Rulebook, Context]] = []
"""What a process judges with."""


def judged_by_many(found: Sequence[Found], config: Config, context: Context, count: int) -> Iterator[Judged]:
    """What becomes of each file in `count` processes, in order. It ends early where a process dies; whoever asks then goes on alone."""
    start = get_context("fork" if sys.platform == "linux" else None)
    pool = ProcessPoolExecutor(count, start, _prepare, (config, context))
    try:
        chunks = [found[at : at + CHUNK] for at in range(0, len(found), CHUNK)]
        for judged in pool.map(_judge_all, chunks):
            yield from judged
    except (BrokenProcessPool, OSError):
        return
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare(config: Config, context: Context) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _desk[:] = [(rules_in_force(config), context)]


def _judge_all(found: Sequence[Found]) -> list[Judged]:
    book, context = _desk[0]
    judged = []
    for file in found:
        judged.append(judge(file, book, context))
        gc.collect(1)
    return judged
