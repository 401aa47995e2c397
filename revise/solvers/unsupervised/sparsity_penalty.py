"""Sparsity penalty, KL(ρ || ρ̂) or L1, of hidden units; its gradient."""

from math import isfinite
from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Number, Vector
from revise.solution import Solution, Work
from revise.solvers.unsupervised._encoder import by_dimension, by_word, numbers
from revise.solvers.unsupervised._sparsity_formulas import BY_ABSOLUTE, SLIPS, SLOPE, SUM, TERM

SERVES: dict[str, dict[str, object]] = {"sparsity-penalty": {}}
SOURCE = "Ng 2011, CS294A lecture notes, 'Autoencoders and sparsity'; L1: Goodfellow et al. 2016, section 14.2.1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Ng: KL(ρ || ρ̂) of one unit, and the term that backpropagation adds, β(−ρ/ρ̂ + (1 − ρ)/(1 − ρ̂))
    (
        {"rho": "r", "rho_hat": "q", "weight": "b"},
        {
            "penalty": "b*(r*log(r/q) + (1 - r)*log((1 - r)/(1 - q)))",
            "gradient": "b*(-r/q + (1 - r)/(1 - q))",
        },
    ),
    # the same: it is 0 where ρ̂ = ρ, in the notes' figure with ρ = 0.2
    ({"rho": "0.2", "rho_hat": "0.2, 0.2"}, {"penalty": 0, "gradient 1": 0}),
    # Cover & Thomas 2006, example 2.3.1 with r = 1/2 and s = 1/4: 1 − 1/2 log₂ 3 = 0.2075 bit, here in nats
    ({"rho": "1/2", "rho_hat": "1/4"}, {"penalty": 0.14384103622589042}),
]
DOMAIN = {"rho": (0, 1), "rho_hat": (0, 1), "h": (0, 1)}


def solve(
    rho: Number | None = None,
    rho_hat: Vector | Number | None = None,
    activations: Matrix | None = None,
    penalty: Literal["kl", "l1"] = "kl",
    weight: Number = 1,
    reduction: Literal["mean", "sum"] = "mean",
) -> Solution:
    """One term for each hidden unit, their sum times the weight, and the gradient that backpropagation adds.

    rho          the activation wanted on average, as 0.05 (kl only)
    rho_hat      the mean activation of each hidden unit, over the training set; or else
    activations  one example a row, one hidden unit a column; the means are worked out
    penalty      kl: ∑ KL(ρ || ρ̂ⱼ) of two Bernoulli distributions; l1: ∑ |h|
    weight       β, or λ of the L1 penalty
    reduction    of l1 over the examples: `mean` or `sum`; the units are always added

    Raises InputError naming the argument that does not fit, and the unit whose mean makes the penalty infinite.
    """
    numbers("weight", weight)
    if not isinstance(weight, Node) and weight < 0:
        raise InputError(f"weight: {weight} would reward what it should punish; it is not negative")
    if activations is not None:
        _check_finite(activations)
    if penalty == "l1":
        if activations is None or rho is not None or rho_hat is not None:
            wrong = "activations" if activations is None else "rho" if rho is not None else "rho-hat"
            raise InputError(f"{wrong}: --penalty l1 takes --activations and neither --rho nor --rho-hat")
        return _absolute(activations, weight, reduction)
    if rho is None:
        raise InputError("rho: give the activation wanted on average, as --rho 0.05")
    if (rho_hat is None) == (activations is None):
        raise InputError("rho-hat: give --rho-hat or --activations, one of the two")
    _check_between("rho", rho, "")
    return _divergence(rho, rho_hat, activations, weight)


def _divergence(rho: Any, rho_hat: Any, activations: Array | None, weight: Any) -> Solution:
    weighted = isinstance(weight, Node) or weight != 1
    beta = weight if weighted else None
    if activations is None:
        means = by_dimension(numbers("rho_hat", rho_hat), 1)
        work = Work(rho=rho, rho_hat=means, beta=beta)
    else:
        rows = activations.nested()
        means = {j: rows[0][j - 1] for j in range(1, len(rows[0]) + 1)}
        work = Work(
            rho=rho, beta=beta, m=len(rows),
            h={(i, j): entry for i, row in enumerate(rows, 1) for j, entry in enumerate(row, 1)},
        )  # fmt: skip
        for j in means:
            why = "the unit's mean over the examples"
            work.let("rho_hat[j]", "sum(h[i,j] for i in 1..m)/m", why, table="the hidden units", j=j)
    work.called(rho="sparsity wanted", rho_hat="mean activations", beta="weight", h="activations", m="examples")
    for j in means:
        _check_between("rho_hat" if activations is None else "activations", work.env["rho_hat"][j], f"unit {j}")
    for j in means:
        work.let(
            "k[j]", TERM,
            "KL(ρ || ρ̂ⱼ): a unit that is on with probability ρ against one with ρ̂ⱼ", table="the hidden units", j=j,
        )  # fmt: skip
    why = "the units' divergences added" + (", times the weight" if weighted else "") + "; natural logarithm"
    work.let("Omega", SUM[weighted], why, holds="Omega >= -1/10^12", s=len(means))
    for j in means:
        work.let(
            "dOmega_drho_hat[j]", SLOPE[weighted],
            "below 0 where the unit is on too rarely: descent raises ρ̂ⱼ", table="gradient",
            gradient_of=("Omega", "rho_hat[j]"), j=j,
        )  # fmt: skip
    words = {"gradient": "dOmega_drho_hat"}
    if activations is not None:
        for j in means:
            work.let(
                "dOmega_dh[i,j]", "1/m*dOmega_drho_hat[j]",
                "of the first example's activation; the same for every example, for ρ̂ⱼ is their mean",
                table="on to one activation", gradient_of=("Omega", "h[i,j]"), i=1, j=j,
            )  # fmt: skip
    return work.answer({"penalty": "Omega"} | by_word(words, len(means)))


