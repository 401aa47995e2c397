"""Weight decay by hand: updates with an L2, an L1 or both penalties."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector, whole
from revise.solution import Solution, Work
from revise.solvers.optimisation._norm_rows import slips
from revise.solvers.optimisation._weight_decay_formulas import (
    BOTH,
    FACTOR,
    L1,
    L2,
    NEW,
    SLIPS,
    THRESHOLD,
)

SERVES: dict[str, dict[str, object]] = {"weight-decay": {}}
SOURCE = "Goodfellow et al. 2016, Deep learning, section 7.1, equations 7.4, 7.5, 7.20; Nielsen 2015, chapter 3"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Goodfellow et al., equation 7.5: w ← (1 − εα)w − ε∇J
    (
        {"w": "w", "gradient": "d", "lr": "h", "weight_decay": "a"},
        {"w-new": ["(1 - h*a)*w - h*d"], "factor": "1 - h*a"},
    ),
    # Nielsen 2015, chapter 3: w → (1 − ηλ/n)w − η ∂C₀/∂w with λ/2n in the cost
    (
        {"w": "w", "gradient": "d", "lr": "h", "weight_decay": "l", "samples": "n"},
        {"w-new": ["(1 - h*l/n)*w - h*d"]},
    ),
    # Zhang et al., Dive into deep learning, section 3.7: w ← (1 − ηλ)w − η·gradient, with their lr 0.01 and λ = 3
    ({"w": "1", "lr": "0.01", "weight_decay": 3}, {"factor": "0.97", "w-new": ["0.97"]}),
]
MISTAKES = {
    "lambda_n": {"not divided by n": "lambda"},
    "f": {
        "λ is not multiplied by the learning rate": "1 - lambda",
        "the sign is turned: weights grow": "1 + eta*lambda",
    },
}


def solve(
    w: Vector,
    lr: Number,
    weight_decay: Number = 0,
    l1: Number = 0,
    gradient: Vector | None = None,
    half: bool = True,
    samples: Number | None = None,
    steps: Number = 1,
    l1_step: Literal["subgradient", "proximal"] = "subgradient",
) -> Solution:
    """w ← w − η(∂L/∂w + λw), the same as (1 − ηλ)w − η ∂L/∂w; with an L1 penalty μ sign(w) in its place or beside it.

    w             the weights; biases are not decayed as a rule: leave them out
    lr            η, the learning rate
    weight_decay  λ of the L2 penalty
    l1            μ of the L1 penalty μ‖w‖₁
    gradient      ∂L/∂w of the data's loss, one for each weight; 0 where it is not given
    half          the penalty is λ/2 ‖w‖², gradient λw (PyTorch's weight_decay); --no-half: λ‖w‖², gradient 2λw
    samples       n, where the penalty is divided by it: λ/(2n) ‖w‖²
    steps         how many updates, all with the same data gradient
    l1_step       `subgradient` takes sign(w), 0 at 0; `proximal` pulls towards 0 by ημ and stops there

    Raises InputError naming the argument that does not fit.
    """
    count = len(w.flat)
    if gradient is not None and len(gradient.flat) != count:
        raise InputError(f"gradient: {len(gradient.flat)} numbers for {count} weights; give one for each")
    for value, name in ((weight_decay, "weight-decay"), (l1, "l1"), (lr, "lr")):
        if not isinstance(value, Node) and value < 0:
            raise InputError(f"{name}: {value} is negative; a {'learning rate' if name == 'lr' else 'penalty'} is not")
    by_l2, by_l1 = (isinstance(value, Node) or value != 0 for value in (weight_decay, l1))
    if not by_l2 and not by_l1:
        raise InputError("weight-decay: no penalty at all; give --weight-decay 0.1, --l1 0.1 or both")
    if l1_step == "proximal" and not by_l1:
        raise InputError("l1-step: it needs an L1 penalty, as --l1 0.1")
    if samples is not None and not isinstance(samples, Node):
        whole(samples, "samples")
    if (last := whole(steps, "steps")) > 200:
        raise InputError(f"steps: {last} is more than the 200 that are worked out")
    g = gradient if gradient is not None else Array((count,), (0,) * count)
    work = Work(w=w, g=g, eta=lr, n=samples, **{"lambda": weight_decay if by_l2 else None}, mu=l1 if by_l1 else None)
    work.called(w="weights", g="∂L/∂w of the data", eta="learning rate", n="samples", mu="L1")
    work.called(**{"lambda": "L2"})
    shared = samples is not None
    if shared and by_l2:
        work.let("lambda_n", "lambda/n", "the penalty is divided by the samples")
    if shared and by_l1:
        work.let("mu_n", "mu/n", "the L1 penalty too")
    work.note(_stated(by_l2, by_l1, half, shared))
    proximal = l1_step == "proximal"
    if by_l2:
        why = "what is left of a weight in each step without a data gradient"
        work.let("f", FACTOR[half, shared], why)
        _warn(work)
    if proximal:
        work.let("tau", THRESHOLD[shared], "soft threshold: how far L1 pulls in each step")
    for t in range(1, last + 1):
        _step(work, (by_l2, by_l1), half, shared, proximal, t if last > 1 else 0)
    new = "w" if last > 1 else "w_new"
    _closing(work, by_l2, by_l1, proximal)
    words = {"w-new": new} | ({"factor": "f"} if by_l2 else {})
    return work.answer(words if proximal else {"gradient": "G", **words})


def _step(work: Work, by: tuple[bool, bool], half: bool, shared: bool, proximal: bool, t: int) -> None:
    by_l2, by_l1 = by
    first, new, again = t <= 1, "w" if t else "w_new", t > 0
    number = f"step {t}: " if t else ""
    if proximal:
        u = "f*w - eta*g" if by_l2 else "w - eta*g"
        why = "the step without L1" + ("; (1 − ηλ)w is the L2 part" if by_l2 and first else "")
        work.let("u", u, number + why, update=not first)
        why = "pulled towards 0 by τ, and not beyond"
        work.let(new, "sign(u) .* relu(abs(u) - tau)", number + why, update=again)
        return
    if by_l2 and by_l1:
        formula, why = BOTH[half, shared], "data, L2 and L1 together"
    elif by_l2:
        formula, why = L2[half, shared], "data and penalty together"
    else:
        formula, why = L1[shared], "data and penalty together; the sign only, however large the weight"
    work.let("G", formula, number + why, update=not first)
    if by_l2 and not by_l1 and not again:
        why = "downhill; the same as f w − η g: the weight shrinks, then the data's step"
        work.let(new, NEW, why, holds="w_new = f*w - eta*g")
    else:
        work.let(new, NEW, number + "downhill", update=again)


def _stated(by_l2: bool, by_l1: bool, half: bool, shared: bool) -> str:
    n = "n" if shared else ""
    square = f"λ/{'(2n)' if n else '2'} ‖w‖²" if half else f"λ{'/n' if n else ''} ‖w‖²"
    slope = f"{'' if half else '2'}λ{'/n' if n else ''} w"
    one = f"μ{'/n' if n else ''} ‖w‖₁"
    if by_l2 and by_l1:
        both = f"{slope} + μ{'/n' if n else ''} sign(w)"
        return f"Elastic net: {square} + {one} is added to the loss; its gradient is {both}."
    if by_l1:
        return f"{one} is added to the loss; its gradient is μ{'/n' if n else ''} sign(w), taken as 0 at w = 0."
    other = "--no-half for λ ‖w‖²" if half else "--half for λ/2 ‖w‖²"
    return f"{square} is added to the loss; its gradient is {slope} ({other})."


def _warn(work: Work) -> None:
    factor = work.env["f"]
    if not isinstance(factor, Node) and abs(factor) >= 1 and factor != 1:
        work.note("The factor is not between −1 and 1: with this λ and η the weights grow.")
    elif not isinstance(factor, Node) and factor <= 0:
        work.note("The factor is not positive: with this λ and η a weight jumps over 0 or onto it.")


def _closing(work: Work, by_l2: bool, by_l1: bool, proximal: bool) -> None:
    if by_l2:
        work.note("L2 takes the same share of every weight, so large ones lose most and none becomes exactly 0.")
    if by_l1:
        end = (
            "many end exactly at 0"
            if proximal
            else "small ones reach 0 first (and may step over it: --l1-step proximal)"
        )
        work.note(f"L1 takes the same amount from every weight: {end}.")
    if by_l2:
        work.note(
            "With plain SGD, L2 and decoupled decay are the same. With Adam they are not: AdamW subtracts ηλw apart "
            "from the scaled gradient."
        )


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """One to three small weights, an easy rate and penalty."""
    count = rng.randint(1, 3)
    given: dict[str, Any] = {
        "w": ", ".join(str(rng.choice([-3, -2, -1, 1, 2, 4])) for _ in range(count)),
        "lr": rng.choice(["0.1", "0.5", "1/4"]),
    }
    kind = rng.choice(["l2", "l2", "l1", "both"])
    if kind != "l1":
        given["weight_decay"] = rng.choice(["0.1", "0.2", "0.5"])
    if kind != "l2":
        given["l1"] = rng.choice(["0.1", "0.2", "1"])
        given["l1_step"] = rng.choice(["subgradient", "proximal"])
    if rng.random() < 0.7:
        given["gradient"] = ", ".join(str(rng.randint(-2, 2)) for _ in range(count))
    if rng.random() < 0.25:
        given["half"] = False
    if rng.random() < 0.2:
        given["samples"] = 10
    if rng.random() < 0.25:
        given["steps"] = 2
    return given


def reference(
    w: Array, lr: Any, weight_decay: Any = 0, l1: Any = 0, gradient: Any = None, half: bool = True,
    samples: Any = None, steps: Any = 1, l1_step: str = "subgradient",
) -> dict[str, Any]:  # fmt: skip
    """Torch: autograd through the penalised loss, steps by its SGD; the proximal step by softshrink."""
    import torch

    size = float(samples or 1)
    l2, mu, rate = float(weight_decay) / size, float(l1) / size, float(lr)
    now = torch.tensor([float(v) for v in w.flat], dtype=torch.float64, requires_grad=True)
    slope = torch.tensor([float(v) for v in gradient.flat] if gradient is not None else [0.0] * len(now)).double()
    optimiser = torch.optim.SGD([now], lr=rate)
    for _ in range(int(steps)):
        optimiser.zero_grad()
        penalty = (0.5 if half else 1) * l2 * now.pow(2).sum()
        if l1_step != "proximal":
            penalty = penalty + mu * now.abs().sum()
        (now @ slope + penalty).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if l1_step == "proximal":
            with torch.no_grad():
                now.copy_(torch.nn.functional.softshrink(now, rate * mu))
    return {"w-new": now.detach()}
