"""What every solver must satisfy; each check takes a Solver and raises AssertionError with the reason."""

import ast
import inspect
import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from revise.catalogue import Solver
from revise.engines import exact, native, sympy_
from revise.engines.arrays import Array, entries
from revise.engines.walk import Undecided
from revise.errors import InputError
from revise.expression import FORMULA, Node, free_names, parse, postorder
from revise.expression.functions import CONSTANTS
from revise.replay import replay
from revise.solution import Solution

SAMPLES = 25
RESERVED = {"json", "plain", "check", "exact", "truncate", "round_steps", "all", "help", "template", "width", "digits"}


def samples(solver: Solver, count: int = SAMPLES) -> Iterator[tuple[dict[str, Any], Solution]]:
    """Seeded samples that the solver accepts; most draws must be accepted."""
    refused = 0
    for seed in range(count):
        given = solver.sample(Random(seed))
        try:
            solution = solver.solve(**given)
        except InputError:
            refused += 1
            continue
        yield given, solution
    assert refused <= count // 3, f"{solver.name}: {refused} of {count} samples are refused"


def cases(solver: Solver) -> Iterator[tuple[dict[str, Any], Solution]]:
    for given, _ in getattr(solver.module, "EXAMPLES", []):
        yield given, solver.solve(**given)
    yield from samples(solver)


def check_fields(solver: Solver) -> None:
    module = solver.module
    assert getattr(module, "SOURCE", ""), "SOURCE is missing"
    assert hasattr(module, "EXAMPLES") or (hasattr(module, "NO_EXAMPLE") and len(module.LAWS) >= 2)
    assert isinstance(module.SERVES, dict)
    assert module.SERVES
    tree = ast.parse(inspect.getsource(module))
    serves = next(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and getattr(node.target if isinstance(node, ast.AnnAssign) else node.targets[0], "id", "") == "SERVES"
    )
    assert ast.literal_eval(serves) == module.SERVES, "SERVES is a literal"
    for parameters in module.SERVES.values():
        assert set(parameters) <= set(solver.parameters)
    assert not RESERVED & set(solver.parameters), "a parameter hides a common option"


def check_help_line(solver: Solver) -> None:
    line = solver.summary
    assert line.endswith("."), line
    assert 10 <= len(line) <= 70, f"the help line has {len(line)} characters"


def check_examples(solver: Solver) -> None:
    for given, expected in getattr(solver.module, "EXAMPLES", []):
        solution = solver.solve(**given)
        for word, value in expected.items():
            assert word in solution.answers, f"{given}: no answer {word}"
            got = solution.value(word)
            assert published(got, value), f"{given}: {word} is {got}, published {value}"


def published(got: Any, wanted: Any) -> bool:
    """Ints and Fractions exactly, floats to 1e-9, texts rounded to the decimals they show."""
    if isinstance(wanted, list | tuple):
        mine = list(entries(got))
        flat = [x for row in wanted for x in (row if isinstance(row, list | tuple) else [row])]
        return len(mine) == len(flat) and all(published(a, b) for a, b in zip(mine, flat, strict=True))
    if isinstance(got, str) or isinstance(wanted, Node):
        return bool(got == wanted)
    if isinstance(wanted, str) and not isinstance(got, Node):
        decimals = len(wanted.partition(".")[2])
        return abs(Fraction(got) - Fraction(wanted)) <= Fraction(1, 2 * 10**decimals) + Fraction(1, 10**12)
    if isinstance(wanted, str):
        return published_letters(got, wanted)
    if isinstance(wanted, float):
        return math.isclose(got, wanted, rel_tol=1e-9)
    return bool(got == wanted) and not isinstance(got, float)


def published_letters(got: Node, wanted: str) -> bool:
    from revise.equality import compare

    return compare(got, parse(wanted)).outcome == "equal"


def check_reference(solver: Solver) -> None:
    """The answers against another engine's, on the examples and on random cases."""
    words = set()
    for given, solution in cases(solver):
        if any(isinstance(entry, Node) for word in solution.answers for entry in entries(solution.value(word))):
            continue
        answers = solver.reference(given)
        shared = set(answers) & set(solution.answers)
        assert shared, f"{given}: the reference has none of the answers {list(solution.answers)}"
        words |= shared
        for word in shared:
            value = solution.value(word)
            assert agree(value, answers[word]), f"{given}: {word} is {value}, the reference has {answers[word]}"
    assert words


def agree(value: Any, other: Any, tolerance: float = 1e-8) -> bool:
    mine, theirs = numbers(value), numbers(other)
    return len(mine) == len(theirs) and all(
        a == b or math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) for a, b in zip(mine, theirs, strict=True)
    )