def _absolute(activations: Array, weight: Any, reduction: str) -> Solution:
    count = activations.shape[0]
    mean = reduction == "mean" and count > 1
    weighted = isinstance(weight, Node) or weight != 1
    work = Work(H=activations, **{"lambda": weight if weighted or mean else None}, m=count if mean else None)
    work.called(H="activations, one example a row", m="examples", **{"lambda": "weight"})
    work.let("A", "sum(abs(H))", "the absolute values of all entries added")
    total, slope = BY_ABSOLUTE["mean" if mean else "weighted" if weighted else "plain"]
    how = "the mean over the examples, times the weight" if mean else "added, not averaged" if count > 1 else ""
    work.let("Omega", total, how or ("times the weight" if weighted else "the penalty"))
    why = "the slope of |h| is the sign of h: as steep for a small h as for a large one"
    work.let("dOmega_dH", slope, why, gradient_of=("Omega", "H"))
    if any(entry == 0 for entry in activations.flat if not isinstance(entry, Node)):
        work.note("At h = 0 there is no derivative; 0 is taken there, as PyTorch does. The pull to 0 is done.")
    if any(isinstance(entry, Node) for entry in activations.flat):
        work.note("Letters are taken to be positive.")
    return work.answer(penalty="Omega", gradient="dOmega_dH")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which there are depends on the penalty."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in SLIPS
    }


def _check_between(name: str, number: Any, unit: str) -> None:
    if isinstance(number, Node):
        numbers(name, number)
        return
    if not 0 < number < 1:
        where = f"{unit} has the mean {number}" if unit else f"{number}"
        raise InputError(f"{name.replace('_', '-')}: {where}; it lies between 0 and 1, at the ends log 0 has no bound")


def _check_finite(activations: Array) -> None:
    if len(activations.flat) > 4096:
        raise InputError(f"activations: {len(activations.flat):,} numbers; at most 4,096 are worked out")
    for entry in activations.flat:
        if not isinstance(entry, Node) and (not isfinite(entry) or abs(entry) > 1e100):
            raise InputError("activations: its numbers must be finite and below 1e100")
        numbers("activations", entry)


def sample(rng: Random) -> dict[str, Any]:
    """Two or three units, means in tenths; a third from the activations of a few examples, a third L1."""
    units, weight, kind = rng.randint(2, 3), rng.choice([1, 3, "0.1", "1/2"]), rng.random()
    if kind < 0.4:
        means = ", ".join(str(rng.randint(1, 9) / 10) for _ in range(units))
        return {"rho": rng.choice(["0.05", "0.1", "0.2", "1/2"]), "rho_hat": means, "weight": weight}
    rows = [[rng.randint(-9 if kind > 0.7 else 1, 9) / 10 for _ in range(units)] for _ in range(rng.randint(1, 3))]
    typed = "; ".join(", ".join(map(str, row)) for row in rows)
    if kind < 0.7:
        return {"rho": rng.choice(["0.05", "0.1", "0.2"]), "activations": typed, "weight": weight}
    reduction = rng.choice(["mean", "sum"])
    return {"activations": typed, "penalty": "l1", "weight": weight, "reduction": reduction}


def reference(
    rho: Any = None, rho_hat: Any = None, activations: Any = None, penalty: str = "kl", weight: Any = 1,
    reduction: str = "mean",
) -> dict[str, Any]:  # fmt: skip
    """Torch's kl_divergence of two Bernoulli, or its L1 norm; the gradients by autograd."""
    import torch

    law: Any = torch.distributions
    scale = float(weight)
    if penalty == "l1":
        rows = [[float(entry) for entry in row] for row in activations.nested()]
        batch = torch.tensor(rows, dtype=torch.float64, requires_grad=True)
        sums = torch.linalg.vector_norm(batch, ord=1, dim=1)
        loss = scale * (sums.mean() if reduction == "mean" else sums.sum())
        return {"penalty": loss.item(), "gradient": torch.autograd.grad(loss, batch)[0]}
    if activations is None:
        means = torch.tensor([float(entry) for entry in entries(rho_hat)], dtype=torch.float64)
    else:
        means = torch.tensor([[float(e) for e in row] for row in activations.nested()], dtype=torch.float64).mean(0)
    means.requires_grad_()
    wanted = law.Bernoulli(probs=torch.full_like(means, float(rho)))
    loss = scale * law.kl_divergence(wanted, law.Bernoulli(probs=means)).sum()
    slopes = torch.autograd.grad(loss, means)[0].tolist()
    ends = [f" {j}" if len(slopes) > 1 else "" for j in range(1, len(slopes) + 1)]
    return {"penalty": loss.item()} | {"gradient" + end: slope for end, slope in zip(ends, slopes, strict=True)}
