"""world.txt → MDP: a grid drawn in characters, walked with a chance of slipping sideways."""

import re
from fractions import Fraction

from revise.engines.exact import tidy
from revise.errors import InputError
from revise.expression import Node
from revise.mdp import MDP, Number, Row, check_gamma
from revise.parameters import read_number
from revise.untrusted import harmless

_MOVES = {"up": (0, 1), "right": (1, 0), "down": (0, -1), "left": (-1, 0)}
_SIDES = {"up": ("left", "right"), "down": ("left", "right"), "right": ("up", "down"), "left": ("up", "down")}
_KEYS = ("slip", "living-reward", "gamma", "reward")

Cell = tuple[int, int]


def read_world(text: str) -> MDP:
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
    cells, ends = _cells(rows, worth, first)
    slip = _number(header.get("slip", "0"), "slip")
    if not 0 <= slip <= 1:
        raise InputError(f"slip is a number from 0 to 1, not {slip}")
    convention = header.get("reward")
    if convention not in ("leaving", "entering"):
        raise InputError("`reward = leaving` or `reward = entering` must be said: the values differ")
    living = _number(header.get("living-reward", "0"), "living-reward")
    transitions = _transitions(cells, ends, slip, living, convention == "entering")
    closing = ends if convention == "leaving" else dict.fromkeys(ends, 0)
    return MDP(
        tuple(map(_named, cells)),
        transitions,
        tuple(_MOVES),
        _discount(header["gamma"]) if "gamma" in header else None,
        {_named(cell): value for cell, value in closing.items()},
        naming="A cell is (column, row), counted from the lower left.",
    )


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


def _cells(rows: list[str], worth: dict[str, Number], first: int) -> tuple[list[Cell], dict[Cell, Number]]:
    """Cells one can stand on, row by row from the top, and those that end the walk with their worth."""
    if not rows:
        raise InputError("nothing is drawn below the header")
    cells: list[Cell] = []
    ends: dict[Cell, Number] = {}
    for place, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise InputError(f"line {first + place}: {len(row)} cells, the first row has {len(rows[0])}")
        for column, char in enumerate(row, 1):
            cell = (column, len(rows) - place)
            if char not in ".S#" and char not in worth:
                raise InputError(
                    f"line {first + place}, column {column}: {harmless(char)!r} is not defined; "
                    f"`.` is free, `#` a wall, S the start, + and - ends, and a letter is given in the header (a = -5)"
                )
            if char != "#":
                cells.append(cell)
            if char in worth:
                ends[cell] = worth[char]
    if len(cells) == len(ends):
        raise InputError("there is no free cell")
    return cells, ends


def _transitions(
    cells: list[Cell], ends: dict[Cell, Number], slip: Number, living: Number, entering: bool
) -> dict[Row, tuple[Number, Number]]:
    names = {cell: _named(cell) for cell in cells}
    ahead, aside = tidy(1 - Fraction(slip)), tidy(Fraction(slip) / 2)
    transitions: dict[Row, tuple[Number, Number]] = {}
    for cell, state in names.items():
        if cell in ends:
            continue
        reached = {action: (cell[0] + right, cell[1] + up) for action, (right, up) in _MOVES.items()}
        reached = {action: after if after in names else cell for action, after in reached.items()}
        for action, sides in _SIDES.items():
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
