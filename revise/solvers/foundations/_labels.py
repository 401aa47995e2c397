"""Labels as they are typed, the classes they name, and which of two is the positive one."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._loss_rows import check_numbers

MOST = 200  # labels
MOST_CLASSES = 20
_POSITIVE = frozenset(["1", "yes", "y", "true", "t", "positive", "pos", "p", "+", "spam", "sick", "ill"])
_NEGATIVE = frozenset(["0", "-1", "no", "n", "false", "f", "negative", "neg", "-", "ham", "not", "healthy", "well"])
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")


def read_labels(name: str, text: str) -> list[str]:
    """`0, 1, 1`, `cat dog cat`, `p n p`: the labels in order. Raises InputError naming the one that is empty."""
    inner = text.strip().strip("[]()").translate(str.maketrans("，；−", ",;-"))
    parts = [part.strip().strip("'\"") for part in re.split(r"[,;]" if re.search("[,;]", inner) else r"\s+", inner)]
    if not any(parts):
        raise InputError(f"{name}: no labels; write them as 0, 1, 1")
    if len(parts) > MOST:
        raise InputError(f"{name}: {len(parts)} labels; at most {MOST} are taken")
    for place, part in enumerate(parts, 1):
        if not part or part.lower() in ("nan", "inf", "-inf", "none", "null"):
            raise InputError(f"{name}: entry {place} is {part or 'empty'}, no label")
    return [_plain(part) for part in parts]


def classes_of(*lists: Sequence[str]) -> list[str]:
    """The distinct labels: numbers ascending, else words in the order of the alphabet."""
    found = {label for labels in lists for label in labels}
    if found <= {"0", "1"}:
        return ["0", "1"]
    if found == {"1", "-1"} or found == {"-1"}:
        return ["-1", "1"]
    if all(_NUMBER.fullmatch(label) for label in found):
        return sorted(found, key=Fraction)
    return sorted(found)


def positive_of(classes: Sequence[str], asked: str) -> int | None:
    """Where the positive class stands: as asked, else by its usual names; None where they do not tell.

    Raises InputError naming the classes where the one asked for is none of them.
    """
    if asked:
        wanted = _plain(asked.strip())
        if wanted in classes:
            return list(classes).index(wanted)
        if wanted in ("first", "last"):
            return 0 if wanted == "first" else len(classes) - 1
        raise InputError(f"positive: {asked} is no class here; they are {', '.join(classes)}")
    usual = [place for place, each in enumerate(classes) if each.lower() in _POSITIVE]
    if len(usual) == 1:
        return usual[0]
    others = [place for place, each in enumerate(classes) if each.lower() not in _NEGATIVE]
    return others[0] if len(classes) == 2 and len(others) == 1 else None


def check_alike(first: str, one: int, second: str, other: int) -> None:
    """Raise InputError where two lists of one example each differ in length."""
    if one != other:
        raise InputError(f"{second}: {other} entr{'y' if other == 1 else 'ies'}, but {first} has {one}")


def check_scores(scores: Array) -> None:
    """Raise InputError naming a score that is a letter or no number: scores are put in order."""
    check_numbers("scores", scores.flat)
    for place, score in enumerate(scores.flat, 1):
        if isinstance(score, Node):
            raise InputError(f"scores: entry {place} is a letter; scores are compared, so they must be numbers")


def _plain(label: str) -> str:
    """`+1`, `1.0` and `01` are 1; words stay."""
    if not _NUMBER.fullmatch(label):
        return label
    return str(Fraction(label)) if Fraction(label).denominator == 1 else label


def whole_counts(name: str, counts: Sequence[Any], most: int = 10**9) -> None:
    """Raise InputError naming a count that is negative, no whole number or absurd; letters pass."""
    for place, count in enumerate(counts, 1):
        which = f"{name}: entry {place}" if len(counts) > 1 else name
        if isinstance(count, Node):
            check_numbers(which, [count])
        elif not 0 <= count <= most or count != int(count):
            raise InputError(f"{which} is {shown(count)}; a count is a whole number from 0 to {most:,}")


def two_classes(scores: Array, actual: str, positive: str) -> list[int]:
    """1 for the positive class, 0 for the other. Raises InputError."""
    labels = read_labels("actual", actual)
    check_alike("actual", len(labels), "scores", len(scores.flat))
    check_scores(scores)
    classes = classes_of(labels)
    if len(classes) > 2:
        raise InputError(f"actual: {len(classes)} classes ({', '.join(classes[:4])} …); the curve is of two")
    place = positive_of(classes, positive)
    if place is None and len(classes) == 2:
        raise InputError(f"positive: which class do high scores speak for, {' or '.join(classes)}?")
    truth = [int(classes.index(label) == place) for label in labels]
    if 0 not in truth or 1 not in truth:
        kind, rate = ("positive", "TPR") if 1 not in truth else ("negative", "FPR")
        raise InputError(f"actual: no example is {kind}, so the {rate} has the denominator 0")
    return truth
