"""Loss with an L2 or L1 penalty (or both), and its gradient."""

from random import Random
from typing import Any

from revise.engines.arrays import shape_text
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, whole
from revise.solution import Solution, Work
from revise.solvers.networks._vectors import Vectors
from revise.solvers.optimisation._norm_rows import slips

SERVES: dict[str, dict[str, object]] = {"regularised-loss": {}}
SOURCE = "Goodfellow et al. 2016, Deep learning, sections 7.1.1 and 7.1.2; Zou & Hastie 2005 (elastic net)"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n, notes on linear classification: two weights with the same score; their L2 penalties are 1.0 and 0.25
    ({"w": "1, 0, 0, 0", "weight_decay": 1, "half": False}, {"penalty": 1}),
    ({"w": "0.25, 0.25, 0.25, 0.25", "weight_decay": 1, "half": False}, {"penalty": "0.25"}),
    # Goodfellow et al., equation 7.2 and its gradient, 7.3: α/2 wᵀw + J and αw + ∇J
    (
        {"w": "u, v", "loss": "C", "weight_decay": "a", "gradient": "q, r"},
        {"total": "a/2*(u^2 + v^2) + C", "gradient": ["a*u + q", "a*v + r"]},
    ),
]
MISTAKES = {
    "Q": {"the root is taken: ‖w‖, not ‖w‖²": "norm(w)"},
    "A": {"the signs are kept": "sum(w)"},
    "J": {"the penalty is subtracted": "L_data - P", "the data's loss is multiplied": "L_data*P"},
}

_SQUARES = {True: "sum(w .* w)", False: "sum(sum(W[l] .* W[l]) for l in 1..k)"}
_SIZES = {True: "sum(abs(w))", False: "sum(sum(abs(W[l])) for l in 1..k)"}
# the parts there are (L2, L1), is the square halved, is it divided by n → the penalty
_PENALTY = {
    (True, False, True, False): "lambda/2*Q",
    (True, False, False, False): "lambda*Q",
    (True, False, True, True): "lambda/(2*n)*Q",
    (True, False, False, True): "lambda/n*Q",
    (False, True, True, False): "mu*A",
    (False, True, True, True): "mu/n*A",
    (True, True, True, False): "lambda/2*Q + mu*A",
    (True, True, False, False): "lambda*Q + mu*A",
    (True, True, True, True): "lambda/(2*n)*Q + mu/n*A",
    (True, True, False, True): "lambda/n*Q + mu/n*A",
}
# the same → its gradient by one array of weights
_SLOPE = {
    (True, False, True, False): ("lambda*w", "lambda*W[l]"),
    (True, False, False, False): ("2*lambda*w", "2*lambda*W[l]"),
    (True, False, True, True): ("lambda/n*w", "lambda/n*W[l]"),
    (True, False, False, True): ("2*lambda/n*w", "2*lambda/n*W[l]"),
    (False, True, True, False): ("mu*sign(w)", "mu*sign(W[l])"),
    (False, True, True, True): ("mu/n*sign(w)", "mu/n*sign(W[l])"),
    (True, True, True, False): ("lambda*w + mu*sign(w)", "lambda*W[l] + mu*sign(W[l])"),
    (True, True, False, False): ("2*lambda*w + mu*sign(w)", "2*lambda*W[l] + mu*sign(W[l])"),
    (True, True, True, True): ("lambda/n*w + mu/n*sign(w)", "lambda/n*W[l] + mu/n*sign(W[l])"),
    (True, True, False, True): ("2*lambda/n*w + mu/n*sign(w)", "2*lambda/n*W[l] + mu/n*sign(W[l])"),
}
_SLIPS = {
    "lambda/2*Q": {"the 1/2 is forgotten": "lambda*Q"},
    "lambda*w": {"2λw: that is the gradient of λ‖w‖²": "2*lambda*w", "the derivative of ‖w‖": "lambda*w/norm(w)"},
    "2*lambda*w": {"the 2 of the square is forgotten": "lambda*w"},
    "mu*sign(w)": {"w instead of its sign": "mu*w", "|w| instead of its sign": "mu*abs(w)"},
    "lambda*Q + mu*A": {"one λ for both": "lambda*(Q + A)"},
    "lambda/(2*n)*Q": {"not divided by n": "lambda/2*Q"},
}


