"""world.txt → MDP: a grid drawn in characters, walked with a chance of slipping sideways."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property

from revise.engines.exact import tidy
from revise.errors import InputError
from revise.expression import Node
from revise.mdp.process import MDP, Number, Row, check_count, check_gamma
from revise.parameters import read_number
from revise.untrusted import harmless

MOVES = {"up": (0, 1), "right": (1, 0), "down": (0, -1), "left": (-1, 0)}
SIDES = {"up": ("left", "right"), "down": ("left", "right"), "right": ("up", "down"), "left": ("up", "down")}
_KEYS = ("slip", "living-reward", "gamma", "reward")

Cell = tuple[int, int]


class World(MDP):
    """The process of a drawing, which it keeps; `states`, `transitions` and `terminal` are listed when asked for.

    rows      the drawing, a character a cell, from the top
    worth     a character that ends the walk → what the end is worth
    slip      how likely a move goes sideways, half to each side
    living    what a move earns
    entering  an end pays the move that enters it, not the way out
    """

    def __init__(
        self,
        rows: list[str],
        worth: Mapping[str, Number],
        slip: Number = 0,
        living: Number = 0,
        entering: bool = False,
        gamma: Number | Node | None = None,
    ) -> None:
        check_count(sum(len(row) - row.count("#") for row in rows))
        check_gamma(gamma)
        self.__dict__.update(
            rows=rows, worth=worth, slip=slip, living=living, entering=entering, gamma=gamma,
            actions=tuple(MOVES), policy={}, naming="A cell is (column, row), counted from the lower left.",
        )  # fmt: skip

    rows: list[str]
    worth: Mapping[str, Number]
    slip: Number
    living: Number
    entering: bool

    @cached_property
    def states(self) -> tuple[str, ...]:
        return tuple(_named(cell) for cell, _ in self._cells())

    @cached_property
    def terminal(self) -> Mapping[str, Number]:
        ends = ((cell, char) for cell, char in self._cells() if char in self.worth)
        return {_named(cell): 0 if self.entering else self.worth[char] for cell, char in ends}

    @cached_property
    def transitions(self) -> Mapping[Row, tuple[Number, Number]]:
        ends = {cell: self.worth[char] for cell, char in self._cells() if char in self.worth}
        cells = [cell for cell, _ in self._cells()]
        return _transitions(cells, ends, self.slip, self.living, self.entering)

    def available(self) -> dict[str, tuple[str | None, ...]]:
        return {state: () if state in self.terminal else self.actions for state in self.states}

    def _cells(self) -> Iterator[tuple[Cell, str]]:
        """The cells one can stand on, row by row from the top, with what is drawn there."""
        for place, row in enumerate(self.rows):
            for column, char in enumerate(row, 1):
                if char != "#":
                    yield (column, len(self.rows) - place), char


def read_world(text: str) -> World:
    """Header lines `key = value`, a blank line, then a character a cell.

    `.` free, `S` the start (free), `#` a wall, `+` and `-` ends worth 1 and -1, a letter an end worth what the
    header gives it. A state is named (column,row), counted from 1 at the lower left. A move goes `slip`/2 to
    each side and stays where a wall or the border is. `reward = leaving`: each move earns the living reward
    and an end earns its worth on the way out; `entering`: a move earns what the cell it reaches is worth.

    Raises InputError naming the line.
    """
    header, rows, first = _parts(text)
    letters = {key: value for key, value in header.items() if key not in _KEYS}
    worth = {"+": 1, "-": -1, **{letter: _number(value, letter) for letter, value in letters.items()}}
    _check_drawing(rows, worth, first)
    slip = _number(header.get("slip", "0"), "slip")
    if not 0 <= slip <= 1:
        raise InputError(f"slip is a number from 0 to 1, not {slip}")
    convention = header.get("reward")
    if convention not in ("leaving", "entering"):
        raise InputError("`reward = leaving` or `reward = entering` must be said: the values differ")
    living = _number(header.get("living-reward", "0"), "living-reward")
    gamma = _discount(header["gamma"]) if "gamma" in header else None
    return World(rows, worth, slip, living, convention == "entering", gamma)


def _parts(text: str) -> tuple[dict[str, str], list[str], int]:
    """The header, the drawn rows, and the number of the first row's line."""
    lines = [line.rstrip() for line in text.splitlines()]
    start = next((place for place, line in enumerate(lines) if line), len(lines))
    blank = next((place for place, line in enumerate(lines) if place > start and not line), None)
    if blank is None:
        raise InputError("a drawn world has header lines `key = value`, a blank line, then a character a cell")
    header: dict[str, str] = {}
    for place, line in enumerate(lines[start:blank], start + 1):
        if line.startswith("# "):
            continue
        match = re.fullmatch(r"\s*([\w-]+)\s*=\s*(.+?)\s*", line)
        if match is None:
            raise InputError(f"line {place}: {harmless(line)!r} is no header line `key = value`")
        key, value = match.groups()
        if key not in _KEYS and (len(key) != 1 or not key.isalpha() or key == "S"):
            raise InputError(f"line {place}: there is no key {key}; known: {', '.join(_KEYS)}, and one-letter cells")
        if key in header:
            raise InputError(f"line {place}: {key} is given twice")
        header[key] = value
    while lines and not lines[-1]:
        lines.pop()
    first = next((place for place in range(blank, len(lines)) if lines[place]), len(lines))
    return header, lines[first:], first + 1


