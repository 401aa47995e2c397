"""A GRU cell by hand: reset and update gate, candidate, state."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import entries
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Vector
from revise.solution import Solution, Work
from revise.solvers.sequences._cell_input import Bias, Weight, check_letters
from revise.solvers.sequences._gates_formulas import (
    GATE,
    MIXED,
    PAIR,
    PAIR_RESET,
    PRODUCT,
    RESET_AFTER,
    RESET_BEFORE,
    RESET_STATE,
    SUM,
)
from revise.solvers.sequences._gates_input import Cell, gathered, inside_bias
from revise.solvers.sequences._gates_torch import gru

SERVES: dict[str, dict[str, object]] = {"gru-step": {}}
SOURCE = "Cho et al. 2014 (arXiv 1406.1078), equations 5 to 8; Chung et al. 2014; PyTorch's documentation of GRU"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # TensorFlow 1, rnn_cell_test.py, testGRUCell: all weights 0.5, the gates' biases 1 (its default then)
    (
        {
            "x": "1, 1", "h0": "0.1, 0.1", "br": "1, 1", "bz": "1, 1", "wr": "0.5, 0.5, 0.5, 0.5; 0.5, 0.5, 0.5, 0.5",
            "wz": "0.5, 0.5, 0.5, 0.5; 0.5, 0.5, 0.5, 0.5", "wn": "0.5, 0.5, 0.5, 0.5; 0.5, 0.5, 0.5, 0.5",
        },
        {"h1": ["0.175991", "0.175991"]},
    ),
    (
        {
            "x": "1, 1, 1", "h0": "0.1, 0.1", "br": "1, 1", "bz": "1, 1",
            "wxr": "0.5, 0.5, 0.5; 0.5, 0.5, 0.5", "whr": "0.5, 0.5; 0.5, 0.5",
            "wxz": "0.5, 0.5, 0.5; 0.5, 0.5, 0.5", "whz": "0.5, 0.5; 0.5, 0.5",
            "wxn": "0.5, 0.5, 0.5; 0.5, 0.5, 0.5", "whn": "0.5, 0.5; 0.5, 0.5",
        },
        {"h1": ["0.156736", "0.156736"]},
    ),
    # click4ai.perfionixai.com, problem 'GRU cell': gates and first state; its candidate [0.500, 0.337] and second
    # state 0.198 are slips (tanh of 0.55 and 0.35 are 0.501 and 0.336, and 0.587 of the latter 0.197)
    (
        {
            "x": "1, 0.5", "order": "xh", "update": "renew",
            "wz": "0.3, 0.2, 0.1, 0.4; 0.1, 0.5, 0.3, 0.2", "wr": "0.2, 0.4, 0.3, 0.1; 0.4, 0.1, 0.2, 0.3",
            "wn": "0.5, 0.1, 0.2, 0.3; 0.2, 0.3, 0.4, 0.1",
        },
        {"z1": ["0.599", "0.587"], "r1": ["0.599", "0.611"]},
    ),
]  # fmt: skip
_SWAPPED = "z and 1 − z are swapped: the other convention"
_SLIPS = {
    GATE: {"tanh instead of the logistic function": "tanh(a[q,t])"},
    "tanh(a[q,t])": {"the logistic function: the candidate has tanh": "sigmoid(a[q,t])"},
    RESET_STATE[True]: {"the reset gate is left out": "h[t-1]", "the update gate instead": "z[t]*h[t-1]"},
    RESET_STATE[False]: {"the reset gate is left out": "h[t-1]", "the update gate instead": "z[t] .* h[t-1]"},
    MIXED[True, "keep"]: {_SWAPPED: MIXED[True, "renew"]},
    MIXED[False, "keep"]: {_SWAPPED: MIXED[False, "renew"]},
    MIXED[True, "renew"]: {_SWAPPED: MIXED[True, "keep"]},
    MIXED[False, "renew"]: {_SWAPPED: MIXED[False, "keep"]},
}
_WHY = {"r": "reset gate", "z": "update gate", "n": "candidate"}


def solve(
    x: Matrix,
    wxr: Weight | None = None,
    whr: Weight | None = None,
    br: Bias | None = None,
    wxz: Weight | None = None,
    whz: Weight | None = None,
    bz: Bias | None = None,
    wxn: Weight | None = None,
    whn: Weight | None = None,
    bn: Bias | None = None,
    h0: Bias | None = None,
    reset: Literal["before", "after"] | None = None,
    update: Literal["keep", "renew"] = "keep",
    bhn: Bias | None = None,
    wr: Matrix | None = None,
    wz: Matrix | None = None,
    wn: Matrix | None = None,
    order: Literal["hx", "xh"] = "hx",
    weight_ih: Matrix | None = None,
    weight_hh: Matrix | None = None,
    bias_ih: Vector | None = None,
    bias_hh: Vector | None = None,
) -> Solution:
    """The sum and the value of both gates and of the candidate n, then the state h, for every step.

    x              the inputs: "1, 0, 1" three steps of one number, "1, 0; 0, 1" two steps of two
    wxr, whr, br   reset gate r: the input's weights, the state's weights (a number, or n×m and n×n), the bias
    wxz, whz, bz   update gate z; n is the candidate (also written h̃)
    h0             the state before the first step, 0 by default
    reset          `before` the product, W(r ⊙ h): Cho 2014, textbooks; `after` it, r ⊙ (Wh): PyTorch, cuDNN, Keras;
                   before by default, after with PyTorch's stacked weights
    update         what z does: `keep` has h = z ⊙ h + (1 − z) ⊙ n (Cho 2014, PyTorch, Keras), `renew` has
                   h = (1 − z) ⊙ h + z ⊙ n (Chung 2014, Bahdanau 2015)
    bhn            with reset after: the bias inside the brackets, r ⊙ (W h + b_hn)
    wr, wz, wn     instead: each gate's weights side by side, as in W[h; x] + b
    order          which comes first in them: hx or xh
    weight_ih      instead: PyTorch's matrices, the gates stacked in the order r, z, n (with weight_hh)
    bias_ih        PyTorch's two biases, stacked alike (with bias_hh)

    Raises InputError naming the parameter that is missing or does not fit.
    """
    given = {name: value for name, value in locals().items() if name != "x"}
    cell = gathered("rzn", x, given)
    after = (reset or ("after" if cell.stacked else "before")) == "after"
    if after and cell.kind == "joined":
        raise InputError("reset: after the product, the weights are given gate by gate, as --wxn and --whn")
    inside = inside_bias(cell, bhn, after)
    work = Work(
        x=cell.x,
        h={0: cell.state(h0, "h0")},
        W=cell.weights,
        b=cell.bias if inside is None else (cell.bias or {}) | {"hn": inside},
    )
    check_letters(work.letters, len(cell.x), 4)
    work.called(x="input", h="state", W="weights", b="biases")
    if cell.stacked:
        work.note("PyTorch stacks the gates in the order r, z, n.")
    product = "after the product, r ⊙ (W h)" if after else "before the product, W (r ⊙ h)"
    does = "keeps the old state (h = z h + (1 − z) n)" if update == "keep" else "lets in the new (h = (1 − z) h + z n)"
    work.note(f"Conventions: the reset gate works {product}; z {does}. --reset and --update choose.")
    last = len(cell.x)
    for t in range(1, last + 1):
        if cell.kind == "joined":
            first = "the state before, then the input" if order == "hx" else "the input, then the state before"
            work.let("v[t]", PAIR[order], f"side by side: {first}", t=t)
        for gate in "rz":
            at: dict[str, Any] = {"q": gate, "k": f"x{gate}", "j": f"h{gate}"}
            work.let("a[q,t]", SUM[cell.kind, cell.biases], f"{_WHY[gate]}, its sum", t=t, **at)
            work.let(f"{gate}[t]", GATE, f"{_WHY[gate]}: σ, from 0 to 1", t=t, q=gate)
        _candidate(work, cell, t, after, inside is not None, order)
        kept = "z of the old state and the rest of the candidate"
        kept = kept if update == "keep" else "z of the candidate and the rest of the old state"
        work.let("h[t]", MIXED[cell.plain, update], f"the new state: {kept}", t=t)
    if last > 1 and not work.letters:
        work.overview("All steps", {"r": "r[t]", "z": "z[t]", "n": "n[t]", "h": "h[t]"}, "t")
    words = "rznh" if last <= 3 else "h"
    return work.answer({f"{word}{t}": f"{word}[{t}]" for t in range(1, last + 1) for word in words})


def _candidate(work: Work, cell: Cell, t: int, after: bool, inside: bool, order: str) -> None:
    at: dict[str, Any] = {"q": "n", "k": "xn", "j": "hn"}
    key = cell.kind, cell.biases
    if after:
        work.let("u[t]", PRODUCT[cell.kind, inside], "the state before through its weights first", t=t, **at)
        work.let("a[q,t]", RESET_AFTER[key], "candidate, its sum: r lets a part of that product through", t=t, **at)
    else:
        work.let("u[t]", RESET_STATE[cell.plain], "what the reset gate lets through of the state before", t=t)
        if cell.kind == "joined":
            work.let("v_u[t]", PAIR_RESET[order], "side by side again, now with that", t=t)
        work.let("a[q,t]", RESET_BEFORE[key], "candidate, its sum: the input and what was let through", t=t, **at)
    work.let("n[t]", "tanh(a[q,t])", "candidate: tanh, from −1 to 1", t=t, q="n")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on the cell."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in _SLIPS
    }


def sample(rng: Random) -> dict[str, Any]:
    """One or two steps, weights with tenths; half have single numbers, the others two units, joined or stacked."""
    kind = rng.choice(["plain", "plain", "plain", "arrays", "joined", "stacked"])
    n, m = (1, 1) if kind == "plain" else (2, rng.randint(1, 2))
    steps = rng.randint(1, 2)

    def draw(high: int, wide: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-9, 9) / 10) for _ in range(wide)) for _ in range(high))

    given: dict[str, Any] = {"x": "; ".join(", ".join(str(rng.randint(-2, 2)) for _ in range(m)) for _ in range(steps))}
    if kind == "stacked":
        given |= {"weight_ih": draw(3 * n, m), "weight_hh": draw(3 * n, n), "bias_ih": draw(1, 3 * n)}
        given |= {"bias_hh": draw(1, 3 * n)} if rng.random() < 0.5 else {}
    for gate in "rzn" if kind != "stacked" else "":
        given |= {f"w{gate}": draw(n, n + m)} if kind == "joined" else {}
        given |= {f"wx{gate}": draw(n, m), f"wh{gate}": draw(n, n)} if kind != "joined" else {}
        given[f"b{gate}"] = draw(1, n)
    if kind == "joined":
        given["order"] = rng.choice(["hx", "xh"])
    else:
        given["reset"] = rng.choice(["before", "after"])
        if given["reset"] == "after" and kind != "stacked" and rng.random() < 0.5:
            given["bhn"] = draw(1, n)
    return given | {"update": rng.choice(["keep", "keep", "renew"]), "h0": draw(1, n)}


def reference(x: Any, **given: Any) -> dict[str, Any]:
    """Torch's GRU cell where both conventions are its own, else its matrices by hand in Torch."""
    after = (given.get("reset") or ("after" if given.get("weight_ih") is not None else "before")) == "after"
    return gru([float(entry) for entry in entries(x)], given, after, given.get("update", "keep") == "keep")
