"""Logistic regression with weights as they are: probabilities, odds, loss, gradient, decision boundary."""

from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.solution import Work
from revise.solvers.foundations._logistic_given import FAR, Task

_MOST_EXPONENT = 30  # of an odds ratio that is shown
# one feature, bias
_LOGIT = {
    (True, True): "w*x[n] + b", (True, False): "w*x[n]",
    (False, True): "dot(w, x[n]) + b", (False, False): "dot(w, x[n])",
}  # fmt: skip
_LOSS = {
    1: ("-log(p[n])", "y = 1: −log p"),
    0: ("-log(1 - p[n])", "y = 0: −log(1 − p)"),
    None: ("-(y[n]*log(p[n]) + (1 - y[n])*log(1 - p[n]))", "minus the log-likelihood"),
}
_FAR_LOSS = {
    1: ("softplus(-z[n])", "y = 1: −log p = log(1 + e⁻ᶻ), which keeps its digits"),
    0: ("softplus(z[n])", "y = 0: −log(1 − p) = log(1 + eᶻ), which keeps its digits"),
}
_TOTAL = {"one": "l[1]", "mean": "sum(l[n] for n in 1..N)/N", "sum": "sum(l[n] for n in 1..N)"}
_BY_W = {"one": "e[1]*x[1]", "mean": "sum(e[n]*x[n] for n in 1..N)/N", "sum": "sum(e[n]*x[n] for n in 1..N)"}
_BY_B = {"one": "e[1]", "mean": "sum(e[n] for n in 1..N)/N", "sum": "sum(e[n] for n in 1..N)"}


def forward(work: Work, task: Task, reduction: str, derivation: bool) -> dict[str, str]:
    """Steps for the weights as they are; gives the answers' words."""
    count = len(task.rows)
    plain = not work.letters
    for n in range(1, count + 1):
        work.let("z[n]", _LOGIT[task.single, task.bias is not None], "the score", table="examples", n=n)
        work.let("p[n]", "sigmoid(z[n])", "the probability of class 1", table="examples", n=n)
        if plain:
            work.let("c[n]", "step(z[n])", "the class: 1 where p ≥ 1/2, which is z ≥ 0", table="examples", n=n)
    words: dict[str, str] = {}
    for n in range(1, count + 1):
        end = "" if count == 1 else f"-{n}"
        words |= {f"logit{end}": f"z[{n}]", f"probability{end}": f"p[{n}]"} | (
            {f"class{end}": f"c[{n}]"} if plain else {}
        )
    if plain:
        for n in range(1, count + 1):
            if abs(work.env["z"][n]) <= FAR and work.env["p"][n] not in (0, 1):
                work.let("o[n]", "p[n]/(1 - p[n])", "the odds; their logarithm is z", table="odds",
                         holds="o[n] = exp(z[n])", n=n)  # fmt: skip
                words["odds" if count == 1 else f"odds-{n}"] = f"o[{n}]"
    if task.labels is None:
        return words
    kind = "one" if count == 1 else reduction
    words |= _loss(work, task, kind)
    if derivation:
        _derive(work, count)
    words |= _gradient(work, task, kind)
    if plain and count > 1:
        work.let("A", "sum(1 for n in 1..N if c[n] == y[n])/N", "accuracy: the share of right classes")
        words["accuracy"] = "A"
    return words


def _loss(work: Work, task: Task, kind: str) -> dict[str, str]:
    labels = task.labels or ()
    for n, label in enumerate(labels, 1):
        known = None if isinstance(label, Node) else int(label)
        logit = work.env["z"][n]
        far = not isinstance(logit, Node) and (abs(logit) > FAR or work.env["p"][n] in (0, 1))
        formula, why = _FAR_LOSS[known] if far and known is not None else _LOSS[known]
        work.let("l[n]", formula, why, table="losses", n=n)
    why = {"one": "the loss of the one example", "mean": "binary cross-entropy: their mean",
           "sum": "binary cross-entropy: their sum"}[kind]  # fmt: skip
    work.let("L", _TOTAL[kind], why)
    return {"loss": "L"}


