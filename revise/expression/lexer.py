"""Text → tokens, as people type and paste it: Greek, superscripts, full-width signs, 34,944, 5 %."""

import re
import unicodedata
from fractions import Fraction
from typing import NamedTuple

from revise.errors import InputError
from revise.untrusted import harmless

GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩϵϕ",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
        "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega epsilon phi".split(),
        strict=True,
    )
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_SIGNS = {
    "−": "-", "–": "-", "·": "*", "×": "*", "∗": "*", "⋅": "*", "÷": "/", "∕": "/", "⊙": ".*",
    "≤": "<=", "≥": ">=", "≠": "!=", "**": "^", ".**": ".^", "&&": "and", "||": "or", "‖": "‖",
    "〔": "(", "、": ",",
}  # fmt: skip
_MULTIPLES = {"k": 10**3, "M": 10**6, "G": 10**9}

_COUNT = re.compile(r"\s*(\d{1,15}(?:\.\d{1,15})?|\d{1,3}(?:,\d{3}){1,4})\s?([kMG])\s*")
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+\-−]?\d+)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d.])(?!,\d)")
# A Greek letter is a name by itself, with an index at most: αβ are two names.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*[₀₁₂₃₄₅₆₇₈₉]*|[α-ωΑ-Ωϵϕ](?:_[A-Za-z0-9]+|[0-9]+|[₀₁₂₃₄₅₆₇₈₉]+)?")
_OPERATOR = re.compile(
    r"\.\*\*|\*\*|\.T(?![A-Za-z0-9_])|\.\.|\.\*|\./|\.\^|<=|>=|==|!=|&&|\|\||[-+*/@^=<>()\[\],;:!%|‖√∞⊙−–·×∗⋅÷∕≤≥≠〔、]"
)


class ExpressionError(InputError):
    """Text the language can't read: the message, with a caret under the place."""

    def __init__(self, message: str, text: str, at: int) -> None:
        self.reason, self.text, self.at = message, text, at
        super().__init__(f"{message}\n{_caret(text, at)}")


def _caret(text: str, at: int) -> str:
    start = max(0, at - 40)
    shown = re.sub(r"[\n\t]", " ", harmless(text))[start : at + 30]
    lead = ("…" if start else "") + shown[: at - start]
    cells = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in lead)
    tail = "…" if at + 30 < len(text) else ""
    return f"    {lead}{shown[at - start :]}{tail}\n    {' ' * cells}^"


class Token(NamedTuple):
    kind: str  # number, name, operator, superscript, end
    text: str
    at: int
    value: int | Fraction = 0
    glued: bool = False  # nothing stands between it and the token before


def tokenize(text: str, digits: int = 40, counts: bool = False) -> list[Token]:
    """Tokens of `text`, an `end` token last. `counts`: a lone `5k`, `3.2M` or `1G` is a number.

    Raises ExpressionError on a character that has no meaning or a number of over `digits` digits.
    """
    # Full-width forms are one character for one, so places stay where they were.
    plain = "".join(chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text)
    if counts and (lone := _COUNT.fullmatch(plain)):
        count = Fraction(lone.group(1).replace(",", "")) * _MULTIPLES[lone.group(2)]
        whole = count.numerator if count.denominator == 1 else count
        return [Token("number", plain.strip(), 0, whole), Token("end", "", len(text))]
    tokens: list[Token] = []
    at, depth = 0, 0
    while at < len(plain):
        char = plain[at]
        if char in " \t\r\n\u3000\u00a0":
            at += 1
            continue
        glued = bool(tokens) and at > 0 and plain[at - 1] not in " \t\r\n\u3000\u00a0"
        if (char.isascii() and char.isdigit()) or (char == "." and _NUMBER.match(plain, at)):
            token, at = _number(plain, text, at, depth, digits, glued)
        elif match := _NAME.match(plain, at):
            token, at = _name(match.group(), text, at, glued), match.end()
        elif char in _SUPERSCRIPTS or (char == "⁻" and plain[at + 1 : at + 2] in tuple(_SUPERSCRIPTS)):
            end = at + 1
            while end < len(plain) and plain[end] in _SUPERSCRIPTS:
                end += 1
            value = int("".join("-" if c == "⁻" else str(_SUPERSCRIPTS.index(c)) for c in plain[at:end]))
            token, at = Token("superscript", plain[at:end], at, value, glued), end
        elif match := _OPERATOR.match(plain, at):
            sign = _SIGNS.get(match.group(), match.group())
            token = Token("name", "inf", at, 0, glued) if sign == "∞" else Token("operator", sign, at, 0, glued)
            depth += (sign in "([") - (sign in ")]")
            at = match.end()
        else:
            raise ExpressionError(_strange(plain, at), text, at)
        tokens.append(token)
    return [*tokens, Token("end", "", len(text))]


def _number(plain: str, text: str, at: int, depth: int, digits: int, glued: bool) -> tuple[Token, int]:
    match = (_THOUSANDS.match(plain, at) if depth == 0 else None) or _NUMBER.match(plain, at)
    assert match is not None
    spelling = match.group()
    if sum(char.isdigit() for char in spelling) > digits:
        raise ExpressionError(f"a number of more than {digits} digits", text, at)
    if re.match(r"0\d", spelling):
        hint = ": for a thousand inside brackets write 1000" if plain[at - 1 : at] == "," else ""
        raise ExpressionError(f"a number that starts with 0{hint}", text, at)
    if spelling == "0" and re.match(r"[xXbo][0-9a-fA-F]", plain[match.end() :]):
        raise ExpressionError("numbers are written in decimal digits", text, at)
    spelling = spelling.replace("−", "-")
    _, _, exponent = spelling.lower().partition("e")
    if exponent and abs(int(exponent)) > 400:
        raise ExpressionError("a number too large or too small for a double", text, at)
    value = Fraction(spelling.replace(",", ""))
    whole = value.numerator if value.denominator == 1 else value
    return Token("number", spelling, at, whole, glued), match.end()


def _name(spelling: str, text: str, at: int, glued: bool) -> Token:
    if "__" in spelling:
        raise ExpressionError("a name can't hold two underscores in a row", text, at)
    latin = "".join(GREEK.get(char, char) for char in spelling)
    latin = "".join(str(_SUBSCRIPTS.index(char)) if char in _SUBSCRIPTS else char for char in latin)
    if not latin.isascii():
        raise ExpressionError("a letter this language has no name for", text, at)
    return Token("name", latin, at, 0, glued)


def _strange(plain: str, at: int) -> str:
    char = plain[at]
    if char == ".":
        return "a point stands alone: decimals are written 0.5, and nothing has parts to reach with a point"
    if char in "'\"`":
        return "quotation marks have no meaning here"
    if char in "{}\\$&#~?":
        return f"{char!r} has no meaning here (this is plain text, not LaTeX): brackets are ( )"
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return "a control character"
    return "a character that has no meaning here"
