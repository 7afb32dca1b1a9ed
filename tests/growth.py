"""Whether time grows with the input and no faster, measured so that a busy machine changes nothing."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from time import process_time

ATTEMPTS = 6
REPEATS = 3
FLOOR = 0.05
"""Seconds; what takes less is quick enough, however it grew."""

SLACK = 2.5
"""How much more than in proportion the time may grow. What is quadratic grows by the ratio of the sizes more."""


def assert_grows_linearly(work: Callable[[int], object], small: int, large: int) -> None:
    """Fail if a size takes far longer than a smaller one lets expect, as often as it is measured."""
    ratio = large / small
    assert ratio >= 2 * SLACK, "too near to each other to tell quadratic from linear"
    seen = []
    for _ in range(ATTEMPTS):
        after = _seconds(work, large)
        if after <= FLOOR:
            return
        gc.collect()
        before = min(_seconds(work, small) for _ in range(REPEATS))
        for _ in range(REPEATS - 1):
            if after > SLACK * ratio * before:
                after = min(after, _seconds(work, large))
        if after <= max(FLOOR, SLACK * ratio * before):
            return
        seen.append(f"{before:.4f} s, then {after:.4f} s")
    raise AssertionError(f"the time grows faster than the size, {small} to {large}: {'; '.join(seen)}")


def filled(piece: str, size: int) -> str:
    """About so many characters of a piece again and again."""
    return piece * (size // len(piece) + 1)


def cpu_of_children() -> float:
    """Processor seconds of all child processes that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _seconds(work: Callable[[int], object], size: int) -> float:
    """What one run takes, of the processor, without the garbage of other tests."""
    collects = gc.isenabled()
    gc.disable()
    try:
        start = process_time()
        work(size)
        return process_time() - start
    finally:
        if collects:
            gc.enable()
