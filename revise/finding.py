"""Numbers sought: the whole numbers of one parameter or of several that bring about the answers aimed at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from revise.answers import matches
from revise.catalogue import option, unknown
from revise.engines.arrays import entries
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import read_number, read_shape
from revise.request import Request

NEAR = 512  # every whole number up to it is tried where one is sought
FARTHEST = 65_536  # beyond, the answers at the powers of two up to here tell between which the number lies
MOST = 20_000  # tries where several are sought, or a range is written
_OTHERS = range(1, 33)
_GAP = 64  # numbers in a row that a solver may refuse: groups take every eighth only
_USUAL = {
    "kernel_size": range(1, 12), "stride": range(1, 5), "padding": range(6), "dilation": range(1, 5),
    "output_padding": range(4),
}  # fmt: skip

Numbers = dict[str, int]


def find(request: Request) -> list[Numbers]:
    """Every choice of numbers that brings about the targets, in ascending order of the unknowns as asked.

    A lone unknown without a range is tried up to NEAR and beyond by bisection; else every choice is tried.
    Raises InputError where no number at all can be tried, with the solver's own reason.
    """
    ranges = tried(request)
    least = {name: numbers[0] for name, numbers in ranges.items()} if ranges else dict.fromkeys(request.sought, 1)
    values = request.solver.arguments({**request.given, **least})  # the texts are read once
    request = replace(request, given={name: value for name, value in values.items() if name not in least})
    if ranges:
        choices = (dict(zip(ranges, numbers, strict=True)) for numbers in product(*ranges.values()))
        return _sifted(request, choices, f"nothing of {spelled(ranges)}")
    name = next(iter(request.sought))
    found = _sifted(request, ({name: number} for number in range(NEAR + 1)), f"no whole {option(name)}")
    if found and found[-1][name] < NEAR:
        return found
    return found + [{name: number} for number in _beyond(request, name) if number > NEAR]


def tried(request: Request) -> dict[str, range]:
    """The numbers tried for each unknown; empty where a lone one has no range. Raises InputError if they are many."""
    if list(request.sought.values()) == [None]:
        return {}
    ranges = {name: numbers or _USUAL.get(name, _OTHERS) for name, numbers in request.sought.items()}
    count = prod(numbers.stop - numbers.start for numbers in ranges.values())
    if count > MOST:
        raise InputError(
            f"--find {spelled(ranges)} is {count:,} choices, more than {MOST:,}: "
            f"write smaller ranges, such as {option(next(iter(ranges)))}=1..7"
        )
    return ranges


def spelled(ranges: dict[str, range]) -> str:
    """The ranges as `--find` takes them."""
    return ",".join(f"{option(name)}={numbers[0]}..{numbers[-1]}" for name, numbers in ranges.items())


def chosen(request: Request, found: Sequence[Numbers]) -> tuple[Numbers, str]:
    """The choice that is worked out, and why that one."""
    if "padding" not in request.sought:
        return found[0], "the first"
    gaps = [_leaves_gaps({**request.given, **numbers}) for numbers in found]
    place = min(range(len(found)), key=lambda place: (gaps[place], found[place]["padding"]))
    if any(gaps) and not gaps[place]:
        return found[place], "the least padding with a kernel no narrower than the stride, so that no entry is left out"
    return found[place], "the least padding"


def why_none(request: Request) -> str:
    """The sentence for a search that found nothing."""
    aim = ", ".join(f"{word} = {text}" for word, text in request.targets.items())
    ranges = tried(request)
    if len(request.sought) > 1:
        return f"no numbers of {spelled(ranges)} give {aim}"
    (name,) = request.sought
    numbers = ranges.get(name, range(FARTHEST + 1))
    return f"no whole {option(name)} from {numbers[0]:,} to {numbers[-1]:,} gives {aim}"


def found_problems(request: Request, written: Mapping[str, str]) -> list[str]:
    """What is wrong with the numbers a page writes under a command that seeks some: one sentence each.

    Each unknown has a line, `kernel-size = 1, 3`, in which the choices stand in their order; `none` where none is.
    """
    found = find(request)
    problems = []
    for word, text in written.items():
        name = word.replace("-", "_") or next(iter(request.sought))
        if name not in request.sought or (not word and len(request.sought) > 1):
            listed = ", ".join(map(option, request.sought))
            problems.append(f"{word or '= ' + text} is not sought here; name one of {listed}")
            continue
        right = ", ".join(str(choice[name]) for choice in found) or "none"
        if ", ".join(part.strip() for part in text.split(",")) != right:
            problems.append(f"{word or option(name)} is {right}, not {text}")
    return problems


def _leaves_gaps(given: dict[str, Any]) -> bool:
    kernel, stride = (str(given.get(name, "")) for name in ("kernel_size", "stride"))
    return kernel.isdecimal() and stride.isdecimal() and int(kernel) < int(stride)


class _Refused(InputError):
    """The solver does not take these numbers."""


class _Missing(_Refused):
    """With these numbers there is no such answer."""


def _sifted(request: Request, choices: Iterable[Numbers], what: str) -> list[Numbers]:
    """Those of `choices` that hit. Raises InputError where the solver takes none of them."""
    found: list[Numbers] = []
    refused: InputError | None = None
    accepted = False
    for choice in choices:
        try:
            if _hits(request, choice):
                found.append(choice)
            accepted = True
        except _Refused as fault:
            refused = refused if isinstance(refused, _Missing) else fault
    if not accepted:
        raise InputError(f"{what} can be tried: {refused}")
    return found


def _hits(request: Request, choice: Numbers) -> bool:
    try:
        solution = request.solve(**choice)
    except InputError as fault:
        raise _Refused(str(fault)) from None
    if missing := set(request.targets) - set(solution.answers):
        raise _Missing(unknown(f"answer {min(missing)!r} here", sorted(solution.answers), min(missing)))
    return all(matches(solution, word, text) for word, text in request.targets.items())


def _first_answer(request: Request, name: str, number: int) -> Any:
    """The aim's word at the first number from `number` on that the solver takes."""
    for near in range(number, number + _GAP):
        try:
            value = entries(request.solve(**{name: near}).value(next(iter(request.targets))))[0]
        except (InputError, KeyError):
            continue
        return None if isinstance(value, Node | str) else value
    return None


