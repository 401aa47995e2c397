"""The table of what is worked out and how far it is checked: `python -m docs.coverage` writes docs/coverage.md.

A row is a capability of the syllabus. What the columns say is found by looking: solvers are imported, their examples
and a few samples solved, a letter put in for each number they take.
"""

import ast
import inspect
import re
import sys
import textwrap
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from revise.catalogue import Solver, entries, load, option
from revise.engines.arrays import Array
from revise.engines.arrays import entries as all_entries
from revise.errors import InputError
from revise.expression import Node, parse
from revise.parameters import EXPRESSION, NUMBER, SHAPE, Kind, kinds
from revise.topic import open_library

TABLE = Path(__file__).with_name("coverage.md")
_SAMPLES = 6
_ENGINES = ("torch", "numpy", "sympy", "statistics", "fractions")


def capabilities() -> dict[str, list[str]]:
    """Capability → the topics that ask for it, in the order of the syllabus."""
    found: dict[str, list[str]] = {}
    for entry in open_library().entries:
        for name in entry.solve:
            found.setdefault(name, []).append(entry.id)
    return found


def built() -> frozenset[str]:
    return frozenset(name for entry in entries() for name in (entry.name, *entry.serves))


def row(name: str, topics: list[str]) -> list[str]:
    """The cells of a capability."""
    solver = load(name)
    module = solver.module
    command = solver.name + "".join(f" --{option(key)} {value}" for key, value in solver.preset.items())
    examples = getattr(module, "EXAMPLES", [])
    mistakes = sum(map(len, getattr(module, "MISTAKES", {}).values()))
    shown = str(mistakes) if mistakes else ""
    if callable(getattr(module, "mistakes", None)):
        shown = f"{shown} + by the steps".removeprefix(" + ")
    return [
        f"`{name}`", ", ".join(topics), f"`{command}`",
        f"{len(examples)}: {module.SOURCE}" if examples else f"none: {module.NO_EXAMPLE}; {len(module.LAWS)} laws",
        engine(module.reference), shown, backwards(solver), letters(solver), checked(solver),
    ]  # fmt: skip


def engine(reference: Any) -> str:
    """What the second opinion computes with: the imports of `reference` and of the functions it calls at home."""
    seen: set[str] = set()
    waiting, known = [reference], {reference}
    while waiting:
        function = waiting.pop()
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                seen |= {name.partition(".")[0] for name in names}
                waiting += _imported(node, known)
            called = getattr(inspect.getmodule(function), node.id, None) if isinstance(node, ast.Name) else None
            if inspect.isfunction(called) and called not in known and called.__module__.startswith("revise.solvers"):
                known.add(called)
                waiting.append(called)
    return ", ".join(name for name in _ENGINES if name in seen) or "plain Python, another way"


def _imported(node: ast.Import | ast.ImportFrom, known: set[Any]) -> list[Any]:
    """Functions of the solvers' folder that are imported inside the reference."""
    if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("revise.solvers"):
        return []
    module = __import__(node.module or "", fromlist=["x"])
    found = [getattr(module, alias.name) for alias in node.names]
    new = [each for each in found if inspect.isfunction(each) and each not in known]
    known.update(new)
    return new


def backwards(solver: Solver) -> str:
    """The whole numbers that `--find` can seek."""
    sought = [
        option(name) for name, note in solver.annotations.items() if {NUMBER, SHAPE} & set(map(_hashed, kinds(note)))
    ]
    return ", ".join(name for name in sought if name != "return") or "no whole number is given"


def _hashed(kind: Any) -> Any:
    return kind if isinstance(kind, Kind) else None


def letters(solver: Solver) -> str:
    """The parameters in which a letter was tried in place of a number and came through."""
    cases = [given for given, _ in getattr(solver.module, "EXAMPLES", [])]
    cases += [solver.sample(Random(seed)) for seed in range(_SAMPLES)]
    through = []
    for name, note in solver.annotations.items():
        tried = [given for given in cases if name in given][:8]
        if EXPRESSION in map(_hashed, kinds(note)) or any(_takes_letter(solver, given, name) for given in tried):
            through.append(option(name))
    return ", ".join(through) or "numbers only"


def _takes_letter(solver: Solver, given: dict[str, Any], name: str) -> bool:
    for value in _lettered(given[name]):
        try:
            solution = solver.solve(**{**given, name: value})
        except (InputError, TypeError, ValueError, AttributeError, KeyError):
            continue
        if any(isinstance(entry, Node) for word in solution.answers for entry in all_entries(solution.value(word))):
            return True
    return False


def _lettered(value: Any) -> list[Any]:
    """`value` with the letter q in place of a number, in the ways that make sense."""
    letter, rest = Node("name", ("q",)), parse("1 - q")
    if isinstance(value, str):
        places = [match.span() for match in re.finditer(r"(?<![\w.])\d+(\.\d+)?(?!\w*\()", value)][:6]
        texts = [value[:start] + "q" + value[end:] for start, end in places]
        return texts + (["q, 1 - q"] if value.count(",") == 1 else [])
    if isinstance(value, tuple):
        return [(letter, *value[1:])]
    if isinstance(value, dict):
        return [{**value, name: letter} for name in list(value)[:2]]
    if isinstance(value, Array):
        return [Array(value.shape, (letter, *value.flat[1:])), Array((2,), (letter, rest))]
    return [letter] if isinstance(value, int | Fraction | float) and not isinstance(value, bool) else []


def checked(solver: Solver) -> str:
    """Share of the steps that the tests compute again with another engine, and that carry a law or a gradient."""
    steps = [
        step
        for given in [*(given for given, _ in getattr(solver.module, "EXAMPLES", [])),
                      *(solver.sample(Random(seed)) for seed in range(_SAMPLES))]
        for step in _steps(solver, given)
    ]  # fmt: skip
    if not steps:
        return ""
    computed = [step for step in steps if step.name]
    notes = [step for step in steps if step.is_note]
    claimed = [step for step in steps if step.claim.holds or step.claim.gradient_of]
    share = Fraction(len(computed), len(steps) - len(notes) or 1)
    return f"{float(share):.0%} replayed, {len(claimed) / len(steps):.0%} with a law"


def _steps(solver: Solver, given: dict[str, Any]) -> list[Any]:
    try:
        return list(solver.solve(**given).steps)
    except InputError:
        return []


def table() -> str:
    """The Markdown of docs/coverage.md."""
    asked, there = capabilities(), built()
    rows = [row(name, topics) for name, topics in asked.items() if name in there]
    missing = [name for name in asked if name not in there]
    head = ["capability", "topics", "command", "examples: source", "second engine", "mistakes", "backwards", "letters",
            "steps"]  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |" for cells in rows]
    more = sorted(there - set(asked))
    return (
        "# What is worked out, and how far it is checked\n\n"
        "Written by `python -m docs.coverage`. Every numeric step of every case is computed again in NumPy, Torch and "
        "SymPy,\nand every answer compared with the second engine (`tests/contract.py`).\n\n"
        + "\n".join(lines)
        + f"\n\nBuilt: {len(rows)} of the {len(asked)} capabilities of the syllabus"
        + (f"; beside them {', '.join(f'`{name}`' for name in more)}" if more else "")
        + f".\n\nPlanned: {', '.join(missing)}.\n"
    )


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8", newline="\n")
    sys.exit(0)