def solve(
    w: Vectors,
    weight_decay: Number = 0,
    l1: Number = 0,
    loss: Number = 0,
    gradient: Vectors | None = None,
    half: bool = True,
    samples: Number | None = None,
) -> Solution:
    """J = data loss + λ/2 ‖w‖² + μ‖w‖₁ and its gradient.

    w             all weights that are penalised (biases are not as a rule); a pipe between layers: "1, 2; 3, 4 | 5"
    weight_decay  λ of the L2 penalty
    l1            μ of the L1 penalty; both together are an elastic net
    loss          the data's loss, a number or a letter
    gradient      its gradient, in the shape of w
    half          λ/2 ‖w‖², gradient λw; --no-half: λ‖w‖², gradient 2λw
    samples       n, where the penalties are divided by it, as in λ/(2n) ‖w‖²

    Raises InputError naming the argument that does not fit.
    """
    for value, name in ((weight_decay, "weight-decay"), (l1, "l1")):
        if not isinstance(value, Node) and value < 0:
            raise InputError(f"{name}: {value} is negative; a penalty is not")
    by_l2, by_l1 = (isinstance(value, Node) or value != 0 for value in (weight_decay, l1))
    if not by_l2 and not by_l1:
        raise InputError("weight-decay: no penalty at all; give --weight-decay 0.1, --l1 0.1 or both")
    if samples is not None and not isinstance(samples, Node):
        whole(samples, "samples")
    if gradient is not None:
        _check_shapes(w, gradient)
    single = len(w.parts) == 1
    key = by_l2, by_l1, half or not by_l2, samples is not None
    work = Work(
        w=w.parts[0] if single else None, W=None if single else dict(enumerate(w.parts, 1)),
        k=None if single else len(w.parts), L_data=loss, **{"lambda": weight_decay if by_l2 else None},
        mu=l1 if by_l1 else None, n=samples,
        g=None if gradient is None else gradient.parts[0] if single else dict(enumerate(gradient.parts, 1)),
    )  # fmt: skip
    work.called(
        w="weights", W="weights", k="layers", L_data="data loss", mu="L1", n="samples", g="gradient of the data loss"
    )
    work.called(**{"lambda": "L2"})
    if by_l2:
        work.let("Q", _SQUARES[single], "‖w‖²: every weight squared, added up; no root")
    if by_l1:
        work.let("A", _SIZES[single], "‖w‖₁: the sizes added up")
    work.let("P", _PENALTY[key], _stated(by_l2, by_l1, half))
    work.let("J", "L_data + P", "what is minimised")
    words = {"penalty": "P", "total": "J"}
    words |= _gradients(work, _SLOPE[key], gradient is not None, len(w.parts))
    _read(work, by_l2, by_l1, half, samples is not None)
    return work.answer(words)


def _gradients(work: Work, slopes: tuple[str, str], by_data: bool, count: int) -> dict[str, str]:
    why = "the penalty's gradient"
    zero = "; sign(0) is taken as 0" if "sign" in slopes[0] else ""
    if count == 1:
        work.let("dP_dw", slopes[0], why + zero, gradient_of=("P", "w"))
        if by_data:
            work.let("dJ_dw", "g + dP_dw", "the data's gradient added")
            return {"penalty-gradient": "dP_dw", "gradient": "dJ_dw"}
        return {"penalty-gradient": "dP_dw"}
    words = {}
    for layer in range(1, count + 1):
        work.let("p[l]", slopes[1], f"{why} by layer {layer}'s weights{zero}", gradient_of=("P", "W[l]"), l=layer)
        words[f"penalty-gradient-{layer}"] = f"p[{layer}]"
        if by_data:
            work.let("G[l]", "g[l] + p[l]", "the data's gradient added", l=layer)
            words[f"gradient-{layer}"] = f"G[{layer}]"
    return words


