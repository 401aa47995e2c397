"""What a wrong answer may be: another step's value, a factor, a sign, the right numbers in another order."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from revise.engines.arrays import Array, transpose
from revise.equality import close, same_value
from revise.exercise.asked import Asked, flat, kind_of
from revise.exercise.grading import grade
from revise.exercise.reading import Typed
from revise.expression import Node, postorder
from revise.solution import Solution, Step

MANY = 2  # names that may be said at once
_SMALL = 12  # whole numbers up to here are met by chance
_LOGS = frozenset({"log", "ln", "log2", "log10", "log_b"})


@dataclass(frozen=True)
class Guess:
    """Half a sentence, and the place of the step from which it is wrong."""

    text: str
    step: int | None = None


def fits(asked: Asked, value: Any, typed: Typed) -> bool:
    """Whether the typed answer is `value`, to the precision asked for, or rounded to three digits or more."""
    if typed.literal is not None and fits(asked, value, replace(typed, value=typed.literal, literal=None)):
        return True
    if isinstance(value, Node) or any(isinstance(entry, Node) for entry in flat(value)):
        return False
    if kind_of(value, asked.unit if asked.kind == "shape" else "") != asked.kind:
        return False
    if asked.kind not in ("number", "vector", "matrix", "channels"):
        return grade(Asked(value, asked.unit), typed).grade == "right"
    found = close(value, typed.value, Asked(value, asked.unit).numerals)
    if found == "imprecise" and asked.kind == "number":
        figures = re.fullmatch(r"[-−+]?0*\.?0*([1-9]\d*\.?\d*)", typed.text)
        return figures is not None and len(figures[1].replace(".", "")) >= 3 and not isinstance(value, int)
    return found == "right"


def guesses(solution: Solution, target: Step, asked: Asked, typed: Typed) -> Iterator[Guess]:
    """What it may be instead, the likeliest first; only what fits."""
    value = asked.value
    if asked.kind not in ("number", "shape", "vector", "matrix"):
        return
    if len(flat(value)) != len(flat(typed.value)):
        count, asks = len(flat(typed.value)), len(flat(value))
        what = "side" if asked.kind == "shape" else "number"
        yield Guess(f"{count} {what}{'s' * (count != 1)} where {asks} are asked for")
        return
    if asked.kind == "number" and typed.value in (0, 1, -1) and typed.value != -value:
        return
    yield from _other_values(solution, target, asked, typed)
    if isinstance(value, Array):
        yield from _arranged(asked, typed)
    if asked.kind == "shape":
        return
    for text, factor in _factors(solution, target, asked):
        if fits(asked, _times(value, factor), typed) and not same_value(_times(value, factor), value):
            yield Guess(text)
    if isinstance(value, int) and isinstance(typed.value, int) and abs(value - typed.value) == 1:
        yield Guess(f"one too {'many' if typed.value > value else 'few'}")


def is_small(typed: Typed) -> bool:
    """Whether it may equal something by chance."""
    return isinstance(typed.value, int) and abs(typed.value) <= _SMALL


def _other_values(solution: Solution, target: Step, asked: Asked, typed: Typed) -> Iterator[Guess]:
    words = [
        (word, solution.step(word))
        for word in solution.answers
        if solution.step(word) is not target and _is_that(solution.step(word), asked, typed)
    ]
    most = 1 if is_small(typed) else MANY
    if len(words) > most:
        return
    last = solution.steps.index(target)
    before = {step.shown: place for place, step in enumerate(solution.steps[:last]) if step.name}
    steps = [
        (name, place)
        for name, place in before.items()
        if name != target.shown and _is_that(solution.steps[place], asked, typed)
    ]
    if words:
        place = solution.steps.index(words[0][1])
        named = " or ".join(f"**{word}**" for word, _ in words)
        asks = next((f", not **{word}**" for word in solution.answers if solution.step(word) is target), "")
        yield Guess(f"that is {named}{asks}", min(place + 1, last) if place < last else last)
    elif 0 < len(steps) <= most:
        named = " or of ".join(f"`{name}`" for name, _ in steps)
        yield Guess(f"that is the value of {named}, a step before", steps[-1][1] + 1)


def _is_that(step: Step, asked: Asked, typed: Typed) -> bool:
    return not isinstance(step.value, str) and fits(asked, step.value, typed)


def _arranged(asked: Asked, typed: Typed) -> Iterator[Guess]:
    value: Array = asked.value
    mine, theirs = list(value.flat), list(typed.value.flat)
    turned = transpose(value)
    if len(value.shape) == 2 and turned.shape == typed.value.shape and fits(asked, turned, typed):
        yield Guess("that is the transpose")
        return
    if value.shape != typed.value.shape:
        return
    if sorted(map(float, mine)) != sorted(map(float, theirs)):
        wrong = [place for place, (x, y) in enumerate(zip(mine, theirs, strict=True), 1) if not same_value(x, y)]
        if asked.kind == "shape" and len(wrong) == 1 and len(mine) > 1:
            yield Guess(f"only side {wrong[0]} is wrong")
        return
    yield Guess(
        "the right numbers in another order" + ("; here it is height, width, depth" if _is_image(asked) else "")
    )


def _is_image(asked: Asked) -> bool:
    return asked.kind == "shape" and len(asked.value.flat) == 3


def _factors(solution: Solution, target: Step, asked: Asked) -> Iterator[tuple[str, Any]]:
    unit, half = asked.unit, Fraction(1, 2)
    yield "the sign is the other way round", -1
    yield (
        ("that counts operations (FLOP): a multiply-add is two of them" if unit == "MAC" else "a factor of 2 too many"),
        2,
    )
    yield ("that counts multiply-adds: each is two operations" if unit == "FLOP" else "a factor of 2 is missing"), half
    if isinstance(asked.value, float) and _has_log(solution, target):
        for base, factor in (("2", math.log(2)), ("10", math.log(10))):
            yield f"the logarithm has the wrong base (a factor of ln {base})", 1 / factor
            yield f"the logarithm has the wrong base (a factor of ln {base})", factor
    for count in sorted(_sizes(solution) - {2}):
        yield f"not divided by {count}", count
        yield f"divided by {count} once too often", Fraction(1, count)


def _has_log(solution: Solution, target: Step) -> bool:
    steps = solution.steps[: solution.steps.index(target) + 1]
    return any(node.head in _LOGS for step in steps if step.name for node in postorder(step.tree))


def _sizes(solution: Solution) -> set[int]:
    """How many examples, classes or entries there are: what a mean divides by."""
    sizes: set[int] = set()
    for name, value in solution.given.items():
        if isinstance(value, Array):
            sizes.add(value.shape[0])
        elif isinstance(value, dict) and all(isinstance(key, int) for key in value):
            sizes.add(len(value))
        elif type(value) is int and name in ("N", "n", "m", "B"):
            sizes.add(value)
    return {size for size in sizes if 1 < size <= 100_000}


def _times(value: Any, factor: Any) -> Any:
    if isinstance(value, Array):
        return Array(value.shape, tuple(_times(entry, factor) for entry in value.flat))
    product = value * factor
    return product.numerator if isinstance(product, Fraction) and product.denominator == 1 else product
