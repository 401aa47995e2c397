"""Softmax by hand: probabilities, Jacobian, cross-entropy gradient."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.networks._line_words import number_text, numbers_only

SERVES: dict[str, dict[str, object]] = {"softmax": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, section 6.2.2.3 (softmax, its invariance); Hinton 2015 (temperature)"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n lecture 3: cat 3.2, car 5.1, frog −1.7 give 0.13, 0.87, 0.00 and the loss −ln 0.13 = 2.04
    ({"logits": "3.2, 5.1, -1.7", "target": 0}, {"probabilities": ["0.13", "0.87", "0.00"], "loss": "2.04"}),
    # CS231n notes, linear classification: 1, −2, 0 give 0.7, 0.04, 0.26; halved 0.55, 0.12, 0.33
    ({"logits": "1, -2, 0"}, {"probabilities": ["0.71", "0.04", "0.26"]}),
    ({"logits": "1, -2, 0", "temperature": 2}, {"probabilities": ["0.55", "0.12", "0.33"]}),
    # the same notes: 123, 456, 789 overflow unless the greatest is subtracted
    ({"logits": "123, 456, 789"}, {"probabilities": ["0.00", "0.00", "1.00"]}),
]
MISTAKES = {
    "S": {"the largest exponential only": "max(e)"},
    "p": {"divided by the sum of the logits, not of their exponentials": "z/sum(z)", "not divided at all": "e"},
    "e": {"the temperature multiplies": "exp(tau*(z - m))", "the temperature is left out": "exp(z - m)"},
    "J": {
        "only the diagonal p(1 − p), as for a sigmoid": "diag(p .* (1 - p))",
        "the sign of p pᵀ is turned": "diag(p) + outer(p, p)",
    },
    "dL_dz": {"the sign is turned": "y - p"},
}

_TINY = 1e-200


def solve(
    logits: Vector,
    temperature: Number = 1,
    target: Number | Vector | None = None,
    stable: bool = True,
    jacobian: bool = True,
    shift: Number | None = None,
) -> Solution:
    """p = exp(z/τ)/∑ exp(z/τ), the Jacobian diag(p) − ppᵀ, and with a target the cross-entropy and its gradient.

    logits       the scores z, numbers or letters
    temperature  τ: above 1 evens the probabilities out, below 1 sharpens them
    target       the class, counted from 0, or the wanted probabilities as 0, 1, 0
    stable       subtract the greatest logit first; with letters it never is
    jacobian     --no-jacobian leaves it out
    shift        a constant added to every logit: the probabilities stay the same

    Raises InputError naming the argument that does not fit.
    """
    count = len(logits.flat)
    letters = any(isinstance(z, Node) for z in (*logits.flat, temperature))
    _check(count, logits, temperature, shift, letters)
    y = _wanted(target, count)
    plain = temperature == 1 if not isinstance(temperature, Node) else False
    work = Work(z=logits, tau=None if plain else temperature, y=y, c=shift)
    work.called(z="logits", tau="temperature", y="target", c="shift")
    if stable and not letters:
        work.let("m", "max(z)", "the greatest logit, subtracted so that no exponential overflows")
        work.let(
            "e", "exp(z - m)" if plain else "exp((z - m)/tau)", "exponentials of at most 1; the factor cancels below"
        )
    else:
        if not letters and max(abs(z / temperature) for z in logits.flat) > 300:
            raise InputError("logits: their exponentials overflow; leave --no-stable out")
        work.let("e", "exp(z)" if plain else "exp(z/tau)", "the exponentials")
    work.let("S", "sum(e)", "their sum")
    work.let("p", "e/S", "shared out: the probabilities", holds="sum(p) = 1")
    words = {"probabilities": "p"}
    if not letters:
        work.let("k", "argmax(p)", "the class predicted, counted from 0: the greatest logit has it at any temperature")
        words["class"] = "k"
    if shift is not None:
        _shifted(work, plain)
        words["shifted"] = "q"
    if y is not None:
        _cross_entropy(work, plain)
        words |= {"loss": "L", "gradient": "dL_dz"}
    if jacobian:
        why = "∂pᵢ/∂zⱼ = pᵢ(1 − pᵢ) for i = j, else −pᵢpⱼ: symmetric, rows add up to 0"
        if plain:
            work.let("J", "diag(p) - outer(p, p)", why)
        else:
            work.let("J", "(diag(p) - outer(p, p))/tau", f"{why}; divided by τ, for z/τ stands inside")
        words["jacobian"] = "J"
    return work.answer(words)


def _shifted(work: Work, plain: bool) -> None:
    if work.letters:
        formula = "exp(z + c)/sum(exp(z + c))" if plain else "exp((z + c)/tau)/sum(exp((z + c)/tau))"
        work.let("q", formula, "every exponential has the factor eᶜ more, above and below: it cancels")
        return
    formula = "exp(z + c - m - c)/S" if plain else "exp((z + c - m - c)/tau)/S"
    if "m" not in work.env:
        formula = "exp(z + c)/sum(exp(z + c))" if plain else "exp((z + c)/tau)/sum(exp((z + c)/tau))"
    why = "with c added to every logit the greatest is m + c: the differences, and so p, stay the same"
    work.let("q", formula, why, holds="q = p")


def _cross_entropy(work: Work, plain: bool) -> None:
    y = work.given["y"].flat
    at: dict[str, Any] = {"t": y.index(1)} if 1 in y else {}
    if at and not work.letters and work.env["p"].flat[at["t"]] > _TINY:
        work.let("L", "-log(p[t])", "cross-entropy: minus the logarithm of the target class's probability",
                 **at)  # fmt: skip
    elif "m" in work.env:
        formula = "log(S) - sum(y .* (z - m))" if plain else "log(S) - sum(y .* (z - m))/tau"
        work.let("L", formula, f"cross-entropy −∑ y ln p, where ln p = {'z − m' if plain else '(z − m)/τ'} − ln S")
    elif at:
        formula = "log(S) - z[t]" if plain else "log(S) - z[t]/tau"
        work.let(
            "L",
            formula,
            f"cross-entropy −ln p of the target class, where ln p = {'z' if plain else 'z/τ'} − ln S",
            **at,
        )
    else:
        formula = "log(S) - sum(y .* z)" if plain else "log(S) - sum(y .* z)/tau"
        work.let("L", formula, f"cross-entropy −∑ y ln p, where ln p = {'z' if plain else 'z/τ'} − ln S")
    if plain:
        work.let("dL_dz", "p - y", "softmax and logarithm cancel", gradient_of=("L", "z"))
    else:
        work.let("dL_dz", "(p - y)/tau", "softmax and logarithm cancel; τ is the inner factor", gradient_of=("L", "z"))


def _wanted(target: Any, count: int) -> Array | None:
    if target is None:
        return None
    if isinstance(target, Array) and len(target.flat) == 1 and count > 1:
        target = target.flat[0]
    if not isinstance(target, Array):
        if isinstance(target, Node) or target != int(target) or not 0 <= target < count:
            shown = "a letter" if isinstance(target, Node) else number_text(target)
            raise InputError(f"target: a class from 0 to {count - 1}, or {count} probabilities, not {shown}")
        return Array((count,), tuple(int(i == target) for i in range(count)))
    if len(target.flat) != count:
        raise InputError(f"target: {len(target.flat)} probabilities for {count} logits")
    numbers_only(target.flat, "target", "a loss")
    if min(target.flat) < 0 or abs(sum(target.flat) - 1) > 1e-9:
        raise InputError("target: the wanted probabilities are not negative and add up to 1")
    return target


def _check(count: int, logits: Array, temperature: Any, shift: Any, letters: bool) -> None:
    if not 2 <= count <= 64:
        raise InputError(f"logits: softmax of {count} number{'s' * (count != 1)}; it takes 2 to 64")
    if not isinstance(temperature, Node) and temperature <= 0:
        raise InputError(f"temperature: it is positive, {number_text(temperature)} is not")
    if not isinstance(temperature, Node) and not Fraction(1, 1000) <= temperature <= 10**6:
        raise InputError(f"temperature: {number_text(temperature)} lies outside 0.001 to 1,000,000")
    for name, values in (("logits", logits.flat), ("shift", (shift,) if shift is not None else ())):
        for value in values:
            if not isinstance(value, Node) and abs(value) > 10**6:
                raise InputError(f"{name}: {number_text(value)} lies beyond ±1,000,000")
    if isinstance(shift, Node) and not letters:
        raise InputError("shift: a letter goes with letters as logits; else give a number")


def sample(rng: Random) -> dict[str, Any]:
    """Two to four small logits, one of them the largest; half with a target."""
    count = rng.randint(2, 4)
    logits = [rng.randint(-3, 3) for _ in range(count)]
    logits[rng.randrange(count)] = 4  # no tie: the class is one
    given: dict[str, Any] = {"logits": ", ".join(map(str, logits))}
    if rng.random() < 0.5:
        given["target"] = (
            rng.randrange(count) if rng.random() < 0.7 else ", ".join(["1/2", "1/2", *["0"] * (count - 2)])
        )
    if rng.random() < 0.4:
        given["temperature"] = rng.choice(["2", "1/2", "4"])
    if rng.random() < 0.2:
        given["shift"] = rng.choice(["10", "-3"])
    return given | {"stable": rng.random() < 0.8}


def reference(
    logits: Any, temperature: Any = 1, target: Any = None, stable: bool = True, jacobian: bool = True, shift: Any = None
) -> dict[str, Any]:
    """Torch's softmax and cross-entropy, the Jacobian by autograd row by row."""
    import torch

    def soft(z: Any) -> Any:
        return torch.softmax(z / float(temperature), 0)

    z = torch.tensor([float(x) for x in logits.flat], dtype=torch.float64, requires_grad=True)
    p = soft(z)
    rows = [torch.autograd.grad(p[i], z, retain_graph=True)[0] for i in range(len(z))]
    found = {"probabilities": p, "class": int(torch.argmax(p)), "jacobian": torch.stack(rows)}
    if shift is not None:
        found["shifted"] = soft(z + float(shift))
    if target is not None:
        flat = target.flat if isinstance(target, Array) else [int(i == target) for i in range(len(z))]
        y = torch.tensor([float(x) for x in flat], dtype=torch.float64)
        loss = torch.nn.functional.cross_entropy(z[None] / float(temperature), y[None])
        found |= {"loss": loss, "gradient": torch.autograd.grad(loss, z)[0]}
    return found
