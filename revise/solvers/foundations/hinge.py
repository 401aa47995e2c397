"""Hinge loss of scores: multi-class SVM or labels ±1, with gradient."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number
from revise.solution import Solution, Work
from revise.solvers.foundations import _hinge_formulas as formulas
from revise.solvers.foundations._binary_hinge import binary_hinge
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._hinge_margins import gradient, margins
from revise.solvers.foundations._loss_rows import check_numbers, check_size, classes_of, single_column, slips

SERVES: dict[str, dict[str, object]] = {"hinge": {}}
SOURCE = "Stanford CS231n, notes 'Linear classification', Multiclass SVM loss; Weston & Watkins 1999"
_SLIDE = "3.2, 5.1, -1.7; 1.3, 4.9, 2.0; 2.2, 2.5, -3.1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n lecture 3: scores of cat, car, frog for a picture of each: 2.9, 0, 12.9, their mean 5.27; at the start
    # C − 1 = 2
    (
        {"scores": _SLIDE, "target": "0, 1, 2"},
        {"loss-1": "2.9", "loss-2": 0, "loss-3": "12.9", "loss": "5.27", "start": 2},
    ),
    # CS231n notes: scores 13, −7, 11, the first class is right, Δ = 10: 0 + 8
    ({"scores": "13, -7, 11", "target": "0", "margin": 10}, {"loss": 8}),
    # the same notes, figure 'SVM vs. Softmax': 1.58
    ({"scores": "-2.85, 0.86, 0.28", "target": "2"}, {"loss": "1.58"}),
    # Keras, Hinge and SquaredHinge: 1.3 and 1.86 (labels 0 there are −1)
    ({"scores": "0.6, 0.4, 0.4, 0.6", "target": "-1, 1, -1, -1"}, {"loss": "1.3"}),
    ({"scores": "0.6, 0.4, 0.4, 0.6", "target": "-1, 1, -1, -1", "squared": True}, {"loss": "1.86"}),
    # scikit-learn, hinge_loss: 0.30…
    ({"scores": "-2.18, 2.36, 0.09", "target": "-1, 1, 1"}, {"loss": "0.30"}),
]


def solve(
    scores: Matrix,
    target: Matrix,
    margin: Number = 1,
    squared: bool = False,
    reduction: Literal["mean", "sum"] = "mean",
    per_class: bool = False,
) -> Solution:
    """Every violated margin adds to the loss: max(0, s_j − s_y + Δ) over j ≠ y; for labels ±1 max(0, Δ − y·s).

    scores     a row of scores an example, one for each class: "3.2, 5.1, -1.7"; for two classes one score an
               example: "0.5, -2"
    target     the right class of each example, counted from 0: "0"; for one score an example −1 or 1: "1, -1"
    margin     Δ
    squared    each max(0, …) is squared (L2-SVM)
    reduction  over a batch: its mean, or the sum
    per-class  each example's sum is divided by the number of classes, as torch.nn.MultiMarginLoss does

    Raises InputError naming the argument: a class out of range, a label that is not −1 or 1.
    """
    check_size("scores", *(scores.shape if min(scores.shape) > 1 else (1, len(scores.flat))))
    check_numbers("scores", scores.flat)
    check_numbers("margin", [margin])
    if not isinstance(margin, Node) and margin < 0:
        raise InputError(f"margin: Δ is not negative; {shown(margin)} is")
    binary = scores.shape[1] == 1 or (scores.shape[0] == 1 and len(target.flat) == len(scores.flat))
    if binary:
        if per_class:
            raise InputError("per-class: there is one score an example, not one for each class")
        return binary_hinge(scores.flat, target, margin, squared, reduction)
    count, classes = scores.shape
    goals = classes_of(single_column("target", target), count, classes)
    one = count == 1
    at = {(n, j): scores.flat[(n - 1) * classes + j] for n in range(1, count + 1) for j in range(classes)}
    work = Work(
        s={j: at[1, j] for j in range(classes)} if one else at,
        y=goals[0] if one else dict(enumerate(goals, 1)),
        Delta=margin,
        C=classes,
        N=None if one else count,
    )
    work.called(s="scores", y="right class", Delta="margin", C="classes", N="examples")
    numbers = not work.letters
    margins(work, goals, classes, squared)
    name = "L" if one else "l"
    why = "over the wrong classes" + (", divided by the number of classes" if per_class else "")
    for n in range(1, count + 1):
        if one:
            work.let(name, formulas.LOSS[per_class][0], why)
        else:
            work.let("l[n]", formulas.LOSS[per_class][1], why, table="losses", n=n)
    if not one:
        why = "the batch: the mean of its losses" if reduction == "mean" else "the batch: its losses added up"
        work.let("L", formulas.TOTAL[reduction], why)
    words = {"loss": "L"} | {f"loss-{n}": f"l[{n}]" for n in range(1, count + 1) if not one}
    if numbers:
        words |= gradient(work, goals, squared, per_class, "" if one else reduction)
    why = "to compare: all scores alike, as at the start of training"
    if numbers:
        work.let(
            "L0", formulas.START[squared, per_class], why + (", of each example" if reduction == "sum" else "")
        )  # fmt: skip
        words["start"] = "L0"
    return work.answer(words)


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, formulas.SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """One to three examples of three classes, or two to four scores with labels ±1."""
    given: dict[str, Any] = {}
    if rng.random() < 0.35:
        count = rng.choice([1, 2, 3, 4])
        given["scores"] = ", ".join(rng.choice(["-2", "-0.5", "0.3", "0.5", "1.2", "2"]) for _ in range(count))
        given["target"] = ", ".join(rng.choice(["-1", "1"]) for _ in range(count))
    else:
        count, classes = rng.randint(1, 3), rng.randint(3, 4)
        given["scores"] = "; ".join(
            ", ".join(rng.choice(["-3.1", "-1", "0.4", "1.3", "2", "2.5", "4.9"]) for _ in range(classes))
            for _ in range(count)
        )
        given["target"] = ", ".join(str(rng.randrange(classes)) for _ in range(count))
        given["per_class"] = rng.random() < 0.15
    if rng.random() < 0.25:
        given["squared"] = True
    if rng.random() < 0.3:
        given["reduction"] = "sum"
    if rng.random() < 0.2:
        given["margin"] = rng.choice(["2", "1/2"])
    return given


def reference(
    scores: Any, target: Any, margin: Any = 1, squared: bool = False, reduction: str = "mean", per_class: bool = False
) -> dict[str, Any]:
    """Torch's multi_margin_loss, which divides by the classes; of labels ±1 clamped; by autograd where no margin is
    just met."""
    import torch
    from torch.nn.functional import multi_margin_loss

    x = torch.tensor([[float(e) for e in row] for row in scores.nested()], dtype=torch.float64)
    labels = torch.tensor([float(e) for e in target.flat], dtype=torch.float64)
    delta, power = float(margin), 2 if squared else 1
    binary = x.shape[1] == 1 or (x.shape[0] == 1 and len(labels) == x.shape[1])
    if binary:
        x = x.flatten().requires_grad_()
        each = (delta - labels * x).clamp(min=0) ** power
        smooth = bool((delta - labels * x != 0).all())
    else:
        x.requires_grad_()
        each = multi_margin_loss(x, labels.long(), p=power, margin=delta, reduction="none")
        each = each if per_class else each * x.shape[1]
        gaps = x - x.gather(1, labels.long()[:, None]) + delta
        violated = (gaps > 0).sum(1) - (1 if delta > 0 else 0)
        smooth = bool((gaps != 0).all())
    loss = each.mean() if reduction == "mean" else each.sum()
    slope = torch.autograd.grad(loss, x)[0]
    found: dict[str, Any] = {"loss": loss} | {f"loss-{n}": value for n, value in enumerate(each, 1)}
    if not binary:
        start = delta**power * (x.shape[1] - 1) / (x.shape[1] if per_class else 1)
        found |= {"start": start} | {f"violated-{n}": count for n, count in enumerate(violated, 1)}
        found |= {"violated": violated[0]} if len(x) == 1 else {}
    if not smooth:
        return found
    if len(x) == 1:
        return found | {"gradient": slope[0]}
    return found | {f"gradient-{n}": row for n, row in enumerate(slope, 1)}
