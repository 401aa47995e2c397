"""The annotations of a solver's parameters: each says how text becomes a value, and what help shows.

A parameter's annotation is one of the names below, `bool`, `str`, a Literal of words, a class with a
`from_text` of its own, or a union of those. Text is tried against the parts in their order.
"""

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from revise.engines import exact
from revise.engines.arrays import Array, shape_text, stack, take
from revise.errors import InputError
from revise.expression import FILE, TYPED, Limits, Node, free_names, parse


@dataclass(frozen=True)
class Kind:
    """How one annotation reads text; `metavar` stands in the help."""

    name: str
    metavar: str
    read: Callable[[str], Any]


def read_number(text: str, counts: bool = False) -> Any:
    """A number (`3`, `1/2`, `1.5e-3`, `34,944`), exact; or a Node where letters occur.

    `counts` also reads `5k`, `3.2M` and `1G`.
    """
    return _valued(parse(text, counts=counts))


def read_shape(text: str) -> Any:
    """`227x227x3`, `227 227 3`, `(5, 5)`, `HxWxC`: a tuple of whole numbers or letters; a lone side as it is."""
    inner = _unwrapped(text)
    if re.fullmatch(r"\d{1,3}(,\d{3})+", inner) and ",0" in inner:
        raise InputError(f"{inner} can be read two ways: write {inner.replace(',', '')}, or sides as 5x5x3")
    if re.fullmatch(r"\s*\d+(\s*\*\s*\d+)+\s*", inner):
        raise InputError(f"{inner}: sides are written with x: {re.sub(r'[ *]+', 'x', inner.strip())}")
    parts = _sides(inner)
    if not all(parts) or len(parts) > 8:
        raise InputError(f"{text!r} is no shape; write it as 227x227x3")
    sides = tuple(read_number(part) for part in parts)
    for side in sides:
        if not isinstance(side, Node) and (side != int(side) or side < 0):
            raise InputError(f"a side of a shape is a whole number, not {side}")
    return sides[0] if len(sides) == 1 else sides


def _sides(text: str) -> list[str]:
    """`text` cut at every x, comma or blank outside brackets; a lone x is a letter, and + - keep their blanks."""
    if text.strip() in ("x", "X"):
        return [text.strip()]
    parts, depth = [""], 0
    for char in re.sub(r"\s*([-+*/^])\s*", r"\1", text.strip()):
        depth += (char in "([") - (char in ")]")
        if depth == 0 and char in "xX×,， ":
            parts.append("")
        else:
            parts[-1] += char
    spaced = re.search(r"[xX×,，]", text) is not None and " " in text
    return [part for part in parts if part] if spaced or " " in text else parts


def read_vector(text: str) -> Array:
    """`1/2, 1/2`, `[1, 2]` or, without a comma, `1 2`; entries may hold letters."""
    inner = _unwrapped(text)
    node = parse(f"[{inner if ',' in inner else ', '.join(inner.split())}]", None, _SOURCE)
    if any(item.head == "list" for item in node.args) or node.head != "list":
        raise InputError(f"{text!r} is no vector; write it as 1/2, 1/2")
    return Array((len(node.args),), tuple(map(_valued, node.args)))


def read_matrix(text: str) -> Array:
    """`1, 2; 3, 4`, brackets optional; rows without commas are separated by blanks."""
    inner = re.sub(r"\]\s*,\s*\[", ";", _unwrapped(text))
    rows = [row.strip().removeprefix("[").removesuffix("]") for row in inner.split(";")]
    lines = [row if "," in row else ", ".join(row.split()) for row in rows if row.strip()]
    if not lines:
        raise InputError(f"{text!r} is no matrix; write it as 1, 2; 3, 4")
    node = parse(f"[{'; '.join(lines)}]", None, _SOURCE)
    listed = node.args if node.head == "matrix" else (node,)
    flat = tuple(_valued(entry) for row in listed for entry in row.args)
    return Array((len(listed), len(listed[0].args)), flat)


def read_channels(text: str) -> Array:
    """`1, 2; 3, 4 | 5, 6; 7, 8`: matrices of one size, a pipe between channels; an Array channels × rows × columns."""
    return _alike([read_matrix(part) for part in _parted(text, "|", "channel")], "channel")


def read_filters(text: str) -> Array:
    """`1, 0 | 0, 1 || 2, 1 | 1, 2`: channels, two pipes between filters; filters × channels × rows × columns."""
    return _alike([read_channels(part) for part in _parted(text, "||", "filter")], "filter")


