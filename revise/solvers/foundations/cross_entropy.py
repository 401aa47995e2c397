"""Cross-entropy loss of logits or probabilities, with its gradient."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number
from revise.solution import Solution, Work
from revise.solvers.foundations._cross_entropy_formulas import SLIPS
from revise.solvers.foundations._cross_entropy_steps import Steps
from revise.solvers.foundations._distributions import LOGARITHMS, check_distributions, distribution, shown
from revise.solvers.foundations._loss_rows import (
    check_numbers,
    check_size,
    classes_of,
    has_letters,
    rows_of,
    slips,
)

SERVES: dict[str, dict[str, object]] = {"cross-entropy": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, Deep Learning, sections 6.2.2.3 and 7.5.1; torch.nn.CrossEntropyLoss"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n lecture 3: cat 3.2, car 5.1, frog −1.7. The slide of 2017 prints 0.89, which is −log₁₀ 0.13, though the
    # loss is defined with the natural logarithm; that of 2019 has 2.04
    (
        {"logits": "3.2, 5.1, -1.7", "target": "0"},
        {"probabilities": ["0.13", "0.87", "0.00"], "loss": "2.04", "start": "1.0986"},
    ),
    ({"logits": "3.2, 5.1, -1.7", "target": "0", "log_base": 10}, {"loss": "0.89"}),
    # CS231n notes, linear classification, figure 'SVM vs. Softmax': 0.016 (from rounded exponentials; it is 0.0154),
    # 0.631, 0.353 and 1.04
    (
        {"logits": "-2.85, 0.86, 0.28", "target": "2"},
        {"probabilities": ["0.015", "0.631", "0.353"], "loss": "1.04"},
    ),
    # Zhang et al., Dive into Deep Learning, section 4.4.3: 2.3026 and 0.6931
    (
        {"probabilities": "0.1, 0.3, 0.6; 0.3, 0.2, 0.5", "target": "0, 2"},
        {"loss-1": "2.3026", "loss-2": "0.6931"},
    ),
    # Keras, CategoricalCrossentropy: 1.177 for targets 0, 1, 0 and 0, 0, 1
    (
        {"probabilities": "0.05, 0.95, 0; 0.1, 0.8, 0.1", "target": "0, 1, 0; 0, 0, 1"},
        {"loss": "1.177", "loss-1": "0.0513", "loss-2": "2.303"},
    ),
]  # fmt: skip
DOMAIN = {"p": (0, 1)}


def solve(
    target: Matrix,
    logits: Matrix | None = None,
    probabilities: Matrix | None = None,
    log_base: Literal["e", 2, 10] = "e",
    reduction: Literal["mean", "sum"] = "mean",
    label_smoothing: Number = 0,
    smoothing: Literal["all", "others"] = "all",
    stable: bool = True,
) -> Solution:
    """L = −log p of the target class (−∑ t log p of a soft target), over a batch, and its gradient p − t.

    target           the class of each example, counted from 0: "0", "0, 2"; or a row of probabilities an example
    logits           scores z before the softmax, a row an example: "3.2, 5.1, -1.7"
    probabilities    instead of logits: the outputs p of the softmax, each row sums to 1
    log-base         e is the natural logarithm (usual); 2 gives bits
    reduction        over a batch: its mean, or the sum
    label-smoothing  ε: the target is (1 − ε) of what it was and ε shared out
    smoothing        shared by all classes, ε/C each (PyTorch, Keras); or by the others, ε/(C − 1) each (Goodfellow)
    stable           subtract the greatest logit first; with letters it never is

    Raises InputError naming the argument: probabilities that do not sum to 1, a class out of range, log 0.
    """
    if (logits is None) == (probabilities is None):
        raise InputError("logits: give either --logits or --probabilities, one of the two")
    given, name = (logits, "logits") if probabilities is None else (probabilities, "probabilities")
    assert given is not None
    count, classes = given.shape
    check_size(name, count, classes)
    if classes < 2:
        raise InputError(f"{name}: one number a row; give one for each class, or `revise solve bce` for two classes")
    check_numbers(name, given.flat)
    check_numbers("label-smoothing", [label_smoothing])
    smooth = isinstance(label_smoothing, Node) or label_smoothing != 0
    if not isinstance(label_smoothing, Node) and not 0 <= label_smoothing < 1:
        raise InputError(f"label-smoothing: ε lies from 0 up to 1, not {shown(label_smoothing)}")
    rows = rows_of(given)
    by_class, goals = _targets(target, count, classes)
    assumed = [] if probabilities is None else _check_rows(rows)
    if not by_class:
        assumed += [text for row in goals for text in check_distributions(target=row)]
    if probabilities is not None:
        _check_log_zero(rows, goals, by_class, smooth)
    letters = has_letters(given, label_smoothing, *([] if by_class else goals))
    one = count == 1
    hard = by_class and not smooth
    goal = "t" if not hard and not smooth else "y"
    work = Work(
        **{
            "z" if probabilities is None else "p": rows[0] if one else dict(enumerate(rows, 1)),
            goal: goals[0] if one else dict(enumerate(goals, 1)),
        },
        K=None if hard or smooth else _counted(goals, classes, one),
        epsilon=label_smoothing if smooth else None,
        C=classes,
        N=None if one else count,
    )
    work.called(z="logits", p="probabilities", y="target", t="target", C="classes", N="examples", K="")
    work.called(epsilon="label smoothing")
    if log_base != "e":
        work.note(LOGARITHMS[log_base])
    for text in dict.fromkeys(assumed):
        work.note(text)
    words = Steps(work, count, log_base, reduction, stable and not letters).run(
        hard, by_class, smoothing if smooth else "", probabilities is None
    )
    return work.answer(words)


def _targets(target: Array, count: int, classes: int) -> tuple[bool, list[Any]]:
    """Whether the targets are classes, and the target of each example."""
    if target.shape == (count, classes) and not (count == classes == 1):
        return False, rows_of(target)
    if 1 in target.shape and len(target.flat) == count:
        return True, list(classes_of(target.flat, count, classes))
    high, wide = target.shape
    whole = f"{count} class{'es' * (count != 1)}, or {count} row{'s' * (count != 1)} of {classes} probabilities"
    raise InputError(f"target: {whole}, not {high}×{wide} numbers")


def _check_rows(rows: list[Array]) -> list[str]:
    if len(rows) == 1:
        return check_distributions(probabilities=rows[0])
    assumed = []
    for n, row in enumerate(rows, 1):
        try:
            assumed += check_distributions(probabilities=row)
        except InputError as fault:
            raise InputError(str(fault).replace("probabilities:", f"probabilities: row {n}:", 1)) from None
    return assumed


def _counted(goals: list[Any], classes: int, one: bool) -> Any:
    """The classes that count in each example's sum, those whose target is not 0; None where all do."""
    every = range(classes)
    kept = [tuple(c for c in every if isinstance(goal.flat[c], Node) or goal.flat[c] != 0) for goal in goals]
    if all(len(each) == classes for each in kept):
        return None
    return kept[0] if one else {n: Array((len(each),), each) for n, each in enumerate(kept, 1)}


