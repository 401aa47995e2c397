"""Optimisers side by side on the same problem."""

from collections.abc import Mapping
from fractions import Fraction
from importlib import import_module
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.parameters import Expression, Matrix, Number, Vector
from revise.solution import Solution
from revise.solvers.optimisation import _descent
from revise.solvers.optimisation._drawn import drawn
from revise.solvers.optimisation._problem import BETAS, Point, Problem, at_least_zero, pair, posed, rate, share
from revise.solvers.optimisation._race import METHODS, Race

SERVES: dict[str, dict[str, object]] = {"optimisers": {}}
SOURCE = "Goodfellow et al. 2016, Deep Learning, chapter 8; the defaults are PyTorch's, torch.optim"
_D2L = {"function": "0.1*x1^2 + 2*x2^2", "start": "x1=-5, x2=-2", "steps": 20}
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Zhang et al., Dive into Deep Learning, sections 12.6 and 12.7: gradient descent and momentum on the same function
    (_D2L | {"lr": "0.4", "methods": "SGD"}, {"SGD x1": "-0.943467", "SGD x2": "-0.000073"}),
    (
        _D2L | {"lr": "0.6", "methods": "SGD, momentum", "momentum": "0.5"},
        {"SGD x2": "-1673.365109", "momentum x1": "0.007188", "momentum x2": "0.002553"},
    ),
]

_USUAL = "SGD, momentum, Nesterov, AdaGrad, RMSprop, Adadelta, Adam"
_MOST_ROWS = 400
_MOST_PARAMETERS = 3


def solve(
    function: Expression | None = None,
    start: Point | None = None,
    gradients: Matrix | None = None,
    steps: Number | None = None,
    methods: str = _USUAL,
    lr: Number = Fraction(1, 10),
    momentum: Number = Fraction(9, 10),
    alpha: Number = Fraction(99, 100),
    rho: Number = Fraction(9, 10),
    betas: Vector = BETAS,
    eps: Number = Fraction(1, 10**8),
    weight_decay: Number = Fraction(1, 100),
) -> Solution:
    """Every method from the same start: a table each, and at the end one of all.

    function      of up to three letters, "x^2 + 10*y^2"; its gradient is derived
    start         "x=1, y=1", or numbers alone: "1, 1"
    gradients     instead of a function: "1, 0.5, -0.2" one a step; for two parameters a row a step "1, 2; 0.5, -1"
    steps         3 by default
    methods       of SGD, momentum, momentum-average, Nesterov, Nesterov-PyTorch, AdaGrad, RMSprop, Adadelta, Adam,
                  AdamW, Newton; `all` for every one
    lr            η, the same for all; Adadelta and Newton have none
    momentum      β of momentum and Nesterov        alpha   α of RMSprop        rho   ρ of Adadelta
    betas         β₁ and β₂ of Adam and AdamW        eps     ε of all that divide by a root
    weight-decay  λ of AdamW; the others have none

    Epsilon stands outside the root, in Adadelta inside. Every state starts at 0. Each method alone, with all its
    conventions: `revise solve adam`, `momentum` …

    Raises InputError naming the argument that is missing or out of range.
    """
    problem = posed(function, gradients, start, steps)
    rate(lr, "lr")
    for word, value in (("momentum", momentum), ("alpha", alpha), ("rho", rho)):
        share(value, word)
    beta1, beta2 = pair(betas)
    for word, value in (("eps", eps), ("weight-decay", weight_decay)):
        at_least_zero(value, word)
    chosen = _chosen(methods, problem)
    hyper = {
        "eta": lr, "beta": momentum, "alpha": alpha, "rho": rho, "beta1": beta1, "beta2": beta2, "epsilon": eps,
        "lambda": weight_decay,
    }  # fmt: skip
    listed = [*problem.start.values(), *hyper.values(), *(entry for row in problem.gradients for entry in row)]
    if any(isinstance(value, Node) for value in listed):
        raise InputError("start: side by side there are numbers only; letters go with one method alone")
    race = Race(problem, chosen, hyper)
    for method in chosen:
        race.run(method)
    return race.answer()


