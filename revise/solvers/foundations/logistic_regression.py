"""Logistic regression: probability, loss, gradient, training by hand."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number, Vector
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._logistic_descent import at_the_end, batches, descend
from revise.solvers.foundations._logistic_forward import boundary, forward
from revise.solvers.foundations._logistic_given import read_task
from revise.solvers.foundations._loss_rows import check_numbers, slips

SERVES: dict[str, dict[str, object]] = {"logistic-regression": {}}
SOURCE = "Jurafsky & Martin, Speech and Language Processing (3rd ed. draft), chapter 5; Bishop 2006, section 4.3.2"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Jurafsky & Martin, section 5.2.1: six features of a film review, z = 0.833, P(+) = 0.70; section 5.5: loss 0.36
    (
        {"input": "3, 2, 1, 3, 0, 4.19", "start": "2.5, -5, -1.2, 0.5, 2, 0.7", "start_bias": "0.1", "target": "1"},
        {"logit": "0.833", "probability": "0.70", "loss": "0.36"},
    ),
    # their section 5.6.3: one step from 0 with η = 0.1: gradient −1.5, −1.0, −0.5; then 0.15, 0.1, 0.05
    ({"input": "3, 2", "target": "1"}, {"gradient": ["-1.5", "-1.0"], "bias-gradient": "-0.5"}),
    ({"input": "3, 2", "target": "1", "lr": "0.1"}, {"weights": ["0.15", "0.1"], "bias": "0.05"}),
    # Bishop 2006, equation 4.91: the gradient is (y − t)φ, here with letters
    ({"input": "x", "target": "t", "start": "u", "bias": False}, {"gradient": "(1/(1 + exp(-u*x)) - t)*x"}),
]
MISTAKES = {
    "p[n]": {"the sign of the exponent": "sigmoid(-z[n])", "the score itself": "z[n]"},
    "o[n]": {"the odds against": "(1 - p[n])/p[n]"},
    "w[t]": {"up the gradient instead of down": "w[s] + eta*dL_dw[s]", "the rate is forgotten": "w[s] - dL_dw[s]"},
    "e[t,n]": {"times σ′, as for squared error": "(p[t,n] - y[n])*p[t,n]*(1 - p[t,n])", "turned": "y[n] - p[t,n]"},
    "e[n]": {"times σ′, as for squared error": "(p[n] - y[n])*p[n]*(1 - p[n])", "turned": "y[n] - p[n]"},
}
_SLIPS: dict[str, dict[str, str]] = {
    "-log(1 - p[n])": {
        "(1 − y)(1 − log p) instead of (1 − y) log(1 − p)": "-(1 - log(p[n]))", "nothing where y = 0": "0",
    },
    "dot(w, x[n]) + b": {"the bias is forgotten": "dot(w, x[n])"},
    "w*x[n] + b": {"the bias is forgotten": "w*x[n]"},
    "sum(e[n]*x[n] for n in 1..N)/N": {"added up, not averaged": "sum(e[n]*x[n] for n in 1..N)"},
    "sum(e[t,n]*x[n] for n in a..c)/k": {"added up, not averaged": "sum(e[t,n]*x[n] for n in a..c)"},
    "-w[0]/w[1]": {"the minus is forgotten": "w[0]/w[1]", "upside down": "-w[1]/w[0]"},
}  # fmt: skip


def solve(
    input: Matrix,
    target: Matrix | None = None,
    start: Vector | None = None,
    start_bias: Number = 0,
    lr: Number | None = None,
    epochs: Number | None = None,
    batch_size: Number | None = None,
    reduction: Literal["mean", "sum"] = "mean",
    bias: bool = True,
    point: Vector | None = None,
    derivation: bool = False,
) -> Solution:
    """p = σ(w·x + b), its cross-entropy and gradient (p − y)x; with --lr gradient descent, update by update.

    input       the examples, a row each: "1, 2; 3, 4"; of one feature also in a line, "1, 2, 3", with as many labels
    target      their labels, 0 or 1; without them only probabilities
    start       the weights (to begin with), 0 without it
    start-bias  the bias (to begin with)
    lr          the learning rate η; without it the weights stay as they are
    epochs      how often all examples are gone through, once by default
    batch-size  examples an update uses, all by default; 1 is stochastic; in the order given
    reduction   the loss of a batch is the mean of its losses, or their sum
    bias        --no-bias leaves b out
    point       a new x, classified with the (last) weights
    derivation  the way from the likelihood to p − y, with the numbers; goes without --lr

    Raises InputError naming the argument whose size or value does not fit.
    """
    task = read_task(input, target, start, start_bias, bias)
    if lr is None and (epochs is not None or batch_size is not None):
        raise InputError(f"{'epochs' if epochs is not None else 'batch-size'}: an update needs --lr, such as --lr 0.1")
    if lr is not None and task.labels is None:
        raise InputError("target: gradient descent needs labels, such as --target 0,1")
    if derivation and (lr is not None or task.labels is None):
        raise InputError("derivation: it goes with --target and without --lr")
    if lr is not None:
        check_numbers("lr", [lr])
        if not isinstance(lr, Node) and lr <= 0:
            raise InputError(f"lr: the learning rate is above 0, not {shown(lr)}")
    if point is not None:
        check_numbers("point", point.flat)
        if len(point.flat) != task.features:
            raise InputError(f"point: {len(point.flat)} numbers for {task.features} features")
    letters = (
        task.letters or isinstance(lr, Node) or (point is not None and any(isinstance(v, Node) for v in point.flat))
    )
    every = [] if lr is None else batches(len(task.rows), batch_size, 1 if epochs is None else epochs, letters)
    work = Work(
        x=dict(enumerate(task.rows, 1)),
        y=None if task.labels is None else dict(enumerate(task.labels, 1)),
        w={0: task.weights} if every else task.weights,
        b=None if task.bias is None else {0: task.bias} if every else task.bias,
        eta=lr,
        N=len(task.rows),
        T=len(every) or None,
        v=None if point is None else point.flat[0] if task.single else point,
    )
    work.called(
        x="inputs", y="labels", w="weights", b="bias", eta="learning rate", N="examples", T="updates", v="new point"
    )
    if every:
        words = descend(work, task, every, reduction)
        words |= at_the_end(work, task, len(every), reduction)
    else:
        words = forward(work, task, reduction, derivation)
    words |= boundary(work, task, len(every) or None)
    if point is not None:
        words |= _classify(work, task.single, task.bias is not None, len(every))
    return work.answer(words)


# one feature, bias, are the weights indexed by the update
_NEW = {
    (True, True, False): "w*v + b", (True, False, False): "w*v",
    (False, True, False): "dot(w, v) + b", (False, False, False): "dot(w, v)",
    (True, True, True): "w[t]*v + b[t]", (True, False, True): "w[t]*v",
    (False, True, True): "dot(w[t], v) + b[t]", (False, False, True): "dot(w[t], v)",
}  # fmt: skip


def _classify(work: Work, single: bool, biased: bool, updates: int) -> dict[str, str]:
    index: dict[str, Any] = {"t": updates} if updates else {}
    work.let("z_new", _NEW[single, biased, bool(updates)], "the new point's score", **index)
    work.let("p_new", "sigmoid(z_new)", "its probability of class 1")
    words = {"point-logit": "z_new", "point-probability": "p_new"}
    if not work.letters:
        work.let("c_new", "step(z_new)", "its class: 1 where p ≥ 1/2")
        words["point-class"] = "c_new"
    return words


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two to four examples of one or two features; about half with one to three updates."""
    count, features = rng.randint(2, 4), rng.randint(1, 2)
    rows = [[str(rng.randint(-2, 3)) for _ in range(features)] for _ in range(count)]
    given: dict[str, Any] = {"input": "; ".join(map(", ".join, rows))}
    given["target"] = ", ".join(rng.choice(["0", "1"]) for _ in range(count))
    if rng.random() < 0.6:
        given["start"] = ", ".join(rng.choice(["1", "-1", "0.5", "2"]) for _ in range(features))
    if rng.random() < 0.2:
        given["bias"] = False
    elif rng.random() < 0.4:
        given["start_bias"] = rng.choice(["1", "-0.5"])
    if rng.random() < 0.3:
        given["reduction"] = "sum"
    if rng.random() < 0.3:
        given["point"] = ", ".join(str(rng.randint(-2, 3)) for _ in range(features))
    if rng.random() < 0.5:
        given |= {"lr": rng.choice(["0.1", "0.5", "1"]), "epochs": rng.choice([1, 1, 2])}
        if rng.random() < 0.4:
            given["batch_size"] = 1
    else:
        given["derivation"] = rng.random() < 0.3
    return given


