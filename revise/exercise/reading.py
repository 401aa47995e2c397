"""What a student typed as an answer → a value of the kind that is asked for; or why it can't be read."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from revise.answers import value_text
from revise.engines.arrays import Array
from revise.engines.text import text as node_text
from revise.errors import InputError
from revise.exercise.asked import Asked, listed
from revise.expression import TYPED, Node, free_names, parse
from revise.expression.functions import CONSTANTS
from revise.numerals import Numerals
from revise.parameters import read_channels, read_matrix, read_number, read_shape, read_vector

_LONGEST = 500
_TRUE = ("true", "yes", "t", "y", "1", "对", "正确", "是")
_FALSE = ("false", "no", "f", "n", "0", "错", "错误", "否")
_ECHO = Numerals(digits=8)


@dataclass(frozen=True)
class Typed:
    """A readable answer: its value, what was understood, and the text itself without units and the like."""

    value: Any
    echo: str
    text: str
    literal: Any = None
    """As it stands, where `value` is a row taken for a column."""


def read(asked: Asked, written: str) -> Typed:
    """`written` as the kind of value that is asked for. Raises InputError: what can't be read, with a caret."""
    if len(written) > _LONGEST:
        raise InputError(f"more than {_LONGEST} characters")
    cleaned = _plain(written)
    kind, literal = asked.kind, None
    if kind not in ("label", "labels", "truth"):
        cleaned = _without_name(cleaned)
    if not cleaned:
        raise InputError("nothing was typed")
    match kind:
        case "number":
            value, cleaned = _number(cleaned, asked.unit)
        case "shape":
            value = _shape(cleaned)
        case "vector":
            value = _numbers(read_vector(re.sub(r"\s*;\s*", ", ", cleaned)))
        case "matrix":
            value = _numbers(read_matrix(cleaned))
            if 1 in asked.value.shape and ";" not in cleaned and value.shape == asked.value.shape[::-1]:
                literal, value = value, Array(asked.value.shape, value.flat)  # a column, written in a line
        case "channels":
            value = _numbers(read_channels(cleaned) if "|" in cleaned else read_vector(cleaned.replace(";", ",")))
            if "|" not in cleaned and len(value.flat) == len(asked.value.flat):
                value = Array(asked.value.shape, value.flat)
        case "label":
            value = _label(cleaned, asked.labels)
        case "labels":
            words = [word for word in re.split(r"[,;]\s*", cleaned.strip("[]() ")) if word.strip()]
            value = Array((len(words),), tuple(_label(word, asked.labels) for word in words))
        case "truth":
            value = _truth(cleaned)
        case "formula":
            value = _known(_formula(cleaned, asked.letters), asked)
        case "formulas":
            value = _formulas(cleaned, asked)
    if kind in ("vector", "matrix", "channels") and len(value.flat) == 1 < len(asked.value.flat):
        raise InputError(f"{len(asked.value.flat)} numbers are asked for")
    return Typed(value, echoed(value, asked.unit if kind == "shape" else ""), cleaned, literal)


def echoed(value: Any, unit: str = "") -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Node):
        return node_text(value, Numerals(exact=True))
    return value_text(value, _ECHO, unit, group=not isinstance(value, Array | str))


def read_formula(text: str, letters: Collection[str] = ()) -> Node:
    """A typed formula; sigma(x) is the logistic function unless sigma is a letter of the question."""
    functions = {} if "sigma" in letters else {"sigma": "sigmoid"}
    return parse(text, None, TYPED, functions, letters)


def _plain(text: str) -> str:
    """Full-width forms as ordinary ones, one blank for many, no point at the end; superscripts stay."""
    half = "".join(chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text)
    half = half.replace("、", ",").replace("，", ",").replace("；", ";").replace("。", ".").replace("\u3000", " ")
    half = " ".join(half.split())
    return half.removesuffix(".") if re.search(r"[\w)\]]\.$", half) else half


def _without_name(text: str) -> str:
    """`L = 0.5`, `loss: 0.5` and `≈ 0.5` are 0.5."""
    text = re.sub(r"^[A-Za-z][\w -]{0,30}:\s*", "", text)
    return re.sub(r"^(?:[A-Za-z_α-ωΑ-Ω∂][\w'^/\[\](), -]{0,30})?\s*(?:=|≈|->|→)\s*(?!=)", "", text).strip()


