"""An activation function at given points: value, derivative, saturation."""

from fractions import Fraction
from random import Random
from typing import Any, Literal, get_args

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.networks._activation_formulas import ACTIVATIONS, Name
from revise.solvers.networks._line_words import listed, number_text

SERVES: dict[str, dict[str, object]] = {"activation": {}}
SOURCE = (
    "Goodfellow 2016, section 6.3; Clevert 2016 (ELU); Hendrycks & Gimpel 2016 (GELU); PyTorch, torch.nn.functional"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n lecture 4: the sigmoid gate at 1 gives 0.73, its local gradient 0.73 · 0.27 = 0.2
    ({"function": "sigmoid", "x": "1"}, {"value": "0.73", "derivative": "0.2", "greatest-derivative": Fraction(1, 4)}),
    ({"function": "tanh", "x": "0"}, {"derivative": 1, "greatest-derivative": 1}),
    # Hendrycks & Gimpel 2016: x Φ(x), so Φ(1) = 0.8413 of any table of the normal distribution
    ({"function": "gelu", "x": "1"}, {"value": "0.8413"}),
    # Elfwing, Uchibe & Doya 2018: the SiLU's least value is about −0.28 at x ≈ −1.28; its derivative's greatest 1.1
    ({"function": "silu", "x": "-1.28"}, {"value": "-0.28", "greatest-derivative": "1.1"}),
    # PyTorch: leaky_relu's slope 0.01, hardsigmoid x/6 + 1/2, elu α(eˣ − 1)
    ({"function": "leaky-relu", "x": "-3, 2"}, {"value": [Fraction(-3, 100), 2], "derivative": [Fraction(1, 100), 1]}),
    ({"function": "hard-sigmoid", "x": "-4, 0, 1, 4"}, {"value": [0, Fraction(1, 2), Fraction(2, 3), 1]}),
]
MISTAKES = {
    "df_dx[i]": {
        "σ′ taken of σ(x) once more": "1/(1 + exp(-f[i]))*(1 - 1/(1 + exp(-f[i])))",
        "f instead of its derivative": "f[i]",
        "1 − f instead of 1 − f²": "1 - f[i]",
        "0 on the negative side: that is relu": "where(x[i] > 0, 1, 0)",
    },
    "f[i]": {
        "the minus in the exponent is lost": "1/(1 + exp(x[i]))",
        "the slope is used on both sides": "alpha*x[i]",
    },
}
_FAR = 300


def solve(
    function: Name,
    x: Vector | None = None,
    alpha: Number | None = None,
    beta: Number = 1,
    approximate: Literal["none", "tanh"] = "none",
    slope: Number = Fraction(1, 6),
    at_zero: Number = 0,
) -> Solution:
    """f(x) and f′(x) at each point, the greatest derivative, and where the function saturates.

    function     by name; swish is silu with --beta
    x            the points, or letters; without it −2, −1, 0, 1, 2
    alpha        of leaky-relu (0.01 without it) and elu (1 without it)
    beta         of softplus, log(1 + e^(βx))/β, and of silu, xσ(βx)
    approximate  of gelu: `none` is xΦ(x), `tanh` the form with 0.044715
    slope        of hard-sigmoid between its corners: 1/6 as PyTorch, 0.2 as Keras 2
    at_zero      the derivative of relu taken at 0: PyTorch takes 0; anything from 0 to 1 is a subgradient

    Raises InputError naming the argument that does not fit.
    """
    name = "silu" if function == "swish" else function
    points = [-2, -1, 0, 1, 2] if x is None else list(x.flat)
    _check(name, points, alpha, beta, approximate, slope, at_zero)
    found = ACTIVATIONS["gelu-tanh" if approximate == "tanh" else name]
    slopes = {"leaky-relu": Fraction(1, 100), "elu": 1}
    kink = name == "relu" and 0 in [point for point in points if not isinstance(point, Node)]
    work = Work(
        x=dict(enumerate(points, 1)),
        alpha=(slopes[name] if alpha is None else alpha) if name in slopes else None,
        beta=beta if name in ("softplus", "silu") else None,
        c=slope if name == "hard-sigmoid" else None,
        d=at_zero if kink else None,
        A=tuple(range(1, len(points) + 1)),
    )
    work.called(
        x="points" if len(points) > 1 else "point",
        alpha="parameter",
        beta="parameter",
        c="slope",
        d="derivative at 0",
        A="",
    )
    for i in range(1, len(points) + 1):
        for step, formula, why in found.before:
            work.let(step, formula, why, table=f"values of {_spelt(function)}", i=i)
        work.let("f[i]", found.value, "", table=f"values of {_spelt(function)}", i=i)
    for i, point in enumerate(points, 1):
        if kink and not isinstance(point, Node) and point == 0:
            work.let("df_dx[i]", "d", "at the corner: a choice", table="derivatives", i=i)
        else:
            claim = None if _unclaimed(name, point) else ("f[i]", "x[i]")
            work.let("df_dx[i]", found.slope, found.why, table="derivatives", gradient_of=claim, i=i)
    for i in range(1, len(points) + 1) if found.also[0] else ():
        work.let("g[i]", *found.also, table="checked", holds=None if work.letters else "g[i] = f[i]", i=i)
    if len(points) > 1:
        work.let("F", "[f[i] for i in A]", "the values together")
        work.let("D", "[df_dx[i] for i in A]", "the derivatives together")
    words = {"value": "F" if len(points) > 1 else "f[1]", "derivative": "D" if len(points) > 1 else "df_dx[1]"}
    if found.greatest:
        if name == "silu":
            work.let("u", "2.3994", "solves u tanh(u/2) = 2, to four places", holds="abs(u*tanh(u/2) - 2) < 1/10000")
        work.let("m", found.greatest, f"the greatest derivative: {found.where}")
        words["greatest-derivative"] = "m"
    work.note(found.says)
    _remark(work, name, points)
    return work.answer(words)


