"""A value in one line with the sign it needs: = where it is shown exactly, ≈ where it is rounded."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from revise.answers import value_text
from revise.engines.arrays import Array
from revise.engines.latex import latex
from revise.expression import Node
from revise.numerals import Numerals
from revise.render.figures import full_decimal, nested, shortened
from revise.render.formula import formula_line
from revise.untrusted import harmless


def value_chain(
    value: Any, numerals: Numerals, unit: str = "", group: bool = False, rounded: bool = False
) -> list[tuple[str, str]]:
    """`= 20/3`, `≈ 6.6667`: a value exactly where it has a short exact form, and rounded where it needs it.

    `rounded`: the value itself stands for one that was rounded.
    """
    text = value_line(value, numerals, unit, group)
    if isinstance(value, Node):
        return [("≈" if rounded else shortened(value, numerals).sign, text)]
    if isinstance(value, Array):
        style = numerals if unit == "shape" else numerals.together(value.flat)
        lines = [shortened(entry, style) for entry in value.flat if isinstance(entry, Node)]
        numbers = [entry for entry in value.flat if not isinstance(entry, Node | str)]
        near = rounded or any(line.rounded for line in lines) or not all(map(style.is_exact, numbers))
        return [("≈" if near else "=", text)]
    if isinstance(value, str | bool):
        return [("=", text)]
    chain = [("=" if numerals.is_exact(value) and not rounded else "≈", text)]
    if "/" in text:
        chain.append(("=" if numerals.ends(value) else "≈", _typeset(numerals.decimal(value, group))))
    return chain


def value_line(value: Any, numerals: Numerals, unit: str = "", group: bool = False) -> str:
    """A value in one line, without a sign before it."""
    if isinstance(value, Node):
        return shortened(value, numerals).text
    if isinstance(value, str | bool):
        return harmless(str(value))
    if not isinstance(value, Array):
        return _typeset(value_text(value, numerals, group=group))
    if unit == "shape":
        return (" × " if any(isinstance(side, Node) for side in value.flat) else "×").join(
            formula_line(side_latex(shortened(side, numerals).tree))
            if isinstance(side, Node)
            else _typeset(numerals.text(side))
            for side in value.flat
        )
    style = numerals.together(value.flat)
    if any(isinstance(entry, Node) for entry in value.flat):
        return formula_line(latex(nested(value, style)))
    text = value_text(value, style)
    return text if any(isinstance(entry, str) for entry in value.flat) else _typeset(text)


def side_latex(side: Node) -> str:
    """One side of a shape, in brackets where a × beside it would be read as part of it."""
    return rf"\left({latex(side)}\right)" if side.head in ("+", "-", "*", "/", "neg", "where") else latex(side)


def _typeset(number: str) -> str:
    return number.replace("-", "−")


def given_text(value: Any, numerals: Numerals) -> str:
    """`= 0.9999999`, `≈ 1.4142` with the sign it needs."""
    if isinstance(value, Array) and not any(isinstance(entry, Node | str) for entry in value.flat):
        entries = [_number(entry, numerals) for entry in value.flat]
        size = value.shape[-1]
        rows = (", ".join(text for _, text in entries[i : i + size]) for i in range(0, len(entries), size or 1))
        return f"{'≈' if any(sign == '≈' for sign, _ in entries) else '='} [{'; '.join(rows)}]"
    if isinstance(value, int | Fraction | float):
        return " ".join(_number(value, numerals))
    sign, text = value_chain(value, numerals)[0]
    return f"{sign} {text}"


def _number(value: int | Fraction | float, numerals: Numerals) -> tuple[str, str]:
    style = replace(numerals, significant=None, truncate=False)
    if isinstance(value, Fraction) and not numerals.exact:
        decimal = full_decimal(value)
        if decimal is not None:
            _, figures, exponent = decimal.as_tuple()
            style = replace(style, digits=-int(exponent) if decimal.adjusted() > -7 else len(figures), fractions=False)
    return value_chain(value, style.telling(value))[0]
