"""Binary cross-entropy of probabilities or logits, with its gradient."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number
from revise.solution import Solution, Work
from revise.solvers.foundations import _bce_formulas as formulas
from revise.solvers.foundations._distributions import check_probabilities, shown
from revise.solvers.foundations._loss_rows import check_numbers, check_size, single_column, slips

SERVES: dict[str, dict[str, object]] = {"bce": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.2.2.2; torch.nn.BCEWithLogitsLoss (pos_weight)"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Keras, BinaryCrossentropy: from logits 0.865 (newer pages cut it to 0.8654); 0.916 and 0.714 are means of two
    # probabilities each
    ({"target": "0, 1, 0, 0", "logits": "-18.6, 0.51, 2.94, -12.8"}, {"loss": "0.865"}),
    ({"target": "0, 1", "probabilities": "0.6, 0.4"}, {"loss": "0.916"}),
    ({"target": "0, 0", "probabilities": "0.4, 0.6"}, {"loss": "0.714"}),
    # Jurafsky & Martin, Speech and Language Processing (3rd ed. draft), section 5.5: p = 0.70; 0.36 if the review is
    # positive, 1.2 if it is not
    ({"target": "1", "probabilities": "0.7"}, {"loss": "0.36"}),
    ({"target": "0", "probabilities": "0.7"}, {"loss": "1.2"}),
    # Goodfellow et al., equation 6.26: the loss is softplus((1 − 2y)z)
    ({"target": "1", "logits": "z"}, {"loss": "softplus(-z)"}),
    ({"target": "0", "logits": "z"}, {"loss": "softplus(z)"}),
]
DOMAIN = {"p": (0, 1), "y": (0, 1)}

_FAR = 16  # logits beyond: 1 − σ(z) loses digits, the loss is worked out without it
_FARTHEST = 600  # and σ(−z) gets too small for a number


def solve(
    target: Matrix,
    logits: Matrix | None = None,
    probabilities: Matrix | None = None,
    reduction: Literal["mean", "sum"] = "mean",
    pos_weight: Number = 1,
) -> Solution:
    """L = −(y log p + (1 − y) log(1 − p)) with p = σ(z), natural logarithm; over a batch; its gradient p − y.

    target         y of each example: 0 or 1, or a share between them: "1", "0, 1, 0"
    logits         the scores z before the sigmoid, one an example
    probabilities  instead of logits: p, the probability of class 1
    reduction      over a batch: its mean, or the sum
    pos-weight     a factor w of the terms with y = 1 (more than 1: positives count more)

    Raises InputError naming the argument: a probability or a target outside 0 to 1, log 0.
    """
    if (logits is None) == (probabilities is None):
        raise InputError("logits: give either --logits or --probabilities, one of the two")
    given, name = (logits, "logits") if probabilities is None else (probabilities, "probabilities")
    assert given is not None
    values, goals = single_column(name, given), single_column("target", target)
    check_size(name, len(values), 1)
    if len(goals) != len(values):
        raise InputError(f"target: {len(goals)} target{'s' * (len(goals) != 1)} for {len(values)} {name}")
    _check(values, goals, name, pos_weight)
    one, count = len(values) == 1, len(values)
    plain = not isinstance(pos_weight, Node) and pos_weight == 1
    work = Work(
        **{"z" if probabilities is None else "p": values[0] if one else dict(enumerate(values, 1))},
        y=goals[0] if one else dict(enumerate(goals, 1)),
        w=None if plain else pos_weight,
        N=None if one else count,
    )
    work.called(z="logits", p="probabilities", y="targets", w="positive weight", N="examples")
    if one:
        work.called(z="logit", p="probability", y="target")
    far = set()
    if probabilities is None:
        far = {n for n, (z, y) in enumerate(zip(values, goals, strict=True), 1) if _is_far(z, y)}
        for n in range(1, count + 1):
            why = "the probability of class 1"
            if one:
                work.let("p", "sigmoid(z)", why)
            else:
                work.let("p[n]", "sigmoid(z[n])", why, table="probabilities", n=n)
            if (work.env["p"] if one else work.env["p"][n]) in (0, 1):  # rounded, with --round-steps
                far.add(n)
    _losses(work, goals, plain, far, one)
    if not one:
        why = "the batch: the mean of its losses" if reduction == "mean" else "the batch: its losses added up"
        work.let("L", formulas.TOTAL[reduction], why)
    kind = "" if one else reduction
    _gradients(work, goals, plain, kind, probabilities is None)
    started = plain and not work.letters
    if started:
        why = "to compare: p = 1/2, as at the start of training" + (", of each example" if kind == "sum" else "")
        work.let("L0", "-log(1/2)", why)
    source = "z" if probabilities is None else "p"
    words = {"loss": "L"} | ({"start": "L0"} if started else {})
    if one:
        return work.answer(
            words | ({"probability": "p"} if source == "z" else {}) | {"gradient": f"dL_d{source}"}
        )  # fmt: skip
    for n in range(1, count + 1):
        words |= {f"loss-{n}": f"l[{n}]", f"gradient-{n}": f"dL_d{source}[{n}]"}
    return work.answer(words)


def _is_far(z: Any, y: Any) -> bool:
    if isinstance(z, Node):
        return False
    return bool(abs(z) > _FAR and not (not isinstance(y, Node) and y == 1 and -_FARTHEST < z < 0))


def _losses(work: Work, goals: tuple[Any, ...], plain: bool, far: set[int], one: bool) -> None:
    for n, goal in enumerate(goals, 1):
        if n not in far:
            kind = goal if not isinstance(goal, Node) and goal in (0, 1) else None
            pair, why = (
                formulas.LOSS[kind, plain],
                formulas.WHY[kind] + ("" if plain else "; w weighs the positive term"),
            )
            if one:
                work.let("L", pair[0], why)
            else:
                work.let("l[n]", pair[1], why, table="losses", n=n)
    for n, goal in enumerate(goals, 1):
        if n in far:
            kind = goal if not isinstance(goal, Node) and goal in (0, 1) else None
            if one:
                work.let("L", formulas.FROM_LOGIT[kind, plain][0], formulas.FAR_WHY[kind])
            else:
                work.let(
                    "l[n]",
                    formulas.FROM_LOGIT[kind, plain][1],
                    formulas.FAR_WHY[kind],
                    table="losses of logits far from 0",
                    n=n,
                )


def _gradients(work: Work, goals: tuple[Any, ...], plain: bool, kind: str, by_logit: bool) -> None:
    of_mean = "; 1/N for the mean" if kind == "mean" else ""
    for n, goal in enumerate(goals, 1):
        if by_logit:
            name, formula = "dL_dz", formulas.BY_LOGIT[plain, kind]
            why = "prediction minus target: σ′ cancels" if plain else "p − y with the positive term weighted"
        else:
            case = goal if not isinstance(goal, Node) and goal in (0, 1) else None
            name, formula = "dL_dp", formulas.BY_PROBABILITY[case, plain, kind]
            why = {1: "y = 1: of −log p", 0: "y = 0: of −log(1 − p)", None: "of both terms"}[case]
        source = name[-1]
        if kind:
            work.let(
                f"{name}[n]", formula, why + of_mean, table="gradient", gradient_of=("L", f"{source}[n]"), n=n
            )  # fmt: skip
        else:
            work.let(name, formula, why, gradient_of=("L", source))


def _check(values: tuple[Any, ...], goals: tuple[Any, ...], name: str, weight: Any) -> None:
    if name == "logits":
        check_numbers(name, values)
    else:
        check_probabilities(name, values)
    for place, goal in enumerate(goals, 1):
        if not isinstance(goal, Node) and not 0 <= goal <= 1:
            which = f"entry {place}: " if len(goals) > 1 else ""
            raise InputError(f"target: {which}{shown(goal)} is no target; they are 0 or 1, or lie between")
    check_numbers("target", goals)
    check_numbers("pos-weight", [weight])
    if not isinstance(weight, Node) and weight <= 0:
        raise InputError(f"pos-weight: a weight is above 0, not {shown(weight)}")
    for place, (value, goal) in enumerate(zip(values, goals, strict=True), 1):
        if name == "logits" or isinstance(value, Node) or 0 < value < 1:
            continue
        if isinstance(goal, Node) or goal != value:
            which = f"entry {place} is" if len(values) > 1 else "it is"
            raise InputError(
                f"probabilities: {which} {shown(value)} where the target is {shown(goal)}: −log 0 has no bound, "
                "the loss is infinite"
            )


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on the targets."""
    return slips(solution, formulas.SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """One to four examples in tenths or whole logits; some with a soft target or a weight."""
    count = rng.choice([1, 1, 2, 3, 4])
    given: dict[str, Any] = {}
    if rng.random() < 0.5:
        given["logits"] = ", ".join(rng.choice(["-2", "-1", "0", "1", "2", "3", "1/2"]) for _ in range(count))
    else:
        given["probabilities"] = ", ".join(f"0.{rng.randint(1, 9)}" for _ in range(count))
    kinds = ["0", "1"] if rng.random() < 0.8 else ["0", "1", "1/4", "0.9"]
    given["target"] = ", ".join(rng.choice(kinds) for _ in range(count))
    if rng.random() < 0.3:
        given["reduction"] = "sum"
    if rng.random() < 0.2:
        given["pos_weight"] = rng.choice(["2", "3", "1/2"])
    return given


def reference(
    target: Any, logits: Any = None, probabilities: Any = None, reduction: str = "mean", pos_weight: Any = 1
) -> dict[str, Any]:
    """Torch's binary_cross_entropy_with_logits, or of probabilities its entries weighted; autograd."""
    import torch
    from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

    def vector(value: Array) -> Any:
        return torch.tensor([float(entry) for entry in value.flat], dtype=torch.float64)

    goal, weight = vector(target), torch.tensor(float(pos_weight), dtype=torch.float64)
    if probabilities is None:
        x = vector(logits).requires_grad_()
        each = binary_cross_entropy_with_logits(x, goal, pos_weight=weight, reduction="none")
    else:
        x = vector(probabilities).requires_grad_()
        ones, zeros = torch.ones_like(goal), torch.zeros_like(goal)
        each = weight * goal * binary_cross_entropy(x, ones, reduction="none")
        each = each + (1 - goal) * binary_cross_entropy(x, zeros, reduction="none")
    loss = each.mean() if reduction == "mean" else each.sum()
    slope = torch.autograd.grad(loss, x)[0]
    found = {"loss": loss, "start": float(torch.log(torch.tensor(2.0, dtype=torch.float64)))}
    if len(x) == 1:
        return found | {"probability": torch.sigmoid(x[0]), "gradient": slope[0]}
    for n in range(len(x)):
        found |= {f"loss-{n + 1}": each[n], f"gradient-{n + 1}": slope[n]}
    return found