def _chosen(methods: str, problem: Problem) -> list[str]:
    """The methods as asked, in their order."""
    known = {method.lower(): method for method in METHODS}
    words = [part.strip().lower() for part in methods.replace(";", ",").split(",") if part.strip()]
    if words == ["all"]:
        words = [word for word in known if problem.root is not None or word != "newton"]
    for word in words:
        if word not in known:
            raise InputError(f"methods: {word!r} is none; there are {', '.join(METHODS)}, or all")
    chosen = list(dict.fromkeys(known[word] for word in words))
    if not chosen:
        raise InputError(f"methods: name one of {', '.join(METHODS)}, or all")
    if "Newton" in chosen and problem.root is None:
        raise InputError("methods: Newton needs second derivatives, so a --function")
    if len(problem.labels) > _MOST_PARAMETERS:
        raise InputError(f"start: side by side at most {_MOST_PARAMETERS} parameters, not {len(problem.labels)}")
    if (rows := len(chosen) * problem.steps * len(problem.labels)) > _MOST_ROWS:
        raise InputError(f"steps: {rows} rows are too many side by side; at most {_MOST_ROWS}")
    return chosen


mistakes = _descent.mistakes


def sample(rng: Random) -> dict[str, Any]:
    """A small problem with a few methods."""
    given = drawn(rng) | {"lr": rng.choice(["0.1", "0.05"])}
    usable = [method for method in METHODS if method != "Newton" or given.get("function") in _CURVED]
    given["methods"] = ", ".join(rng.sample(usable, rng.randint(2, 4)))
    return given


_CURVED = ("x^2", "x^2 + 10*y^2", "x^2 + x*y + y^2")


def reference(**given: Any) -> dict[str, Any]:
    """Each method by the reference of its own solver: torch.optim, or NumPy."""
    own = {word: given[word] for word in ("function", "start", "gradients", "steps") if word in given}
    rates = {word: given.get(word, default) for word, default in _DEFAULTS.items()}
    found: dict[str, Any] = {}
    asked = [part.strip().lower() for part in given.get("methods", _USUAL).split(",")]
    for method, (solver, fixed, taken) in _SOLVERS.items():
        if method.lower() not in asked and asked != ["all"]:
            continue
        if method == "Newton" and "function" not in given:
            continue
        module = import_module(f"revise.solvers.optimisation.{solver}")
        answers = module.reference(**own, **fixed, **{word: rates[word] for word in taken})
        labels = [word for word in answers if word in _letters(given)]
        for label in labels:
            found[method if len(labels) == 1 else f"{method} {label}"] = answers[label]
        if "function" in given:
            found[f"f({method})"] = answers.get("f", 0)
    return found


def _letters(given: Mapping[str, Any]) -> list[str]:
    if given.get("function") is not None:
        function = given["function"]
        return free_names(function.args[1] if function.head == "=" else function)
    start = given.get("start") or {"1": 0}
    return ["theta"] if len(start) == 1 and next(iter(start)).isdecimal() else list(start)


_DEFAULTS: dict[str, Any] = {
    "lr": 0.1, "momentum": 0.9, "alpha": 0.99, "rho": 0.9, "eps": 1e-8, "weight_decay": 0.01,
    "betas": Array((2,), (0.9, 0.999)),
}  # fmt: skip
# method → its solver, what is fixed there, what it takes from here
_SOLVERS: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "SGD": ("gradient_descent", {}, ("lr",)),
    "momentum": ("momentum", {}, ("lr", "momentum")),
    "momentum-average": ("momentum", {"form": "average"}, ("lr", "momentum")),
    "Nesterov": ("momentum", {"nesterov": "look-ahead"}, ("lr", "momentum")),
    "Nesterov-PyTorch": ("momentum", {"nesterov": "pytorch"}, ("lr", "momentum")),
    "AdaGrad": ("adagrad", {}, ("lr", "eps")),
    "RMSprop": ("rmsprop", {}, ("lr", "alpha", "eps")),
    "Adadelta": ("adadelta", {}, ("rho", "eps")),
    "Adam": ("adam", {}, ("lr", "betas", "eps")),
    "AdamW": ("adam", {"decay": "decoupled"}, ("lr", "betas", "eps", "weight_decay")),
    "Newton": ("newton", {}, ()),
}