def _stated(by_l2: bool, by_l1: bool, half: bool) -> str:
    if by_l1 and not by_l2:
        return "the penalty"
    kind = "the elastic net's penalty" if by_l1 else "the penalty"
    return f"{kind}, with the 1/2 (--no-half: without)" if half else f"{kind}, without a 1/2 (--half: with one)"


def _read(work: Work, by_l2: bool, by_l1: bool, half: bool, shared: bool) -> None:
    if by_l2:
        work.note("L2 pulls each weight in proportion to its size: large ones shrink most, none to exactly 0.")
    if by_l1:
        work.note("L1 pulls every weight alike, whatever its size: small ones go to exactly 0, so w gets sparse.")
    if shared:
        return
    priors = []
    if by_l2:
        priors.append(f"a Gaussian prior of variance 1/{'λ' if half else '(2λ)'}")
    if by_l1 and not by_l2:
        priors.append("a Laplace prior of scale 1/μ")
    if len(priors) == 1 and not (by_l1 and by_l2):
        work.note(f"If the data loss is −log p(data | w), the penalty is {priors[0]} on each weight (MAP).")


def _check_shapes(w: Vectors, gradient: Vectors) -> None:
    if len(w.parts) != len(gradient.parts):
        raise InputError(f"gradient has {len(gradient.parts)} parts, w has {len(w.parts)}: give one for each layer")
    for layer, (mine, other) in enumerate(zip(w.parts, gradient.parts, strict=True), 1):
        if mine.shape != other.shape:
            raise InputError(f"gradient: part {layer} is {shape_text(other.shape)}, w's is {shape_text(mine.shape)}")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two or three small weights, sometimes of two layers."""

    def row(count: int) -> str:
        return ", ".join(str(rng.choice([-3, -2, -1, 1, 2, 3])) for _ in range(count))

    count = rng.randint(2, 3)
    layers = rng.random() < 0.2
    given: dict[str, Any] = {"w": f"{row(2)}; {row(2)} | {row(2)}" if layers else row(count)}
    given["loss"] = rng.choice(["0.5", "2", "1.2"])
    kind = rng.choice(["l2", "l2", "l1", "both"])
    if kind != "l1":
        given["weight_decay"] = rng.choice(["0.1", "0.5", "0.01"])
    if kind != "l2":
        given["l1"] = rng.choice(["0.1", "0.2", "1"])
    if rng.random() < 0.4:
        given["half"] = False
    if rng.random() < 0.2:
        given["samples"] = 10
    if rng.random() < 0.5:
        given["gradient"] = f"{row(2)}; {row(2)} | {row(2)}" if layers else row(count)
    return given


def reference(
    w: Vectors, weight_decay: Any = 0, l1: Any = 0, loss: Any = 0, gradient: Vectors | None = None,
    half: bool = True, samples: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Torch: the penalty by norms of the flattened weights, its gradient by autograd."""
    import torch

    parts = [torch.tensor([float(v) for v in part.flat], dtype=torch.float64) for part in w.parts]
    flat = torch.cat(parts).requires_grad_()
    size = float(samples or 1)
    l2 = torch.linalg.vector_norm(flat) ** 2 * float(weight_decay) / (2 if half else 1)
    penalty = (l2 + float(l1) * torch.linalg.vector_norm(flat, 1)) / size
    penalty.backward()
    assert flat.grad is not None
    found: dict[str, Any] = {"penalty": penalty, "total": penalty + float(loss)}
    pieces = torch.split(flat.grad, [len(part) for part in parts])
    for place, piece in enumerate(pieces, 1):
        end = "" if len(parts) == 1 else f"-{place}"
        found["penalty-gradient" + end] = piece
        if gradient is not None:
            found["gradient" + end] = piece + torch.tensor([float(v) for v in gradient.parts[place - 1].flat])
    return found