def _check_log_zero(rows: list[Array], goals: list[Any], by_class: bool, smooth: bool) -> None:
    for n, (row, goal) in enumerate(zip(rows, goals, strict=True), 1):
        for c, p in enumerate(row.flat):
            wanted = smooth or (c == goal if by_class else isinstance(goal.flat[c], Node) or goal.flat[c] != 0)
            if wanted and not isinstance(p, Node) and p == 0:
                where = f"row {n}: " if len(rows) > 1 else ""
                raise InputError(
                    f"probabilities: {where}class {c} has probability 0 but is wanted: −log 0 has no bound, "
                    "the loss is infinite"
                )


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on what is given."""
    return slips(solution, SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two or three classes, one example or a small batch; some soft targets, other bases, smoothing."""
    classes, count = rng.randint(2, 3), rng.choice([1, 1, 1, 2, 3])
    given: dict[str, Any] = {}
    if rng.random() < 0.6:
        given["logits"] = "; ".join(", ".join(str(rng.randint(-3, 4)) for _ in range(classes)) for _ in range(count))
        given["stable"] = rng.random() < 0.8
    else:
        rows = [distribution(rng, classes, rng.choice([5, 8, 10]), zeros=False) for _ in range(count)]
        given["probabilities"] = "; ".join(", ".join(map(str, row)) for row in rows)
    if rng.random() < 0.7:
        given["target"] = ", ".join(str(rng.randrange(classes)) for _ in range(count))
    else:
        given["target"] = "; ".join(
            ", ".join(map(str, distribution(rng, classes, 4))) for _ in range(count)
        )  # fmt: skip
    if rng.random() < 0.3:
        given["log_base"] = rng.choice([2, 10])
    if rng.random() < 0.3:
        given["reduction"] = "sum"
    if rng.random() < 0.25:
        given |= {"label_smoothing": rng.choice(["0.1", "0.3"]), "smoothing": rng.choice(["all", "others"])}
    return given


def reference(
    target: Any, logits: Any = None, probabilities: Any = None, log_base: Any = "e", reduction: str = "mean",
    label_smoothing: Any = 0, smoothing: str = "all", stable: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Torch's cross_entropy and autograd; of probabilities by their logarithms."""
    import torch

    given = logits if probabilities is None else probabilities
    x = torch.tensor([[float(e) for e in row] for row in given.nested()], dtype=torch.float64, requires_grad=True)
    goal = torch.tensor([[float(e) for e in row] for row in target.nested()], dtype=torch.float64)
    hard = goal.shape != x.shape
    share = torch.nn.functional.one_hot(goal.flatten().long(), x.shape[1]).double() if hard else goal
    epsilon = float(label_smoothing)
    unit = 1.0 if log_base == "e" else float(torch.log(torch.tensor(float(log_base), dtype=torch.float64)))
    if smoothing == "others":
        share = share * (1 - epsilon) + (1 - share) * epsilon / (x.shape[1] - 1)
        hard, epsilon = False, 0
    if probabilities is None:
        wanted = goal.flatten().long() if hard else share.double()
        each = torch.nn.functional.cross_entropy(x, wanted, reduction="none", label_smoothing=epsilon) / unit
    else:
        even = share * (1 - epsilon) + epsilon / x.shape[1]
        each = -(even * torch.log(torch.where(even > 0, x, 1))).sum(1) / unit
    loss = each.mean() if reduction == "mean" else each.sum()
    slope = torch.autograd.grad(loss, x)[0]
    found = {"loss": loss, "start": float(torch.log(torch.tensor(float(x.shape[1]), dtype=torch.float64))) / unit}
    if len(x) == 1:
        return found | {"probabilities": torch.softmax(x[0], 0), "gradient": slope[0]}
    for n in range(len(x)):
        found |= {
            f"probabilities-{n + 1}": torch.softmax(x[n], 0),
            f"loss-{n + 1}": each[n],
            f"gradient-{n + 1}": slope[n],
        }
    return found