def _check_drawing(rows: list[str], worth: Mapping[str, Number], first: int) -> None:
    if not rows:
        raise InputError("nothing is drawn below the header")
    known = {*".S#", *worth}
    free = 0
    for place, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise InputError(f"line {first + place}: {len(row)} cells, the first row has {len(rows[0])}")
        if not known.issuperset(row):
            column, char = next((column, char) for column, char in enumerate(row, 1) if char not in known)
            raise InputError(
                f"line {first + place}, column {column}: {harmless(char)!r} is not defined; "
                f"`.` is free, `#` a wall, S the start, + and - ends, and a letter is given in the header (a = -5)"
            )
        free += row.count(".") + row.count("S")
    if not free:
        raise InputError("there is no free cell")


def _transitions(
    cells: list[Cell], ends: dict[Cell, Number], slip: Number, living: Number, entering: bool
) -> dict[Row, tuple[Number, Number]]:
    names = {cell: _named(cell) for cell in cells}
    ahead, aside = tidy(1 - Fraction(slip)), tidy(Fraction(slip) / 2)
    transitions: dict[Row, tuple[Number, Number]] = {}
    for cell, state in names.items():
        if cell in ends:
            continue
        reached = {action: (cell[0] + right, cell[1] + up) for action, (right, up) in MOVES.items()}
        reached = {action: after if after in names else cell for action, after in reached.items()}
        for action, sides in SIDES.items():
            for move, probability in ((action, ahead), *((side, aside) for side in sides)):
                if probability == 0:
                    continue
                after = reached[move]
                row = (state, action, names[after])
                known = transitions.get(row)
                total = probability if known is None else tidy(known[0] + probability)
                transitions[row] = total, ends.get(after, living) if entering else living  # type: ignore[assignment]
    return transitions


def _named(cell: Cell) -> str:
    return f"({cell[0]},{cell[1]})"


def _number(text: str, key: str) -> Number:
    try:
        value = read_number(text)
    except InputError as fault:
        raise InputError(f"{key}: {fault}") from None
    if not isinstance(value, int | Fraction):
        raise InputError(f"{key}: {harmless(text)} is no number or fraction")
    return value


def _discount(text: str) -> Number | Node:
    value = read_number(text)
    if isinstance(value, Node):
        check_gamma(value)
        return value
    number = _number(text, "gamma")
    check_gamma(number)
    return number