def _beyond(request: Request, name: str) -> list[int]:
    """Numbers above NEAR that hit, if the first target's answer grows or falls steadily there."""
    wanted = _aim(next(iter(request.targets.values())))
    if wanted is None:
        return []
    low, high = NEAR, NEAR * 2
    while high <= FARTHEST:
        values = [_first_answer(request, name, number) for number in (low, high)]
        if None not in values and min(values) <= wanted <= max(values):
            break
        low, high = high, high * 2
    else:
        return []
    rising = values[1] >= values[0]
    while low < high:  # the first number whose answer has reached the target
        middle = (low + high) // 2
        value = _first_answer(request, name, middle)
        if value is None or (value < wanted if rising else value > wanted):
            low = middle + 1
        else:
            high = middle
    before = _run(request, name, range(low - 1, NEAR, -1))  # a rounded aim is met a little earlier too
    return [*reversed(before), *_run(request, name, range(low, low + NEAR))]


def _run(request: Request, name: str, numbers: range) -> list[int]:
    """Those of `numbers` that hit, up to the first that the solver takes and that does not, or to a long gap."""
    found: list[int] = []
    refused = 0
    for number in numbers:
        try:
            if not _hits(request, {name: number}):
                break
            found.append(number)
            refused = 0
        except _Refused:
            refused += 1
            if refused > _GAP:
                break
    return found


def _aim(text: str) -> Any:
    """The number, or the first side, that `text` asks for; None where it has letters."""
    try:
        sides = read_shape(text)
    except InputError:
        sides = read_number(text, counts=True)
    wanted = sides[0] if isinstance(sides, tuple) else sides
    return None if isinstance(wanted, Node) else wanted
