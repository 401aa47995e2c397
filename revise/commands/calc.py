"""`revise calc`: a safe symbolic calculator."""

import json as json_text
from typing import Any

from revise.calculator.operations import ABBREVIATIONS, table
from revise.errors import NothingFound

_COLUMN = 32


def help_table() -> str:
    """The operations, for `--help` and for a call without an expression."""
    lines = ["Operations; f is a formula, A a matrix [1, 2; 3, 4], v a list [1, 2]:"]
    for usage, meaning in table():
        for place, variant in enumerate(part for part in usage.split("  ") if part):
            tail = meaning if not place else ""
            apart = len(variant) >= _COLUMN and tail
            lines.append(f"  {variant}" if apart or not tail else f"  {variant:<{_COLUMN}} {tail}")
            if apart:
                lines.append(f"  {'':<{_COLUMN}} {tail}")
    lines += [
        "",
        "Functions: exp log ln log2 sqrt abs sign sin cos tanh erf sigmoid relu softplus",
        "step softmax logsumexp max min mean var where binom factorial; written out as",
        "they are read: " + " ".join(ABBREVIATIONS) + ".",
        "",
        "Operations may stand inside each other: simplify(diff(x*exp(x), x)).",
        "Where SymPy might not come back it is stopped after --seconds (5).",
    ]
    return "\n".join(lines)


def run(
    expression: str | None,
    *,
    at: str | None,
    steps: bool,
    seconds: float,
    digits: int,
    json: bool,
    plain: bool,
    width: int | None,
) -> int:
    """Exit code 0, or 1 where there is no answer. Raises InputError where the question is wrong."""
    if expression is None:
        print("Usage: revise calc [OPTIONS] EXPRESSION\n\n" + help_table())
        return 0
    from dataclasses import replace

    from revise.calculator.asking import ask
    from revise.calculator.echo import line, maths
    from revise.calculator.reading import read
    from revise.calculator.result import Line, Result
    from revise.parameters import read_source

    text, limits = read_source(expression)
    limits = replace(limits, depth=60, characters=min(limits.characters, 5000), nodes=min(limits.nodes, 1000))
    question = read(text.strip(), at, limits)
    checked: list[tuple[str, str]] = []
    try:
        result, checked = ask(question, at, steps=steps, digits=digits, seconds=seconds, limits=limits)
        if wrong := [word for word, verdict in checked if verdict == "different"]:
            raise NothingFound(f"what SymPy found fails the check by numbers ({wrong[0]}), so it is not shown")
    except NothingFound as fault:
        result = Result(Line(maths(question.root), line(question.root)), none=str(fault))
    verdict = _verdict(checked)
    if json:
        print(json_text.dumps(_plain(question.text, result, verdict), ensure_ascii=False, allow_nan=False, indent=1))
        return 1 if result.none else 0
    from revise.numerals import Numerals
    from revise.render.calculator import print_result
    from revise.render.console import make_screen
    from revise.render.formula import formula_line

    given = [f"{formula_line(maths_name)} = {formula_line(value)}" for maths_name, value in _given(question.at)]
    print_result(make_screen(width, plain), result, given, verdict, Numerals(digits=digits, fractions=False))
    return 1 if result.none else 0


def _given(values: Any) -> list[tuple[str, str]]:
    from revise.calculator.echo import maths
    from revise.expression import name

    return [(maths(name(letter)), maths(value)) for letter, value in values.items()]


def _verdict(checked: list[tuple[str, str]]) -> str:
    words = list(dict.fromkeys(word for word, verdict in checked if verdict == "equal" and word))
    if checked and words and all(verdict == "equal" for _, verdict in checked):
        return f"Checked: {' and '.join(words)}."
    return "Not checked by numbers." if checked else ""


def _plain(text: str, result: Any, verdict: str) -> dict[str, Any]:
    """The object that --json prints."""
    single = len(result.lines) == 1 and not result.lines[0].label
    found: dict[str, Any] = {"schema": 1, "input": text, "read": result.read.line, "result": result.value}
    found["latex"] = result.lines[0].latex if single else [_tex(line) for line in result.lines]
    found["decimal"] = result.lines[0].decimal if single else [line.decimal for line in result.lines]
    if result.at:
        at = result.at[0]
        found["at"] = {"values": at.label_line, "result": at.line, "latex": at.latex, "decimal": at.decimal}
    if result.steps:
        found["steps"] = [_plain_step(step) for step in result.steps]
    if result.notes:
        found["notes"] = result.notes
    if verdict:
        found["check"] = verdict
    if result.none:
        found |= {"result": None, "latex": None, "decimal": None, "why": result.none}
    return found


def _tex(line: Any) -> str:
    return f"{line.label} = {line.latex}"


def _plain_step(step: Any) -> dict[str, Any]:
    return {
        "rule": step.rule, "law": step.law, "by": step.letter, "order": step.order, "of": step.of.line,
        "parts": {word: part.line for word, part in step.parts}, "result": step.result.line,
        "latex": rf"\left({step.of.latex}\right)' = {step.result.latex}",
    }  # fmt: skip