def _parted(text: str, pipe: str, what: str) -> list[str]:
    parts = re.sub(r"[｜]", "|", text).split(pipe)
    if len(parts) > 1 and (empty := next((place for place, part in enumerate(parts, 1) if not part.strip()), 0)):
        raise InputError(f"{what} {empty} of {len(parts)} is empty: {pipe} stands between {what}s")
    return parts


def _alike(parts: list[Array], what: str) -> Array:
    for place, part in enumerate(parts):
        if part.shape != parts[0].shape:
            shown = [shape_text(each.shape) for each in (parts[0], part)]
            raise InputError(f"{what} {place + 1} is {shown[1]}, the first one {shown[0]}")
    return stack(parts)


def read_expression(text: str, letters: Iterable[str] = ()) -> Node:
    """A formula; `@file`, a plain path or `-` (standard input) read it from there, with wider limits.

    `letters` are the question's: `a(b+c)` is then a product. sigma(x) is the logistic function unless
    sigma is one of the letters.
    """
    source, limits = read_source(text)
    functions = {} if "sigma" in letters else {"sigma": "sigmoid"}
    return parse(source.strip(), None, limits, functions, letters)


def read_values(text: str) -> dict[str, Any]:
    """`w0=2, x0=-1`: names with their values; commas or semicolons between them."""
    values: dict[str, Any] = {}
    for part in re.split(r"[,;，；]\s*(?=[^\d\s.,;=][^,;=]*[=＝])", text.strip().strip(",;")):
        name, equals, value = part.replace("＝", "=").partition("=")
        if "=" in value:
            raise InputError(f"{part.strip()!r}: put a comma between the assignments")
        if not equals and name.strip():
            raise InputError(f"{name.strip()!r} has no value; write it as {name.strip()}=1")
        if value.strip() == "?":
            raise InputError(f"{name.strip()} can't be sought: only whole numbers that are options of their own can")
        letter = parse(name) if equals and name.strip() else None
        if letter is None or letter.head != "name":
            raise InputError(f"{part.strip()!r} is no assignment; write it as x=2, y=-1")
        if letter.args[0] in values:
            raise InputError(f"{name.strip()} is given twice")
        values[letter.args[0]] = read_number(value)
    return values


def read_source(text: str) -> tuple[str, Limits]:
    """What `text` stands for: itself, or the content of a file or of standard input."""
    if text == "-":
        return sys.stdin.read(FILE.characters + 1), FILE
    path = text.removeprefix("@")
    if re.fullmatch(r"[\w./\\:-]*\.(txt|toml|py|md|tex|csv|json)", text) and not Path(path).exists():
        raise InputError(f"there is no file {text}")
    if text.startswith("@") or (len(text) < 260 and re.search(r"\.\w{1,6}$|[\\/]", text) and _is_file(path)):
        return read_file(path), FILE
    return text, TYPED


def read_file(path: str, most: int = 4_000_000) -> str:
    """The text of a regular file of at most `most` bytes, as UTF-8. Raises InputError: which file, and why."""
    try:
        file = Path(path)
        if not file.is_file():
            raise InputError(f"{path} is no file" if file.exists() else f"there is no file {path}")
        with file.open("rb") as stream:
            content = stream.read(most + 1)
    except (OSError, ValueError) as fault:
        raise InputError(f"{path} can't be read: {getattr(fault, 'strerror', None) or fault}") from None
    if len(content) > most:
        raise InputError(f"{path} has more than {most:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is no UTF-8 text") from None


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def _unwrapped(text: str) -> str:
    inner = text.strip()
    while inner[:1] + inner[-1:] in ("()", "[]") and _closes_last(inner):
        inner = inner[1:-1].strip()
    return inner


