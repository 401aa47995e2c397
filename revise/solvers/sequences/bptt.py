"""Back-propagation through time: deltas backwards, gradients as sums."""

from random import Random
from typing import Any, Literal

from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Number, whole
from revise.solution import Solution, Work
from revise.solvers.sequences._bptt_formulas import SLIPS, Loss
from revise.solvers.sequences._bptt_input import fitted
from revise.solvers.sequences._bptt_passes import backward, forward, gradients, paths, update
from revise.solvers.sequences._bptt_torch import trained
from revise.solvers.sequences._cell_input import Bias, Weight, check_letters

SERVES: dict[str, dict[str, object]] = {"bptt": {}}
SOURCE = "Werbos 1990, Backpropagation through time; Goodfellow, Bengio & Courville 2016, section 10.2.2"
NO_EXAMPLE = "the walkthroughs that print figures carry slips on (prachub.com: h2 = 0.7790 for tanh(1.0462) = 0.7803)"
LAWS = [
    "delta = dL_dh .* s",
    "sum(B) = sum(delta)*sum(x)",  # an outer product's entries add up to the product of the sums
    "S = dL_dw_hh",
]


def solve(
    x: Matrix,
    wxh: Weight,
    whh: Weight,
    bh: Bias | None = None,
    target: Matrix | None = None,
    h0: Bias | None = None,
    activation: Literal["tanh", "sigmoid", "relu", "identity"] = "tanh",
    v: Weight | None = None,
    c: Bias | None = None,
    loss: Loss | None = None,
    loss_at: Literal["last", "each"] | None = None,
    reduction: Literal["sum", "mean"] = "sum",
    tbptt: Number | None = None,
    lr: Number | None = None,
) -> Solution:
    """Forwards; then from the last step back the error e, ∂L/∂h and δ = ∂L/∂a; then each weight's sum over the steps.

    x           the inputs: "1, 0, 1" three steps of one number, "1, 0; 0, 1" two steps of two
    wxh, whh    weights of the input and of the state, numbers or matrices; bh the bias
    target      one for the last step, or one for each step (a step a row)
    v, c        the output's weights and bias, y = V h + c (also W_hy, b_y); without them the output is the state
    loss        half (1/2 (y − d)²; the default with targets), squared (y − d)², bce (sigmoid on y), ce (softmax on y),
                output (L = y; the default without targets)
    loss_at     at the last step or at each; by default as many as there are targets
    reduction   the losses of the steps added, or their mean
    tbptt       truncated to so many steps: with one loss only the last so many are gone back, with a loss at each
                step the sequence is cut into pieces of so many, and no gradient goes from one into another
    lr          also one step of gradient descent

    Raises InputError naming the parameter that does not fit.
    """
    cell = fitted(
        {"x": x, "wxh": wxh, "whh": whh, "bh": bh, "target": target, "h0": h0, "v": v, "c": c},
        loss or ("output" if target is None else "half"), loss_at,
    )  # fmt: skip
    steps = len(cell.given["x"])
    short = None if tbptt is None else whole(tbptt, "tbptt")
    first = 1
    if short is not None and short >= steps:
        short = None
    elif short is not None and not cell.each:
        first = steps - short + 1
    mean = reduction == "mean" and cell.each
    work = Work(
        **cell.given,
        T=steps,
        F=first if first > 1 else None,
        eta=lr,
    )
    check_letters(work.letters, steps, 6)
    work.called(x="input", h="state", b_h="bias", d="target", T="steps", F="gone back to step", c="its bias")
    work.called(w_xh="weights", W_xh="weights", v="output", V="output", eta="learning rate")
    forward(work, cell, activation, mean)
    if short is not None:
        kept = f"the last {short} step{'s' * (short > 1)}" if not cell.each else f"pieces of {short}"
        where = "Truncated to " + kept + ": this is not the whole gradient, what goes further back is left out."
        work.note(where)
    backward(work, cell, activation, mean, short, first)
    words = {"loss": "L"} | gradients(work, cell, first, claimed=short is None)
    if cell.plain and short is None and steps <= 6:
        paths(work, cell)
    if lr is not None:
        words |= update(work, cell)
    return work.answer(words | {f"delta{t}": f"delta[{t}]" for t in range(steps, first - 1, -1)})


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on the cell."""
    found: dict[str, dict[str, Node]] = {}
    for step in solution.steps:
        if isinstance(step.formula, str) and step.formula in SLIPS:
            slips = SLIPS[step.formula]
            found[step.shown] = {label: parse(wrong, None, FORMULA) for label, wrong in slips.items()}
    return found


def sample(rng: Random) -> dict[str, Any]:
    """Two or three steps with tenths; two in three with single numbers, half with a loss at each step."""
    plain = rng.random() < 0.65
    n, m = (1, 1) if plain else (2, rng.randint(1, 2))
    steps, each = rng.randint(2, 3), rng.random() < 0.5

    def draw(high: int, wide: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-9, 9) / 10) for _ in range(wide)) for _ in range(high))

    given: dict[str, Any] = {
        "wxh": draw(n, m),
        "whh": draw(n, n),
        "activation": rng.choice(["tanh", "sigmoid", "identity"]),
    }
    given["x"] = "; ".join(", ".join(str(rng.randint(-2, 2)) for _ in range(m)) for _ in range(steps))
    given |= {"bh": draw(1, n)} if rng.random() < 0.6 else {}
    given |= {"h0": draw(1, n)} if rng.random() < 0.3 else {}
    outputs = n
    if rng.random() < 0.6:
        outputs = 1 if plain else rng.randint(1, 2)
        given |= {"v": draw(outputs, n), "c": draw(1, outputs)}
    given["loss"] = rng.choice(["half", "squared", "output"])
    if "v" in given and rng.random() < 0.5:
        given["loss"] = "bce" if outputs == 1 else "ce"
    given["loss_at"] = "each" if each else "last"
    if given["loss"] != "output":
        rows = steps if each else 1
        drawn = [_target(rng, given["loss"]) or draw(1, outputs) for _ in range(rows)]
        given["target"] = "; ".join(drawn)
    given |= {"reduction": "mean"} if rng.random() < 0.3 else {}
    given |= {"tbptt": rng.randint(1, 2)} if rng.random() < 0.2 else {}
    return given | ({"lr": "0.1"} if rng.random() < 0.3 else {})


def _target(rng: Random, loss: str) -> str:
    """A target that the cross-entropies take; empty for the others."""
    return {"ce": rng.choice(["1, 0", "0, 1"]), "bce": str(rng.randint(0, 1))}.get(loss, "")


def reference(**given: Any) -> dict[str, Any]:
    """The recurrence and its loss in Torch, autograd for the gradients; a detached state where they are cut."""
    return trained(**given)
