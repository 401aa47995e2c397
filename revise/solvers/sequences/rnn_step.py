"""A recurrent cell by hand: its state, and its output, step by step."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import entries
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix
from revise.solution import Solution, Work
from revise.solvers.sequences._cell_input import Bias, Weight, check_letters, needed
from revise.solvers.sequences._rnn_formulas import FINISHED, JOINED, OUTPUT, PAIR, STATE, SUM, Activation
from revise.solvers.sequences._rnn_input import read_cell
from revise.solvers.sequences._rnn_torch import recurrence

SERVES: dict[str, dict[str, object]] = {"rnn-step": {}}
SOURCE = "Graves 2013, Speech recognition with deep recurrent neural networks, equations 1 and 2; Elman 1990"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # github.com/thsis/INFOSYS, notebook 'Backpropagation on RNN', forward pass (its U, W and w are W_hh, W_xh, V)
    (
        {"x": "0.2, 0.3, 0.4", "wxh": "2; 1", "whh": "1, 2; 3, 4", "v": "2, 4"},
        {
            "h1": ["0.37994896", "0.19737532"],
            "h2": ["0.87975882", "0.97711011"],
            "h3": ["0.9986059", "0.99999815"],
            "y3": ["5.99720442"],
        },
    ),
    # Grosse, CSC321 (Toronto) 2018, homework 5, question 1: 100111 + 110010 = 1011001, least significant bit first;
    # the weights follow the hint there (unit k says whether the column adds up to k or more), the bits are printed
    (
        {
            "x": "1, 0; 1, 1; 1, 0; 0, 0; 0, 1; 1, 1; 0, 0", "wxh": "1, 1; 1, 1; 1, 1",
            "whh": "0, 1, 0; 0, 1, 0; 0, 1, 0", "bh": "-0.5, -1.5, -2.5", "v": "1, -1, 1", "c": "-0.5",
            "activation": "step", "output": "step",
        },
        {"y1": [1], "y2": [0], "y3": [0], "y4": [1], "y5": [1], "y6": [0], "y7": [1]},
    ),
    # prachub.com, 'Backpropagation Through Time - complete walkthrough', first step of the forward pass
    # (its h2 = 0.7790 is a slip: tanh(1.0462) is 0.7803)
    ({"x": "1, 2", "wxh": "0.5", "whh": "0.1", "bh": "0", "v": "2"}, {"h1": "0.4621", "y1": "0.9242"}),
]  # fmt: skip
_SLIPS = {
    "w_hh*h[t-1] + w_xh*x[t]": {
        "the state before is left out": "w_xh*x[t]",
        "the two weights are swapped": "w_xh*h[t-1] + w_hh*x[t]",
    },
    "w_hh*h[t-1] + w_xh*x[t] + b_h": {
        "the state before is left out": "w_xh*x[t] + b_h",
        "the two weights are swapped": "w_xh*h[t-1] + w_hh*x[t] + b_h",
        "the bias is forgotten": "w_hh*h[t-1] + w_xh*x[t]",
    },
    "W_hh @ h[t-1] + W_xh @ x[t]": {
        "the state before is left out": "W_xh @ x[t]",
        "W_hh is transposed": "W_hh.T @ h[t-1] + W_xh @ x[t]",
    },
    "W_hh @ h[t-1] + W_xh @ x[t] + b_h": {
        "the bias is forgotten": "W_hh @ h[t-1] + W_xh @ x[t]",
        "W_hh is transposed": "W_hh.T @ h[t-1] + W_xh @ x[t] + b_h",
    },
    "tanh(a[t])": {"the activation is forgotten": "a[t]", "the logistic function instead of tanh": "sigmoid(a[t])"},
    "relu(a[t])": {"the activation is forgotten": "a[t]"},
    "sigmoid(a[t])": {"the activation is forgotten": "a[t]"},
    "softmax(o[t])": {"not divided by the sum of the exponentials": "exp(o[t])"},
}


def solve(
    x: Matrix,
    wxh: Weight | None = None,
    whh: Weight | None = None,
    bh: Bias | None = None,
    h0: Bias | None = None,
    activation: Activation = "tanh",
    v: Weight | None = None,
    c: Bias | None = None,
    output: Literal["identity", "softmax", "sigmoid", "tanh", "step"] = "identity",
    w: Matrix | None = None,
    order: Literal["hx", "xh"] = "hx",
    step_at_zero: Literal[1, 0] = 1,
) -> Solution:
    """The sum a and the state h = f(a) of every step, and the output y where there are weights for it.

    x             the inputs: "1, 0, 1" three steps of one number, "1, 0; 0, 1" two steps of two
    wxh           the input's weights W_xh, a number or n×m (other letters: U, PyTorch's weight_ih)
    whh           the state's weights W_hh, a number or n×n (other letters: W, weight_hh)
    bh            the bias; of PyTorch's two give the sum; none by default
    h0            the state before the first step, 0 by default
    v, c          the output's weights and bias, o = V h + c (also W_hy, b_y); y is `output` of o
    w             W_hh and W_xh side by side, for the concatenated form W[h; x] + b; instead of both
    order         which comes first in the concatenated form: hx or xh
    step_at_zero  what `step` gives at exactly 0

    Raises InputError naming the parameter whose size does not fit.
    """
    if w is not None and (wxh is not None or whh is not None):
        raise InputError("w: it holds W_hh and W_xh side by side; give it alone, or --whh and --wxh")
    if w is None:
        needed({"wxh": wxh, "whh": whh}, ("wxh", "whh"), "; or give both side by side as --w")
    typed = {"x": x, "wxh": wxh, "whh": whh, "bh": bh, "h0": h0, "v": v, "c": c, "w": w}
    plain, given = read_cell(typed)
    work = Work(**given)
    named = {"x": "input", "h": "state", "b_h": "bias", "c": "its bias", "W": f"weights of [{'; '.join(order)}]"}
    named |= {"w_xh": "weights", "W_xh": "weights", "v": "output", "V": "output"}
    check_letters(work.letters, len(given["x"]), 12)
    work.called(**named)
    last = len(given["x"])
    if work.letters and "step" in (activation, output):
        name = "activation" if activation == "step" else "output"
        raise InputError(f"{name}: whether a step is 0 or 1 can't be told with letters; give numbers")
    if output != "identity" and v is None:
        raise InputError(f"output: {output} needs the output's weights --v")
    if plain and output == "softmax":
        raise InputError("output: a softmax of one number is always 1; --v needs a row for each output")
    table = "step by step" if last > (12 if not plain else 3 if v is None else 8) else ""
    at_zero = "" if step_at_zero else ", 0 at 0"
    for t in range(1, last + 1):
        _state(work, t, plain, activation + (at_zero if activation == "step" else ""), order, table)
        if v is not None:
            _output(work, t, plain, output + (at_zero if output == "step" else ""), table)
    columns = {"h": "h[t]"} | ({} if v is None else {"y": "y[t]"})
    if last > 1 and not table and not work.letters:
        work.overview("All steps", columns, "t")
    _note_zero(work, activation, output, step_at_zero)
    return work.answer({f"{word}{t}": f"{word}[{t}]" for word in columns for t in range(1, last + 1)})


def _state(work: Work, t: int, plain: bool, activation: str, order: str, table: str) -> None:
    bias = "b_h" in work.given
    if "W" in work.given:
        first = "the state before, then the input" if order == "hx" else "the input, then the state before"
        work.let("q[t]", PAIR[order], f"side by side: {first}", table=table, t=t)
        work.let("a[t]", JOINED[bias], "one product for both", table=table, t=t)
    else:
        work.let("a[t]", SUM[plain, bias], "the state before and the input, weighted", table=table, t=t)
    name = activation.partition(",")[0]
    why = "the new state is the sum itself" if name == "identity" else f"the new state: {name} of the sum"
    work.let("h[t]", STATE[activation], why, table=table, t=t)


def _output(work: Work, t: int, plain: bool, output: str, table: str) -> None:
    formula = OUTPUT[plain, "c" in work.given]
    if output == "identity":
        work.let("y[t]", formula, "the output of this step", table=table, t=t)
        return
    work.let("o[t]", formula, "the output before its activation", table=table, t=t)
    work.let("y[t]", FINISHED[output], f"the output: {output.partition(',')[0]}", table=table, t=t)


def _note_zero(work: Work, activation: str, output: str, step_at_zero: int) -> None:
    names = [name for name, kind in (("a", activation), ("o", output)) if kind == "step"]
    sums = [step for step in work.steps if step.name.partition("[")[0] in names]
    if any(not isinstance(entry, Node) and entry == 0 for step in sums for entry in entries(step.value)):
        work.note(f"A sum is exactly 0 here, where step is taken as {step_at_zero}; --step-at-zero chooses.")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on the cell."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in _SLIPS
    }


def sample(rng: Random) -> dict[str, Any]:
    """Two or three steps with tenths as weights; one in three has two hidden units, one in six the joined form."""
    kind = rng.choice(["plain", "plain", "plain", "arrays", "arrays", "joined"])
    n, m = (1, 1) if kind == "plain" else (2, rng.randint(1, 2))
    steps = rng.randint(2, 3)

    def draw(high: int, wide: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-9, 9) / 10) for _ in range(wide)) for _ in range(high))

    given: dict[str, Any] = {"activation": rng.choice(["tanh", "tanh", "relu", "sigmoid", "identity"])}
    given["x"] = "; ".join(", ".join(str(rng.randint(-2, 3)) for _ in range(m)) for _ in range(steps))
    if kind == "joined":
        given |= {"w": draw(n, n + m), "order": rng.choice(["hx", "xh"])}
    else:
        given |= {"wxh": draw(n, m), "whh": draw(n, n)}
    if rng.random() < 0.6:
        given["bh"] = draw(1, n)
    if rng.random() < 0.4:
        given["h0"] = draw(1, n)
    if rng.random() < 0.5:
        outputs = 1 if kind == "plain" else 2
        given |= {"v": draw(outputs, n), "c": draw(1, outputs)}
        given["output"] = rng.choice(["identity", "sigmoid" if kind == "plain" else "softmax"])
    return given


def reference(x: Any, **given: Any) -> dict[str, Any]:
    """Torch's RNN where it has the activation, else the recurrence as matrices in Torch."""
    return recurrence(x, given)