def reference(
    input: Any, target: Any = None, start: Any = None, start_bias: Any = 0, lr: Any = None, epochs: Any = None,
    batch_size: Any = None, reduction: str = "mean", bias: bool = True, point: Any = None, derivation: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Torch's binary_cross_entropy_with_logits, autograd and SGD."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    x = torch.tensor([[float(e) for e in row] for row in input.nested()], dtype=torch.float64)
    if target is not None and len(x) == 1 and len(target.flat) == x.shape[1] > 1:
        x = x.T
    first = [0.0] * x.shape[1] if start is None else [float(e) for e in start.flat]
    w = torch.tensor(first, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(float(start_bias), dtype=torch.float64, requires_grad=True)
    y = None if target is None else torch.tensor([float(e) for e in target.flat], dtype=torch.float64)

    def cost(part: Any, goals: Any) -> Any:
        return binary_cross_entropy_with_logits(part @ w + b, goals, reduction=reduction)

    found: dict[str, Any] = {}
    if lr is None:
        z = x @ w + b
        for n in range(len(x)):
            end = "" if len(x) == 1 else f"-{n + 1}"
            found |= {f"logit{end}": z[n], f"probability{end}": torch.sigmoid(z[n]), f"odds{end}": torch.exp(z[n])}
        if y is not None:
            loss = cost(x, y)
            by_w, by_b = torch.autograd.grad(loss, [w, b])
            found |= {"loss": loss, "gradient": by_w, "bias-gradient": by_b}
    else:
        assert y is not None
        machine = torch.optim.SGD([w, b] if bias else [w], lr=float(lr))
        size = int(batch_size or len(x))
        for _ in range(int(epochs or 1)):
            for at in range(0, len(x), size):
                machine.zero_grad()
                cost(x[at : at + size], y[at : at + size]).backward()
                machine.step()
        found |= {"weights": w, "bias": b, "loss": cost(x, y)}
    if y is not None and len(x) > 1:
        found["accuracy"] = ((x @ w + b >= 0) == (y == 1)).double().mean()
    if point is not None:
        new = torch.tensor([float(e) for e in point.flat], dtype=torch.float64)
        found["point-probability"] = torch.sigmoid(new @ w + b)
    return found