def _closes_last(text: str) -> bool:
    """Whether the bracket that opens `text` is closed by its last character."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if depth == 0:
            return place == len(text) - 1
    return False


def _valued(node: Node) -> Any:
    if [name for name in free_names(node) if name not in ("e", "pi")]:
        return node
    value = exact.evaluate(node, {})
    if isinstance(value, Array | bool | str):
        raise InputError("a single number is asked for")
    return value


_SOURCE = Limits(characters=100_000, nodes=20_000, depth=60, side=512)

NUMBER = Kind("number", "NUMBER", read_number)
SHAPE = Kind("shape", "SHAPE", read_shape)
VECTOR = Kind("vector", '"1/2, 1/2"', read_vector)
MATRIX = Kind("matrix", '"1, 2; 3, 4"', read_matrix)
CHANNELS = Kind("channels", '"1, 2; 3, 4 | 5, 6; 7, 8"', read_channels)
FILTERS = Kind("filters", '"1, 2 | 3, 4 || 5, 6 | 7, 8"', read_filters)
VALUES = Kind("values", '"x=2, y=-1"', read_values)
EXPRESSION = Kind("expression", "FORMULA", read_expression)

Number = Annotated[int | Fraction | float | Node, NUMBER]
Shape = Annotated[int | Node | tuple[Any, ...], SHAPE]
Vector = Annotated[Array, VECTOR]
Matrix = Annotated[Array, MATRIX]
Channels = Annotated[Array, CHANNELS]
Filters = Annotated[Array, FILTERS]
Values = Annotated[dict[str, Any], VALUES]
Expression = Annotated[Node, EXPRESSION]


def spell(value: Any) -> str | None:
    """A value as the text that `read` makes it of again; None where it has no one-line form (an MDP)."""
    from revise.engines.text import text
    from revise.numerals import Numerals

    exact_digits = Numerals(exact=True)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, Node):
        return text(value, exact_digits)
    if isinstance(value, dict):
        return ", ".join(f"{name}={spell(entry)}" for name, entry in value.items())
    if isinstance(value, tuple):
        return "x".join(str(spell(entry)) for entry in value)
    if isinstance(value, Array) and len(value.shape) > 2:
        pipe = " | " if len(value.shape) == 3 else " || "
        return pipe.join(str(spell(take(value, (place,)))) for place in range(value.shape[0]))
    if isinstance(value, Array):
        width = value.shape[-1]
        rows = [value.flat[i : i + width] for i in range(0, len(value.flat), width)]
        return "; ".join(", ".join(str(spell(entry)) for entry in row) for row in rows)
    if isinstance(value, int | Fraction):
        return str(value)
    return repr(value) if isinstance(value, float) else None


def kinds(annotation: Any) -> list[Any]:
    """The parts of an annotation in their order: Kinds, bool, str, Literal types, classes with from_text."""
    if get_origin(annotation) in (Union, UnionType):
        return [kind for part in get_args(annotation) for kind in kinds(part)]
    if get_origin(annotation) is Annotated:
        return [part for part in annotation.__metadata__ if isinstance(part, Kind)]
    return [] if annotation is NoneType else [annotation]


def read(annotation: Any, text: str, letters: Iterable[str] = ()) -> Any:
    """`text` as the annotation's value; `letters` are those of the question.

    Raises InputError saying why none of the annotation's parts reads it.
    """
    parts = kinds(annotation)
    words = [word for part in parts if get_origin(part) is Literal for word in get_args(part)]
    if text in map(str, words):
        return next(word for word in words if str(word) == text)
    if words and text.isalpha() and len(text) > 2:
        raise InputError(f"{text!r} is not {' or '.join(map(str, words))}")
    several = len(parts) > 1 and re.search(r"[,;\s]", text.strip()) is not None
    fault: InputError | None = None
    for part in parts:
        try:
            if part is EXPRESSION:
                return read_expression(text, letters)
            if isinstance(part, Kind):
                return part.read(text)
            if part is str:
                return text
            if hasattr(part, "from_text"):
                return part.from_text(text)
        except InputError as refused:  # of several values the reason is the list's, of one the number's
            fault = refused if several else fault or refused
    if words:
        listed = " or ".join(map(str, words))
        raise InputError(f"{text!r} is not {listed}" + (f"; nor does it read otherwise: {fault}" if fault else ""))
    raise fault or InputError(f"{text!r} can't be read")


def metavar(annotation: Any) -> str:
    """How help shows what the parameter takes."""
    shown = []
    for part in kinds(annotation):
        if isinstance(part, Kind):
            shown.append(part.metavar)
        elif get_origin(part) is Literal:
            shown.extend(map(str, get_args(part)))
        elif part is not bool:
            shown.append(getattr(part, "METAVAR", "TEXT"))
    return "|".join(shown)


def whole(value: Any, name: str, least: int = 1) -> int:
    """`value` as an int of at least `least`. Raises InputError naming the parameter."""
    name = name.replace("_", "-")
    if isinstance(value, Node):
        raise InputError(f"{name} must be a number here, not a letter")
    if value != int(value) or value < least:
        raise InputError(f"{name} must be a whole number of at least {least}, not {value}")
    return int(value)
