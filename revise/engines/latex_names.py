"""The leaves of a formula in LaTeX: names, numbers and words."""

import math
import re
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache

from revise.engines.latex_pieces import ATOM, INLINE, POWER, PRODUCT, Piece, minus, piece
from revise.errors import InputError
from revise.expression.lexer import GREEK

# -- numbers ----------------------------------------------------------------------------------------

_PLACES = 6


def number_piece(value: int | Fraction | float | Decimal, inline: bool = False) -> Piece:
    """Plain digits; decimals that end within six places; 10^{-8}; else a fraction. A Decimal keeps its zeros."""
    if isinstance(value, float):
        return decimal_piece(value, None)
    if isinstance(value, Decimal):
        return _figures(value)
    return _exact_piece(Fraction(value), inline)


@lru_cache(maxsize=4096)
def _exact_piece(value: Fraction, inline: bool) -> Piece:
    if value < 0:
        return minus(_exact_piece(-value, inline))
    if value.denominator == 1:
        return piece(_digits(value.numerator), edges=("digit", "one" if value == 1 else "digit"))
    if (value * 10**_PLACES).denominator == 1:
        whole, part = divmod(int(value * 10**_PLACES), 10**_PLACES)
        return piece(f"{whole}.{part:06d}".rstrip("0"), edges="digit")
    places = _places(value.denominator)
    if places is not None:
        digits = str(int(value * 10**places))
        if len(digits) <= _PLACES:
            return _scientific(digits, len(digits) - 1 - places)
    over, under = _digits(value.numerator), _digits(value.denominator)
    if inline:
        return piece(over, "/", under, level=INLINE, edges="digit")
    return piece(rf"\frac{{{over}}}{{{under}}}", level=POWER, edges="frac", tall=True)


def decimal_piece(value: float, digits: int | None) -> Piece:
    """`value` to `digits` decimal places (None: all it has), without zeros behind; 10^{…} where that fits better."""
    if math.isnan(value):
        return piece(r"\text{undefined}", edges="word")
    if value < 0:
        shown = decimal_piece(-value, digits)
        return shown if shown.parts == ("0",) else minus(shown)
    value = abs(value)  # -0.0
    if math.isinf(value):
        return piece(r"\infty", edges="letter")
    text = repr(value) if digits is None else f"{value:.{digits}f}"
    if digits is not None and (value >= 1e15 or (value > 0 and float(text) == 0)):
        text = f"{value:.3e}"
    mantissa, _, exponent = text.partition("e")
    if exponent:
        return _scientific(mantissa.replace(".", "").rstrip("0"), int(exponent))
    return piece(text.rstrip("0").rstrip(".") if "." in text else text, edges="digit")


def _figures(value: Decimal) -> Piece:
    """The digits as they stand, closing zeros too; with its power of ten where the number is large or small."""
    if value < 0:
        return minus(_figures(-value))
    power = value.adjusted()
    if value == 0 or -4 < power < 15:
        return piece(f"{value:f}", edges="digit")
    mantissa = f"{value.scaleb(-power, Context(prec=400)):f}"
    if mantissa == "1":
        return _scientific(mantissa, power)
    return piece(mantissa, rf" \cdot 10^{{{power}}}", level=PRODUCT, edges=("digit", "script"))


def _digits(value: int) -> str:
    if value.bit_length() > 10_000:
        raise InputError("a number of more than 3,000 digits is too long to be shown")
    return str(value)


def _places(denominator: int) -> int | None:
    """Decimal places of 1/denominator; None where it never ends."""
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _scientific(digits: str, exponent: int) -> Piece:
    """`digits` with a point after the first, times a power of ten."""
    mantissa = f"{digits[0]}.{digits[1:]}".rstrip("0").rstrip(".")
    power = f"10^{{{exponent}}}"
    if mantissa == "1":
        return piece(power, level=POWER, edges=("digit", "script"))
    return piece(mantissa, r" \cdot ", power, level=PRODUCT, edges=("digit", "script"))


# -- names ------------------------------------------------------------------------------------------

