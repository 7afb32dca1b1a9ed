"""The measure of growth itself, by a clock that the work moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests import growth
from tests.growth import assert_grows_linearly

SMALL, LARGE = 1_000, 8_000


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.busy: Iterator[float] = iter(())

    def work(self, cost: Callable[[int], float]) -> Callable[[int], object]:
        def run(size: int) -> None:
            self.now += cost(size) * next(self.busy, 1.0)

        return run


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(growth, "process_time", lambda: made.now)
    monkeypatch.setattr("gc.collect", lambda: 0)
    return made


@pytest.mark.parametrize(
    "cost", [lambda size: size * 1e-4, lambda size: 1 + size * 1e-6, lambda size: size * size * 1e-10], ids=["linear", "flat", "quick"]
)
def test_what_grows_in_proportion_passes(cost: Callable[[int], float], clock: Clock) -> None:
    assert_grows_linearly(clock.work(cost), SMALL, LARGE)


@pytest.mark.parametrize("power", [1.6, 2, 3])
def test_what_grows_faster_fails(power: float, clock: Clock) -> None:
    with pytest.raises(AssertionError, match="grows faster than the size"):
        assert_grows_linearly(clock.work(lambda size: size**power * 1e-6), SMALL, LARGE)


def test_a_machine_that_is_busy_for_a_while_changes_nothing(clock: Clock) -> None:
    clock.busy = iter([9.0, 1.0, 1.0, 1.0, 9.0, 9.0] * 5)
    assert_grows_linearly(clock.work(lambda size: size * 1e-4), SMALL, LARGE)
    clock.busy = iter([9.0, 1.0, 9.0, 9.0, 1.0, 9.0] * 5)
    with pytest.raises(AssertionError):
        assert_grows_linearly(clock.work(lambda size: size * size * 1e-6), SMALL, LARGE)


def test_by_the_real_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "FLOOR", 0)
    monkeypatch.setattr("gc.collect", lambda: 0)
    assert_grows_linearly(lambda size: sum(range(size)), 50_000, 400_000)
    with pytest.raises(AssertionError):
        assert_grows_linearly(lambda size: sum(range(size * size)), 100, 800)
