"""The forgetting curve of FSRS 6 with its default parameters, in bulk and without importing the library.

`schedule` is the authority; the tests hold every number here to it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import exp

from revise.schedule import HALF_DAY, Memory

LEARNING, REVIEW, RELEARNING = 1, 2, 3
"""States of a Memory, numbered as in the fsrs library."""

# Recall is 0.9 when as many days have gone by as the stability says.
DECAY = -0.1542
FACTOR = 0.9 ** (1 / DECAY) - 1
_W8, _W9, _W10 = 1.8722, 0.1666, 0.796
_W11, _W12, _W13, _W14 = 1.4835, 0.0614, 0.2629, 1.6483
_W17, _W18, _W19 = 0.5425, 0.0912, 0.0658


def recall_after(stability: float, days: int) -> float:
    """The chance of recall once `days` whole days have gone by since the last review."""
    return float((1 + FACTOR * days / stability) ** DECAY)


def recall_at(memory: Memory, at: datetime) -> float:
    """The chance, 0 to 1, that the card is known at `at`: what `schedule.recall` says."""
    return recall_after(memory.stability, max(0, (at + HALF_DAY - memory.last).days))


def recalls(memories: Iterable[Memory], at: datetime) -> Iterator[float]:
    """`recall_at` for each of many memories."""
    for memory in memories:
        days = (at + HALF_DAY - memory.last).days
        yield (1 + FACTOR * days / memory.stability) ** DECAY if days > 0 else 1.0


def gain(memory: Memory, at: datetime, exam: datetime) -> float:
    """By how much a review at `at` raises the chance of recall at `exam`, for a card out of the learning steps.

    The mean of what "good" would give and what "again" would, each with its chance.
    """
    stability, difficulty = memory.stability, memory.difficulty
    elapsed = max(0, (at + HALF_DAY - memory.last).days)
    known = recall_after(stability, elapsed)
    if elapsed < 1:
        good = stability * max(exp(_W17 * _W18) * stability**-_W19, 1.0)
        again = stability * exp(_W17 * (_W18 - 2)) * stability**-_W19
    else:
        good = stability * (1 + exp(_W8) * (11 - difficulty) * stability**-_W9 * (exp((1 - known) * _W10) - 1))
        slow = _W11 * difficulty**-_W12 * ((stability + 1) ** _W13 - 1) * exp((1 - known) * _W14)
        again = min(slow, stability / exp(_W17 * _W18))
    days = max(0, (exam + HALF_DAY - at).days)
    after = known * recall_after(good, days) + (1 - known) * recall_after(max(again, 0.001), days)
    return after - recall_at(memory, exam)