def _gradient(work: Work, task: Task, kind: str) -> dict[str, str]:
    for n in range(1, len(task.rows) + 1):
        work.let("e[n]", "p[n] - y[n]", "∂l/∂z: probability minus label", table="errors", n=n)
    work.let("dL_dw", _BY_W[kind], "by w: each error times its input", gradient_of=("L", "w"))
    words = {"gradient": "dL_dw"}
    if task.bias is not None:
        work.let("dL_db", _BY_B[kind], "by b: the errors alone", gradient_of=("L", "b"))
        words["bias-gradient"] = "dL_db"
    return words


def _derive(work: Work, count: int) -> None:
    """The way from the likelihood to p − y, each line with the numbers."""
    work.note("An example has probability pʸ (1 − p)¹⁻ʸ: p where y = 1, 1 − p where y = 0.")
    work.let(
        "Lik", "prod(p[n]^y[n]*(1 - p[n])^(1 - y[n]) for n in 1..N)",
        "the likelihood of all labels, the examples being independent",
    )  # fmt: skip
    if not isinstance(work.env["Lik"], Node) and not work.env["Lik"]:
        raise InputError("derivation: the likelihood is too small for a number; take smaller weights")
    why = "its negative logarithm: the product becomes the sum of the losses, so most likely is least loss"
    work.let("NLL", "-log(Lik)", why, holds="NLL = sum(l[n] for n in 1..N)")
    table = "chain rule from l to z"
    for n in range(1, count + 1):
        work.let("g[n]", "(1 - y[n])/(1 - p[n]) - y[n]/p[n]", "∂l/∂p", table=table, n=n)
        work.let("h[n]", "p[n]*(1 - p[n])", "∂p/∂z = σ′(z) = p(1 − p)", table=table, n=n)
        work.let(
            "d[n]", "g[n]*h[n]", "∂l/∂z = ∂l/∂p · ∂p/∂z: p(1 − p) cancels", table=table, holds="d[n] = p[n] - y[n]", n=n
        )
    work.note("∂z/∂w = x and ∂z/∂b = 1: ∂l/∂w = (p − y)x, ∂l/∂b = p − y.")


def boundary(work: Work, task: Task, at: Any) -> dict[str, str]:
    """Where z = 0, and what a unit of each feature does to the odds; `at` is the last update, None without any."""
    if work.letters:
        return {}
    weights, bias = work.env["w"], work.env.get("b", 0)
    if at is not None:
        weights, bias = weights[at], bias[at] if isinstance(bias, dict) else bias
    flat = [weights] if task.single else list(weights.flat)
    index: dict[str, Any] = {} if at is None else {"t": at}
    words = {}
    work.note("Decision boundary: p = 1/2 where z = 0, class 1 where z ≥ 0. It is linear in x.")
    if not any(flat):
        work.note("With all weights 0 every x has the same probability: there is no boundary.")
    elif task.single:
        work.let("x0", _BOUNDARY[at is not None, task.bias is not None], "the x with z = 0", **index)
        words["boundary"] = "x0"
    elif task.features == 2 and flat[1] != 0:
        why = "the boundary as x₂ = m x₁ + k; its slope: minus the first weight over the second"
        work.let("m", _SLOPE[at is not None], why, **index)
        work.let("k", _CROSSING[at is not None, task.bias is not None], "where it crosses x₁ = 0", **index)
        words |= {"slope": "m", "intercept": "k"}
    elif task.features == 2:
        why = "the second weight is 0: a vertical line, at this x₁"
        work.let("x0", _VERTICAL[at is not None, task.bias is not None], why, **index)
        words["boundary"] = "x0"
    if any(flat) and at is None and max(map(abs, flat)) < _MOST_EXPONENT:
        work.let("r", "exp(w)", "a unit more of a feature multiplies the odds by this")
        words["odds-ratio"] = "r"
    return words


# are the weights indexed by the update, is there a bias
_BOUNDARY = {(False, True): "-b/w", (False, False): "0", (True, True): "-b[t]/w[t]", (True, False): "0"}
_VERTICAL = {(False, True): "-b/w[0]", (False, False): "0", (True, True): "-b[t]/w[t][0]", (True, False): "0"}
_SLOPE = {False: "-w[0]/w[1]", True: "-w[t][0]/w[t][1]"}
_CROSSING = {(False, True): "-b/w[1]", (False, False): "0", (True, True): "-b[t]/w[t][1]", (True, False): "0"}