def numbers(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Array):
        return [x for entry in value.flat for x in numbers(entry)]
    if hasattr(value, "detach"):
        value = value.detach()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [x for entry in value for x in numbers(entry)]
    if isinstance(value, str):
        return [value]
    return [float(value)]


def check_claims(solver: Solver) -> None:
    """`gradient_of` by Torch's autograd through the replayed steps, `holds` once everything is known."""
    for _, solution in cases(solver):
        if _is_symbolic(solution):
            continue
        _check_holds(solution)
        if any(step.claim.gradient_of for step in solution.steps):
            _check_gradients(solution)


def _check_holds(solution: Solution) -> None:
    for step, _, env in replay(solution):
        laws = [step.claim.holds] if step.claim.holds else []
        for law in laws:
            assert law_holds(law, {**env, **step.at}), f"{step.name or step.why}: {law} does not hold"
    final = {}
    for _, _, env in replay(solution):
        final = env
    for step in solution.steps:
        if step.is_equation:
            left, right = (exact.evaluate(side, {**final, **step.at}) for side in step.tree.args)
            assert agree(left, right), f"the equation {step.formula} at {dict(step.at)} does not hold"


def law_holds(law: str, env: dict[str, Any]) -> bool:
    tree = parse(law, None, FORMULA)
    if tree.head == "=":
        left, right = (exact.evaluate(side, env) for side in tree.args)
        return agree(left, right)
    return all(entries(exact.evaluate(tree, env)))


def _check_gradients(solution: Solution) -> None:
    import torch

    def lift(value: Any) -> Any:
        lifted = native.lift(value, "torch")
        return _tracked(lifted)

    def _tracked(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: _tracked(entry) for key, entry in value.items()}
        if isinstance(value, float | int) and not isinstance(value, bool):
            value = torch.tensor(float(value), dtype=torch.float64)
        return value.requires_grad_() if isinstance(value, torch.Tensor) else value

    env: dict[str, Any] = {}
    for _, _, known in replay(solution, lambda tree, around: native.evaluate(tree, around, "torch"), lift):
        env = known
    for step in solution.steps:
        if step.claim.gradient_of is None:
            continue
        loss, source = (_looked_up(env, name, step.at) for name in step.claim.gradient_of)
        gradient = torch.autograd.grad(loss, source, retain_graph=True, allow_unused=True)[0]
        gradient = torch.zeros_like(source) if gradient is None else gradient
        assert agree(step.value, gradient), f"{step.name} {dict(step.at)} is {step.value}, autograd has {gradient}"


def _looked_up(env: dict[str, Any], name: str, at: Any) -> Any:
    base, _, inside = name.partition("[")
    if not inside:
        return env[base]
    index = tuple(int(part) if part.strip().isdigit() else at[part.strip()] for part in inside.rstrip("]").split(","))
    table = env[base]
    return table[index[0] if len(index) == 1 else index] if isinstance(table, dict) else table[index]


def check_names(solver: Solver) -> None:
    """Every name in a formula is given, an earlier step's, an index letter or a constant."""
    for _, solution in cases(solver):
        known = set(solution.given) | CONSTANTS
        for step in solution.steps:
            if step.is_note:
                continue
            here = known | set(step.at) | set(step.unknown)
            assert set(free_names(step.tree)) <= here, (
                f"{step.name}: {set(free_names(step.tree)) - here} come from nowhere"
            )
            if step.name:
                known.add(step.key[0])


def check_engines(solver: Solver) -> None:
    """Every numeric step has the same value in NumPy, in Torch and in SymPy."""
    for _, solution in cases(solver):
        if _is_symbolic(solution):
            continue
        for backend in ("numpy", "torch"):
            for step, value, _ in replay(
                solution,
                lambda tree, env, name=backend: native.evaluate(tree, env, name),
                lambda value, name=backend: native.lift(value, name),
            ):
                if step.name:
                    assert agree(step.value, value), f"{step.name}: {step.value}, {backend} has {value}"
        if len(solution.steps) > 60:
            continue
        for step, value, _ in replay(solution, sympy_.evaluate):
            if step.name:
                theirs = [entry if isinstance(entry, str | bool) else _thirty_digits(entry) for entry in entries(value)]
                assert agree(step.value, theirs), f"{step.name}: {step.value}, SymPy has {theirs}"


def _thirty_digits(value: Any) -> float:
    import sympy

    return float(sympy.N(value, 30))


