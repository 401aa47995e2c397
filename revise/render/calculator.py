"""A result of the calculator on a terminal: how it was read, the steps, the answer as maths and to copy."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.text import Text

from revise.calculator.result import Line, Result, RuleStep
from revise.numerals import Numerals
from revise.render.console import Pipe, print_lines
from revise.render.formula import formula_block, formula_line
from revise.render.wrap import Piece, wrap
from revise.untrusted import harmless

if TYPE_CHECKING:
    from rich.console import Console

_INDENT = 2


def print_result(
    console: "Console | Pipe", result: Result, given: Sequence[str], checked: str, numerals: Numerals
) -> None:
    """`given` are the values of --at; `checked` says what numbers put in came to."""
    print_lines(console, result_lines(result, console.width, given, checked, numerals))


def result_lines(result: Result, width: int, given: Sequence[str], checked: str, numerals: Numerals) -> list[Text]:
    """The result in lines of at most `width` cells."""
    lines = [Text("Read as", style="bold"), *_block(result.read.latex, width)]
    if given:
        lines += wrap([Piece("with " + ", ".join(given))], width, " " * _INDENT, " " * (_INDENT + 2))
    lines.append(Text())
    for place, step in enumerate(result.steps, 1):
        before = result.steps[place - 2].order if place > 1 else 1
        if step.order > before:
            lines += [Text(f"Derivative {step.order}", style="bold"), Text()]
        lines += [*_step(step, place, width), Text()]
    for note in result.notes:
        lines += [*wrap([Piece(harmless(note))], width, Text("  · ", style="yellow"), "    "), Text()]
    if result.none:
        return [*lines, *wrap([Piece(harmless(result.none[0].upper() + result.none[1:] + "."))], width, "", "  ")]
    lines.append(Text("Answer", style="bold"))
    tall = False
    for place, answer in enumerate(result.lines):
        shown = _answer(answer, width, numerals)
        lines += [*([Text()] if place and (tall or len(shown) > 1) else []), *shown]
        tall = len(shown) > 1
    for answer in result.at:
        lines += [Text(), *wrap([Piece(f"At {formula_line(answer.label)}")], width, "", "  ")]
        lines += _answer(answer, width, numerals, label=False)
    if checked:
        lines += [Text(), *wrap([Piece(checked)], width, "", "  ")]
    return lines


def _block(tex: str, width: int, indent: int = _INDENT, style: str = "") -> list[Text]:
    return [Text(" " * indent + line, style=style, no_wrap=True) for line in formula_block(tex, width - indent)]


def _step(step: RuleStep, place: int, width: int) -> list[Text]:
    lines = wrap([Piece(f"{step.rule}: {step.law}", "italic")], width, Text(f"{place}. ", style="bold cyan"))
    if step.parts:
        named = ", ".join(f"{word} = {formula_line(part.latex)}" for word, part in step.parts)
        lines += wrap([Piece(named)], width, "    with ", "         ")
    lines += _block(rf"\left({step.of.latex}\right)' = {step.result.latex}", width, 4)
    return lines


def _answer(answer: Line, width: int, numerals: Numerals, label: bool = True) -> list[Text]:
    sign = r"\approx" if answer.rounded else "="
    shown = f"{answer.label} {sign} {answer.latex}" if answer.label and label else answer.latex
    if answer.rounded and not (answer.label and label):
        shown = rf"\approx {answer.latex}"
    lines = _block(shown, width, style="bold")
    if not answer.rounded and _is_rounded(answer.decimal, numerals):
        tail = f" ≈ {decimal_text(answer.decimal, numerals)}"
        if len(lines) == 1 and cell_len(lines[0].plain + tail) <= width:
            lines[0] = Text.assemble(lines[0], tail, no_wrap=True)
        else:
            lines += wrap([Piece(tail.strip())], width, " " * _INDENT, " " * (_INDENT + 2))
    copied = harmless(answer.line)
    if not answer.foreign and copied.replace("*", "").replace(" ", "").replace("-", "−") != formula_line(
        answer.latex
    ).replace(" ", ""):
        lines += wrap([Piece(copied, "dim")], width, Text("  to copy: ", style="dim"), "           ")
    return lines


def _is_rounded(value: Any, numerals: Numerals) -> bool:
    if isinstance(value, list):
        return any(_is_rounded(entry, numerals) for entry in value)
    return isinstance(value, float) and float(decimal_text(value, numerals).replace("−", "-")) != value


def decimal_text(value: Any, numerals: Numerals) -> str:
    """A number, or lists of numbers, in decimals; "" where there are none."""
    if value is None or value == [] or isinstance(value, bool):
        return ""
    if isinstance(value, list):
        if value and isinstance(value[0], list):
            return f"[{'; '.join(', '.join(decimal_text(entry, numerals) for entry in row) for row in value)}]"
        return f"[{', '.join(decimal_text(entry, numerals) for entry in value)}]"
    if isinstance(value, str):
        return {"inf": "∞", "-inf": "−∞"}.get(value, value)
    exact = Fraction(repr(value)) if isinstance(value, float) else value
    return numerals.decimal(exact).replace("-", "−")
