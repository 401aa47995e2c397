"""The tests of the tests: a sound solver passes the contract, and each broken one fails just where it should."""

from typing import Any

import contract
import pytest

from revise.catalogue import Solver
from revise.engines import written
from revise.expression import Node
from revise.parameters import Number
from revise.solution import Solution, Work


class Sound:
    """A weight times an input, squared."""

    SERVES: dict[str, dict[str, object]] = {"sound": {}}
    SOURCE = "school"
    EXAMPLES = [({"w": 3, "x": 2}, {"loss": 36, "gradient": 24, "root": 6.0, "rounded": "6.0"})]
    MISTAKES = {"L": {"not squared": "z"}, "dL_dw": {"the 2 is forgotten": "z*x"}}

    @staticmethod
    def solve(w: Number, x: Number) -> Solution:
        work = Work(w=w, x=x)
        work.let("z", "w*x", "the weighted input")
        work.let("L", "z^2", "its square", holds="L = w^2*x^2")
        work.let("dL_dw", "2*z*x", "outer times inner derivative", gradient_of=("L", "w"))
        work.let("r", "sqrt(L)", "back again")
        return work.answer(loss="L", gradient="dL_dw", root="r", rounded="r")

    @staticmethod
    def sample(rng: Any) -> dict[str, Any]:
        return {"w": rng.randint(1, 5), "x": rng.randint(1, 5)}

    @staticmethod
    def reference(w: int, x: int) -> dict[str, Any]:
        return {"loss": (x * w) ** 2, "gradient": 2 * w * x * x}


def broken(text: str, why: str = "wrong", name: str = "L", **claim: Any) -> Any:
    """`Sound.solve` with one step's formula replaced."""

    def solve(w: Number, x: Number) -> Solution:
        work = Work(w=w, x=x)
        formulas = {"z": "w*x", "L": "z^2", "dL_dw": "2*z*x", "r": "sqrt(L)", name: text}
        for step, formula in formulas.items():
            claims = {"gradient_of": ("L", "w")} if step == "dL_dw" else {}
            work.let(step, formula, why, **({**claims, **claim} if step == name else claims))
        return work.answer(loss="L", gradient="dL_dw", root="r", rounded="r")

    return staticmethod(solve)


class WrongFormula(Sound):
    solve = broken("z^2 + 1")


class WrongGradient(Sound):
    EXAMPLES = [({"w": 3, "x": 2}, {"loss": 36})]
    reference = staticmethod(lambda w, x: {"loss": (x * w) ** 2})
    solve = broken("2*z*w", name="dL_dw")


class WrongLaw(Sound):
    solve = broken("z^2", holds="L = z^3")


class FalseLaws(Sound):
    LAWS = ["L = z^2", "L = z"]


class LawOfNothing(Sound):
    LAWS = ["L = z^2", "h = 0"]


class UnknownName(Sound):
    @staticmethod
    def solve(w: Number, x: Number) -> Solution:
        solution = Sound.solve(w, x)
        return Solution({"w": w}, solution.steps, solution.answers)


class LongHelp(Sound):
    """This first line goes on for far too long to stand in a list of solvers and has no proper ending at all"""


class PastedFormula(Sound):
    @staticmethod
    def solve(w: Number, x: Number) -> Solution:
        work = Work(w=w, x=x)
        for power in (2,):
            work.let("L", f"(w*x)^{power}")
        return work.answer(loss="L")


class NoMistakes(Sound):
    MISTAKES = {"L": {"not squared": "z"}}


class HarmlessMistake(Sound):
    MISTAKES = {"L": {"not squared": "z", "nothing wrong": "w^2*x^2"}}


class NoSource(Sound):
    SERVES: dict[str, dict[str, object]] = {"sound": {}}
    SOURCE = ""


class FalsePublication(Sound):
    EXAMPLES = [({"w": 3, "x": 2}, {"rounded": "6.1"})]


class FussySamples(Sound):
    sample = staticmethod(lambda rng: {"w": "log(", "x": 2})


BROKEN = {
    WrongFormula: {"check_examples", "check_reference"},
    WrongGradient: {"check_claims"},
    WrongLaw: {"check_claims"},
    FalseLaws: {"check_laws"},
    LawOfNothing: {"check_laws"},
    UnknownName: {"check_names"},
    LongHelp: {"check_help_line"},
    PastedFormula: {"check_literals"},
    NoMistakes: {"check_mistakes"},
    HarmlessMistake: {"check_mistakes"},
    NoSource: {"check_fields"},
    FalsePublication: {"check_examples"},
    FussySamples: {"check_reference"},
}


def solver(module: Any) -> Solver:
    return Solver("sound", "foundations", module, {})


@pytest.mark.parametrize("check", contract.CHECKS, ids=lambda check: check.__name__)
def test_a_sound_solver_passes(check: Any) -> None:
    check(solver(Sound))


@pytest.mark.parametrize(
    ("module", "check"), [(module, check) for module, checks in BROKEN.items() for check in sorted(checks)]
)
def test_a_broken_solver_is_caught(module: Any, check: str) -> None:
    with pytest.raises((AssertionError, StopIteration, KeyError)):
        getattr(contract, check)(solver(module))


def test_a_written_line_that_differs_from_the_value_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written.Written, "add", lambda self, a, b: a)
    monkeypatch.setattr(written.Written, "multiply", lambda self, a, b: a)
    with pytest.raises(AssertionError):
        contract.check_written(solver(Sound))


def test_an_engine_that_differs_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from revise.engines import native

    real = native.evaluate

    def off_by_a_little(root: Node, env: Any, backend: Any = "numpy") -> Any:
        value = real(root, env, backend)
        return value + 1e-3 if root.head == "sqrt" else value

    monkeypatch.setattr(native, "evaluate", off_by_a_little)
    with pytest.raises(AssertionError):
        contract.check_engines(solver(Sound))