def _number(text: str, unit: str) -> tuple[Any, str]:
    text = re.sub(r"(?<=\d)\s?K$", "k", _without_unit(text, unit))
    if re.fullmatch(r"[-−+]?\d+,(?:\d{1,2}|\d{4,})", text):
        raise InputError(f"decimals are written with a point: {text.replace(',', '.')}")
    if re.fullmatch(r"[-−+]?\d{1,3}(?:,\d{3})+\.\d+|[-−+]?\d{1,3}(?: \d{3})+", text):
        text = text.replace(",", "").replace(" ", "")
    if re.fullmatch(r"\(?\d+(?:\s*[x×,]\s*\d+)+\)?", text) and not re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        raise InputError(f"one number is asked for, and {text} is several")
    sign, inner = (text[0], text[1:]) if text[:1] in ("-", "−", "+") else ("", text)
    counted = re.fullmatch(r"[\d.,]+\s?[kMG]", inner) is not None
    value = read_number(inner if counted else text, counts=True)
    if isinstance(value, Node):
        letters = [name for name in free_names(value) if name not in CONSTANTS]
        raise InputError(f"a number is asked for, and {letters[0]} is a letter")
    return (-value if counted and sign in ("-", "−") else value), text


def _without_unit(text: str, unit: str) -> str:
    """`192 weights`, `8064 MACs`, `62.8 %` where the answer has that unit."""
    if not unit or unit == "shape":
        return text
    if unit == "%":
        return text.removesuffix("%").strip()
    stem = unit.removesuffix("s")
    words = {unit, stem, stem + "s", *({"params", "param"} if unit == "parameters" else ())}
    words |= {"multiply-adds", "mult-adds"} if unit == "MAC" else {"operations"} if unit == "FLOP" else set()
    match = re.fullmatch(r"(.*[\d)])\s*([A-Za-z-]+)", text)
    return match[1] if match and match[2].casefold() in {word.casefold() for word in words} else text


def _shape(text: str) -> Array:
    inner = re.sub(r"\s*\bby\b\s*", "x", text, flags=re.IGNORECASE)
    if re.fullmatch(r"\W*\d+(?:\s*[*·]\s*\d+)+\W*", inner):
        inner = re.sub(r"[*·]", "x", inner)
    sides = read_shape(inner)
    sides = sides if isinstance(sides, tuple) else (sides,)
    if any(isinstance(side, Node) for side in sides):
        raise InputError("a shape of numbers is asked for, as 28x28x6")
    return Array((len(sides),), sides)


def _numbers(value: Array) -> Array:
    if any(isinstance(entry, Node) for entry in value.flat):
        raise InputError("numbers are asked for, without letters")
    return value


def spoken(label: str) -> str:
    """What labels are compared by; the words round an "or" in any order."""
    words = " ".join(label.replace("`", "").strip(" '\"").casefold().split())
    return " or ".join(sorted(words.split(" or ")))


def _label(text: str, labels: Collection[str]) -> str:
    known = {spoken(label): label for label in labels}
    if labels and spoken(text) not in known:
        raise InputError(f"{text!r} is none of the words {listed(labels)}")
    return known.get(spoken(text), text)


def _truth(text: str) -> bool:
    if text.casefold() in _TRUE + _FALSE:
        return text.casefold() in _TRUE
    raise InputError("yes or no is asked for")


def _formulas(text: str, asked: Asked) -> Array:
    inner = text[1:-1] if text[:1] == "[" and text[-1:] == "]" else text
    parts = _parted(inner)
    entries = tuple(_known(_formula(part, asked.letters), asked) for part in parts)
    shape = asked.value.shape if len(entries) == len(asked.value.flat) else (len(entries),)
    return Array(shape, entries)


def _formula(text: str, letters: Collection[str]) -> Node:
    """A typed formula; `4nm` is 4·n·m where n and m are letters of the question and nm is none.

    Behind / and ^ such a word can be read two ways and stays one.
    """
    formula, apart = read_formula(text, letters), text
    for name in free_names(formula):
        if name not in CONSTANTS and name not in letters and set(name) <= set(letters):
            apart = re.sub(rf"(?<![A-Za-z_/^])(?<![/^] ){name}(?!\w)", "*".join(name), apart)
    return formula if apart == text else read_formula(apart, letters)


def _known(formula: Node, asked: Asked) -> Node:
    strange = [name for name in free_names(formula) if name not in CONSTANTS and name not in asked.letters]
    if strange and asked.letters:
        raise InputError(f"{strange[0]} is no letter of this question; it has {listed(asked.letters, 'and')}")
    return formula


def _parted(text: str) -> list[str]:
    """`text` cut at commas and semicolons outside brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if depth == 0 and char in ",;":
            parts.append("")
        else:
            parts[-1] += char
    return parts


__all__ = ["Asked", "Typed", "echoed", "read", "read_formula", "spoken"]
