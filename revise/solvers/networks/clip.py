"""Gradient clipping by value, by norm and by global norm."""

from math import inf
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number
from revise.solution import Solution, Work
from revise.solvers.networks._clip_formulas import (
    CUT,
    FACTOR,
    HOLDS,
    ROOT,
    SLIPS,
    SUM,
    TOTAL,
    WHY_SUM,
)
from revise.solvers.networks._vectors import Vectors
from revise.solvers.optimisation._norm_rows import slips

SERVES: dict[str, dict[str, object]] = {"clip": {}}
SOURCE = "Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks, algorithm 1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # TensorFlow's documentation of tf.clip_by_norm: 1…5 to the norm 2 (its digits are those of float32)
    (
        {"gradient": "1, 2, 3, 4, 5", "max_norm": 2},
        {"clipped": ["0.269680", "0.539360", "0.809040", "1.078720", "1.348400"]},
    ),
    # MindSpore's documentation of clip_by_norm: a 3×3 matrix to the norm 1 (its digits have an ε of 1e-6 in them)
    (
        {
            "gradient": "0.8748, 0.1425, 0.0076; 0.7721, 0.4084, 0.0552; 4.6376, 0.2914, 2.1120",
            "max_norm": 1,
            "eps": "1e-6",
        },
        {
            "clipped": [
                ["0.166502", "0.027122", "0.001447"],
                ["0.146955", "0.077731", "0.010506"],
                ["0.882681", "0.055463", "0.401980"],
            ]
        },
    ),
    # TensorFlow's documentation of tf.clip_by_value
    ({"gradient": "-10, -1, 0; 0, 2, 10", "clip_value": 1}, {"clipped": [[-1, -1, 0], [0, 1, 1]]}),
]


def solve(
    gradient: Vectors,
    max_norm: Number | None = None,
    clip_value: Number | None = None,
    norm_type: Literal[2, 1, "inf"] = 2,
    scope: Literal["global", "each"] = "global",
    eps: Number = 0,
) -> Solution:
    """The scale factor min(1, θ/‖g‖) and what is left of the gradient; by value every entry is cut on its own.

    gradient    one vector or matrix, or several with a pipe between: "3, 4 | 0, 12"
    max_norm    θ, the greatest norm
    clip_value  θ, the greatest size of an entry, instead
    norm_type   2: root of the squares; 1: sum of the sizes; inf: largest size
    scope       `global`: one norm over all parts, one factor (PyTorch's clip_grad_norm_); `each`: a norm for each
    eps         added to the norm; 0 as by hand, PyTorch takes 1e-6

    Raises InputError naming the argument that does not fit.
    """
    if (max_norm is None) == (clip_value is None):
        raise InputError("max-norm: give a threshold, --max-norm 1 or --clip-value 1, and only one of them")
    theta: Any = clip_value if max_norm is None else max_norm
    name = "clip-value" if max_norm is None else "max-norm"
    if not isinstance(theta, Node) and not 0 < theta < inf:
        raise InputError(f"{name}: {theta} is no threshold; it is above 0")
    if not isinstance(eps, Node) and not 0 <= eps < 1:
        raise InputError(f"eps: {eps} is no ε; it is 0 or a small positive number, as 1e-6")
    for part in gradient.parts:
        if any(not isinstance(entry, Node) and abs(entry) == inf for entry in part.flat):
            raise InputError("gradient: an entry is infinite; no factor makes it finite")
    parts, count = dict(enumerate(gradient.parts, 1)), len(gradient.parts)
    single = count == 1
    work = Work(g=parts[1] if single else parts, k=None if single else count, theta=theta, eps=eps if eps else None)
    work.called(g="gradient", theta="threshold", k="parts")
    if max_norm is None:
        for at in _places(count):
            work.let(_name("h", at), CUT[single], "each entry cut to ±θ on its own", **at)
        work.note("By value the direction may turn: large entries are cut, small ones stay.")
        return work.answer(_words(count))
    for at in _places(count):
        where = f" in part {at['i']}" if at else ""
        work.let(_name("S", at), SUM[single, norm_type], WHY_SUM[norm_type] + where, **at)
    words: dict[str, str] = {}
    if scope == "each" or single:
        for at in _places(count):
            words |= _scaled_alone(work, at, norm_type, bool(eps))
    else:
        words = _scaled_together(work, norm_type, bool(eps), count)
    work.note("One factor for all entries: the direction stays, only the length is cut.")
    return work.answer(words | _words(count))


def _places(count: int) -> list[dict[str, Any]]:
    """The index of each part; a lone one has none."""
    return [{}] if count == 1 else [{"i": i} for i in range(1, count + 1)]