def check_written(solver: Solver) -> None:
    """Every written-out line evaluates to the step's value."""
    for _, solution in cases(solver):
        for step, written in zip(solution.steps, solution.written(), strict=True):
            if not step.name or isinstance(step.value, str) or isinstance(written, str):
                continue
            lines = list(entries(written)) if isinstance(written, Array) else [written]
            letters = any(free_names(line) and set(free_names(line)) - CONSTANTS for line in lines)
            if letters:
                continue
            values: list[Any] = []
            for line in lines:
                values += numbers(exact.evaluate(line, {}))
            assert agree(step.value, values), f"{step.name}: the line shows {values}, the value is {step.value}"


def check_laws(solver: Solver) -> None:
    """Where no figure is published, the LAWS hold of every sample that has what they speak of."""
    for law in getattr(solver.module, "LAWS", []):
        tree = parse(law, None, FORMULA)
        names = set(free_names(tree)) - CONSTANTS
        indexed = {node.args[0].args[0] for node in postorder(tree) if node.head == "index"}
        held = 0
        for _, solution in samples(solver):
            if _is_symbolic(solution):
                continue
            env = dict(solution.given)
            for _, _, known in replay(solution):
                env = known
            for here in _each_index(names - indexed, env) if names <= set(env) else []:
                assert law_holds(law, here), f"{law} does not hold"
                held += 1
        assert held, f"no sample has what the law {law} speaks of"


def _each_index(names: set[str], env: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The law's names with their values: once, or for each index that all tables among them share."""
    tables = {name: env[name] for name in names if isinstance(env[name], dict)}
    if not tables:
        yield env
        return
    for key in set.intersection(*(set(table) for table in tables.values())):
        yield {**env, **{name: table[key] for name, table in tables.items()}}


def check_literals(solver: Solver) -> None:
    """No formula is put together from pieces: `let` and `equation` get literals or trees."""
    for node in ast.walk(ast.parse(inspect.getsource(solver.module))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        place = {"let": 1, "equation": 0}.get(node.func.attr)
        if place is None or len(node.args) <= place:
            continue
        formula = node.args[place]
        made = [part for part in ast.walk(formula) if isinstance(part, ast.JoinedStr | ast.BinOp)]
        calls = [
            part
            for part in ast.walk(formula)
            if isinstance(part, ast.Call)
            and isinstance(part.func, ast.Attribute)
            and part.func.attr in ("format", "join", "replace")
        ]
        assert not made and not calls, f"line {formula.lineno}: a formula is put together from pieces"


def check_mistakes(solver: Solver) -> None:
    """Each mistake can be put in its place and changes an answer of some case."""
    mistakes = getattr(solver.module, "MISTAKES", {})
    count = sum(map(len, mistakes.values()))
    if callable(getattr(solver.module, "mistakes", None)):
        count += 2
        _check_computed_mistakes(solver)
    assert count >= 2, "at least two mistakes that students make"
    for name, labelled in mistakes.items():
        for label, formula in labelled.items():
            tree = parse(formula, None, FORMULA)
            assert _bites(solver, {name: tree}), f"{name}: {label}: the mistake never changes an answer"


def _check_computed_mistakes(solver: Solver) -> None:
    found = False
    for _, solution in cases(solver):
        for name, labelled in solver.module.mistakes(solution).items():
            for tree in labelled.values():
                found = found or _changes(solution, {name: tree})
    assert found, "the computed mistakes never change an answer"


def _bites(solver: Solver, instead: dict[str, Node]) -> bool:
    return any(_changes(solution, instead) for _, solution in cases(solver) if not _is_symbolic(solution))


def _changes(solution: Solution, instead: dict[str, Node]) -> bool:
    if not any(step.name in instead or step.shown in instead for step in solution.steps):
        return False
    try:
        right = [step.value for step in solution.steps if step.name]
        wrong = [value for step, value, _ in replay(solution, instead=instead) if step.name]
    except (InputError, KeyError):
        return False
    return any(not agree(a, b) for a, b in zip(right, wrong, strict=True) if not isinstance(a, Node))


def _is_symbolic(solution: Solution) -> bool:
    return any(isinstance(entry, Node) for step in solution.steps if step.name for entry in entries(step.value)) or any(
        isinstance(entry, Node)
        for value in solution.given.values()
        if not isinstance(value, dict)
        for entry in entries(value)
    )


CHECKS = [
    check_fields, check_help_line, check_examples, check_reference, check_claims, check_names, check_engines,
    check_written, check_laws, check_literals, check_mistakes,
]  # fmt: skip

__all__ = ["CHECKS", "Undecided"]