def _unclaimed(name: str, point: Any) -> bool:
    """Whether autograd has no word: no path to x, or another one-sided derivative at a corner."""
    return name in ("step", "hard-sigmoid", "linear") or isinstance(point, Node)


def _remark(work: Work, name: str, points: list[Any]) -> None:
    """Which of the points are saturated, and whether a relu is dead."""
    numbers = [(i, point) for i, point in enumerate(points, 1) if not isinstance(point, Node)]
    if len(numbers) < len(points) or name in ("linear", "step"):
        return
    slopes = work.env["df_dx"]
    if name == "relu" and all(slopes[i] == 0 for i, _ in numbers):
        work.note(
            "The derivative is 0 at every point given: a unit with only such inputs is dead, its weights never change."
        )
        return
    flat = [
        number_text(point)
        for i, point in numbers
        if not isinstance(slopes[i], Node) and abs(slopes[i]) < Fraction(1, 100)
    ]
    if flat:
        work.note(f"Hardly any gradient (below 0.01) at x = {listed(flat)}.")


def _check(name: str, points: list[Any], alpha: Any, beta: Any, approximate: str, slope: Any, at_zero: Any) -> None:
    for point in points:
        if not isinstance(point, Node) and abs(point) > _FAR:
            raise InputError(f"x: {number_text(point)} lies beyond ±{_FAR}")
    if len(points) > 60:
        raise InputError(f"x: {len(points)} points are more than 60")
    if alpha is not None and name not in ("leaky-relu", "elu"):
        raise InputError(f"alpha: {name} has none; leaky-relu and elu have")
    if alpha is not None and not isinstance(alpha, Node) and alpha < 0:
        raise InputError(f"alpha: it is not negative, {number_text(alpha)} is")
    if approximate == "tanh" and name != "gelu":
        raise InputError(f"approximate: {name} has no such form; gelu has")
    for value, option, owners in ((beta, "beta", ("softplus", "silu")), (slope, "slope", ("hard-sigmoid",))):
        if not isinstance(value, Node) and value <= 0:
            raise InputError(f"{option}: it is positive, {number_text(value)} is not")
        if value != (1 if option == "beta" else Fraction(1, 6)) and name not in owners:
            raise InputError(f"{option}: {name} has none; {listed(owners)} {'have' if len(owners) > 1 else 'has'}")
    if at_zero != 0 and name != "relu":
        raise InputError("at-zero: it is the derivative of relu at 0")
    if not isinstance(at_zero, Node) and not 0 <= at_zero <= 1:
        raise InputError(f"at-zero: a subgradient of relu at 0 lies from 0 to 1, {number_text(at_zero)} does not")


def _spelt(function: str) -> str:
    """The activation as books write it."""
    names = {"relu": "ReLU", "leaky-relu": "leaky ReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU"}
    return names.get(function, function.replace("-", " "))


def sample(rng: Random) -> dict[str, Any]:
    """One function at one to four small points."""
    name = rng.choice(get_args(Name))
    points = [rng.choice(["-3", "-2", "-1", "-0.5", "0.5", "1", "2", "3.5", "0"]) for _ in range(rng.randint(1, 4))]
    given: dict[str, Any] = {"function": name, "x": ", ".join(points)}
    if name in ("leaky-relu", "elu") and rng.random() < 0.5:
        given["alpha"] = rng.choice(["0.1", "1/2", "1"])
    if name in ("softplus", "silu", "swish") and rng.random() < 0.4:
        given["beta"] = 2
    if name == "gelu" and rng.random() < 0.5:
        given["approximate"] = "tanh"
    if name == "hard-sigmoid" and rng.random() < 0.4:
        given["slope"] = "0.2"
    if name == "relu" and rng.random() < 0.3:
        given["at_zero"] = "1/2"
    return given


def reference(
    function: str, x: Any = None, alpha: Any = None, beta: Any = 1, approximate: str = "none", slope: Any = None,
    at_zero: Any = 0,
) -> dict[str, Any]:  # fmt: skip
    """Torch's own functions and autograd; the greatest derivative on a fine grid, to four digits."""
    import torch
    from torch.nn import functional

    def curve(points: Any) -> Any:
        bends: dict[str, Any] = {
            "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "linear": lambda z: z * 1,
            "leaky-relu": lambda z: functional.leaky_relu(z, float(0.01 if alpha is None else alpha)),
            "elu": lambda z: functional.elu(z, float(1 if alpha is None else alpha)),
            "gelu": lambda z: functional.gelu(z, approximate=approximate),
            "softplus": lambda z: functional.softplus(z, float(beta), threshold=600),
            "silu": lambda z: functional.silu(z * float(beta)) / float(beta),
            "swish": lambda z: functional.silu(z * float(beta)) / float(beta),
            "softsign": functional.softsign,
            "hard-sigmoid": lambda z: functional.hardsigmoid(z * 6 * float(slope or 1 / 6)),
            "step": lambda z: torch.heaviside(z, torch.ones_like(z)) + 0 * z,
        }  # fmt: skip
        return bends[function](points)

    points = torch.tensor([float(point) for point in x.flat], dtype=torch.float64, requires_grad=True)
    values = curve(points)
    slopes = torch.zeros_like(points) if function == "step" else torch.autograd.grad(values.sum(), points)[0]
    if function == "relu":
        slopes = torch.where(points == 0, float(at_zero), slopes)
    return {"value": values.detach(), "derivative": slopes.detach()}