_ESCAPED = {char: "\\" + char for char in "{}$&#%_"} | {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
_GREEK = {word: f"\\{word}" for word in GREEK.values()} | {"omicron": "o", "eps": r"\epsilon"}
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot"}
_RAISED = {"star": "*", "prime": r"\prime"}
_WHOLE = {"inf": r"\infty", "ell": r"\ell"}
_LOSSES = frozenset({"L", "J", "C", "E", "l", "loss", "Loss", "cost"})
_SHORT_WORDS = frozenset("in of to no on up at id lr tp fp tn fn".split())
_GATES = re.compile(r"([WUVR])([a-z]{1,2})|(b)([fiocgzrhqkvxy])")  # Wq, Whh, bf
_GRADIENT = re.compile(r"d([A-Za-z]\w*?)_d([A-Za-z]\w*)")
_DIFFERENTIAL = re.compile(r"d([A-Za-z]\d*)")


def word(text: str) -> str:
    """Upright words: a label, a name of several letters."""
    return r"\text{" + "".join(_ESCAPED.get(char, char) for char in text) + "}"


def sole_label(label: str) -> str:
    """A label that is all of an index: the lowered (1,3) needs no brackets of its own."""
    match = re.fullmatch(r"\(([^()]+)\)", label)
    return match[1] if match else label


def name_piece(name: str, index: Piece | None = None) -> Piece:
    """The symbol for `name`, with `index` as its last subscript."""
    match = _GRADIENT.fullmatch(name)
    if match and _is_letter(match[1]) and (_is_letter(match[2]) or match[1] in _LOSSES):
        above, below = name_piece(match[1]), name_piece(match[2], index)
        parts = (r"\frac{\partial ", above, r"}{\partial ", below, "}")
        return piece(*parts, level=POWER, edges="frac", tall=True)
    head, *rest = name.rstrip("_").split("_")
    if not head or not all(rest):
        return _indexed(word(name), [], "", index, "word")
    if match := _DIFFERENTIAL.fullmatch(name):
        core, subscripts, raised, _ = _symbol(match[1], [])
        return _indexed(rf"\mathrm{{d}}{core}", subscripts, raised, index, "word")
    core, subscripts, raised, edge = _symbol(head, rest)
    return _indexed(core, subscripts, raised, index, edge)


def _symbol(head: str, rest: list[str]) -> tuple[str, list[str], str, str]:
    """Core, subscripts, superscript and edge of the symbol spelled head_rest_rest."""
    match = re.fullmatch(r"(.*?)(\d*)", head)
    assert match is not None
    stem, digits = match[1], match[2]
    subscripts, raised, edge = [], "", "letter"
    if gate := _GATES.fullmatch(stem):
        stem = gate[1] or gate[3]
        subscripts.append(gate[2] or gate[4])
    core = _WHOLE.get(stem) or _GREEK.get(stem) or (stem if len(stem) == 1 else "")
    if not core:
        core, edge = word(stem), "word"
    if stem == "sigma" and digits == "2":
        raised = "2"
    elif digits:
        subscripts.append(digits)
    for part in rest:
        if part in _ACCENTS:
            core = f"{_ACCENTS[part]}{{{core}}}"
        elif part in _RAISED:
            raised += _RAISED[part]
        else:
            subscripts.append(_subscript(part))
    return core, subscripts, raised, edge


def _subscript(part: str) -> str:
    if part.isdigit() or len(part) == 1:
        return part
    if part in _GREEK or part in _WHOLE:
        return _GREEK.get(part) or _WHOLE[part]
    if re.fullmatch(r"[a-zA-Z]\d+", part) or (len(part) == 2 and part.lower() not in _SHORT_WORDS):
        return part
    return word(part)


def _indexed(core: str, subscripts: list[str], raised: str, index: Piece | None, edge: str) -> Piece:
    below: list[str | Piece] = [",".join(subscripts)] if subscripts else []
    above = f"^{{{raised}}}" if raised else ""
    if index is not None and subscripts and not subscripts[-1].startswith(r"\text"):
        # two subscripts of one kind: (W_{1})_{i,j}, for W_{1,i,j} would be an entry of W
        inner = piece("(", core, "_{", *below, "}", above, ")")
        return piece(inner, "_{", index, "}", edges=("bracket", "script"))
    if index is not None:
        below = [*below, ",", index] if below else [index]
    parts = (core, "_{", *below, "}", above) if below else (core, above)
    ends = "script" if edge == "letter" and (below or raised) else edge
    return piece(*parts, level=POWER if raised else ATOM, edges=(edge, ends))


def _is_letter(name: str) -> bool:
    """One letter or Greek letter with whatever is below or above it: W1, h_prev, theta_hat."""
    return re.fullmatch(r"([A-Za-z]|" + "|".join(_GREEK) + r")\d*(_\w+)?|[WUVR][a-z]{1,2}|b[a-z]", name) is not None