def _name(letter: str, at: dict[str, Any]) -> str:
    return f"{letter}[i]" if at else letter


def _words(count: int) -> dict[str, str]:
    return {"clipped": "h"} if count == 1 else {f"clipped-{i}": f"h[{i}]" for i in range(1, count + 1)}


def _scaled_alone(work: Work, at: dict[str, Any], kind: Any, eps: bool) -> dict[str, str]:
    single = not at
    part, end = ("", "") if single else (f" of part {at['i']}", f"-{at['i']}")
    norm = work.let(_name("N", at), ROOT[single, kind == 2], f"the norm{part}", **at)
    factor = _factor(work, _name("c", at), norm, FACTOR[single, eps], eps, "the factor", at)
    law = HOLDS[True, kind] if single else None
    why = "unchanged" if factor == 1 else "scaled down to the norm θ"
    work.let(_name("h", at), "c*g" if single else "c[i]*g[i]", why, holds=law, **at)
    return {f"norm{end}": f"N[{at['i']}]" if at else "N", f"factor{end}": f"c[{at['i']}]" if at else "c"}


def _scaled_together(work: Work, kind: Any, eps: bool, count: int) -> dict[str, str]:
    if kind == 2:
        work.let("T", TOTAL[2], "over all parts together: not one norm for each")
        norm = work.let("N", "sqrt(T)", "the global norm")
    else:
        norm = work.let("N", TOTAL[kind], "the global norm, over all parts together")
    factor = _factor(work, "c", norm, FACTOR[True, eps], eps, "one factor for all parts", {})
    for at in _places(count):
        law = HOLDS[False, kind] if at["i"] == count else None
        work.let("h[i]", "c*g[i]", "unchanged" if factor == 1 else "scaled down", holds=law, **at)
    return {"norm": "N", "factor": "c"}


def _factor(work: Work, name: str, norm: Any, formula: str, eps: bool, why: str, at: dict[str, Any]) -> Any:
    if not eps and not isinstance(norm, Node) and norm == 0:
        return work.let(name, "1", "the norm is 0: there is nothing to clip", **at)
    return work.let(name, formula, f"{why}, 1 where the norm is no greater than θ", **at)


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Whole-number norms in most, one or two parts."""
    first = rng.choice(["3, 4", "6, -8", "1, 2, 2", "2, 3, 6", "-5, 12"])
    kind = rng.choice(["norm", "norm", "value"])
    if kind == "value":
        return {"gradient": first, "clip_value": rng.choice(["1", "2", "0.5"])}
    given: dict[str, Any] = {"gradient": first, "max_norm": rng.choice(["1", "2", "5", "20", "0.5"])}
    if rng.random() < 0.5:
        given["gradient"] = rng.choice(["3, 4 | 0, 12", "1, 2 | 2 | 4", "2, 4 | 5, 6", f"{first} | 1, 0; 0, 1"])
        given["scope"] = rng.choice(["global", "global", "each"])
    if rng.random() < 0.2:
        given["norm_type"] = rng.choice([1, "inf"])
    return given | ({"eps": "1e-6"} if rng.random() < 0.2 else {})


def reference(
    gradient: Vectors, max_norm: Any = None, clip_value: Any = None, norm_type: Any = 2, scope: str = "global",
    eps: Any = 0,
) -> dict[str, Any]:  # fmt: skip
    """Torch: clip_grad_value_, and clip_grad_norm_ where its ε of 1e-6 is asked for; else renorm by vector_norm."""
    import torch

    held = []
    for part in gradient.parts:
        one = torch.nn.Parameter(torch.zeros(len(part.flat), dtype=torch.float64))
        one.grad = torch.tensor([float(v) for v in part.flat], dtype=torch.float64)
        held.append(one)
    kind = inf if norm_type == "inf" else float(norm_type)

    def end(place: int) -> str:
        return "" if len(held) == 1 else f"-{place}"

    found: dict[str, Any] = {}
    if clip_value is not None:
        torch.nn.utils.clip_grad_value_(held, float(clip_value))
    else:
        groups = [held] if scope == "global" else [[one] for one in held]
        for place, group in enumerate(groups, 1):
            joined = torch.cat([one.grad for one in group if one.grad is not None])
            total = torch.linalg.vector_norm(joined, kind)
            if float(eps) == 1e-6:
                torch.nn.utils.clip_grad_norm_(group, float(max_norm), norm_type=kind)
            else:
                for one in group:
                    assert one.grad is not None
                    one.grad *= torch.clamp(float(max_norm) / (total + float(eps)), max=1.0)
            found["norm" + ("" if scope == "global" else end(place))] = total
    return found | {f"clipped{end(i)}": one.grad for i, one in enumerate(held, 1)}
