"""An LSTM cell by hand: every gate, the cell and the state."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import entries
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Vector
from revise.solution import Solution, Work
from revise.solvers.sequences._cell_input import Bias, Weight, check_letters, number, vector
from revise.solvers.sequences._gates_formulas import CANDIDATE, CELL, GATE, PAIR, PEEP_NEW, PEEP_OLD, STATE, SUM
from revise.solvers.sequences._gates_input import Cell, gathered
from revise.solvers.sequences._gates_torch import lstm

SERVES: dict[str, dict[str, object]] = {"lstm-step": {}}
SOURCE = "Hochreiter & Schmidhuber 1997; Gers et al. 2000; Graves 2013 (arXiv 1308.0850), equations 7 to 11"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Gomez 2016, 'Backpropogating an LSTM: a numerical example', both forward passes (a is g here, state c, out h);
    # rounded values are carried on there, so the last of five decimals may be one off and is left out where it is
    (
        {
            "x": "1, 2; 0.5, 3",
            "wxg": "0.45, 0.25", "whg": "0.15", "bg": "0.2", "wxi": "0.95, 0.8", "whi": "0.8", "bi": "0.65",
            "wxf": "0.7, 0.45", "whf": "0.1", "bf": "0.15", "wxo": "0.6, 0.4", "who": "0.25", "bo": "0.1",
        },
        {
            "g1": ["0.81775"], "i1": ["0.96083"], "f1": ["0.85195"], "o1": ["0.81757"], "c1": ["0.7857"],
            "h1": ["0.53631"], "g2": ["0.84980"], "i2": ["0.98118"], "f2": ["0.87030"], "o2": ["0.84993"],
            "c2": ["1.5176"], "h2": ["0.7720"],
        },
    ),
]  # fmt: skip
_SLIPS = {
    "sigmoid(a[q,t])": {"tanh instead of the logistic function": "tanh(a[q,t])"},
    "tanh(a[q,t])": {"the logistic function: the candidate has tanh": "sigmoid(a[q,t])"},
    CELL[True]: {
        "the forget and the input gate are swapped": "i[t]*c[t-1] + f[t]*g[t]",
        "the old cell is not added": "i[t]*g[t]",
        "the old cell is not forgotten": "c[t-1] + i[t]*g[t]",
    },
    CELL[False]: {
        "the forget and the input gate are swapped": "i[t] .* c[t-1] + f[t] .* g[t]",
        "the old cell is not forgotten": "c[t-1] + i[t] .* g[t]",
    },
    STATE[True, "tanh"]: {
        "the cell without its tanh": "o[t]*c[t]",
        "tanh around the product": "tanh(o[t]*c[t])",
    },
    STATE[False, "tanh"]: {"the cell without its tanh": "o[t] .* c[t]"},
}
_WHY = {"f": "forget gate", "i": "input gate", "g": "candidate", "o": "output gate"}


def solve(
    x: Matrix,
    wxi: Weight | None = None,
    whi: Weight | None = None,
    bi: Bias | None = None,
    wxf: Weight | None = None,
    whf: Weight | None = None,
    bf: Bias | None = None,
    wxg: Weight | None = None,
    whg: Weight | None = None,
    bg: Bias | None = None,
    wxo: Weight | None = None,
    who: Weight | None = None,
    bo: Bias | None = None,
    h0: Bias | None = None,
    c0: Bias | None = None,
    wi: Matrix | None = None,
    wf: Matrix | None = None,
    wg: Matrix | None = None,
    wo: Matrix | None = None,
    order: Literal["hx", "xh"] = "hx",
    weight_ih: Matrix | None = None,
    weight_hh: Matrix | None = None,
    bias_ih: Vector | None = None,
    bias_hh: Vector | None = None,
    wci: Bias | None = None,
    wcf: Bias | None = None,
    wco: Bias | None = None,
    candidate: Literal["tanh", "sigmoid"] = "tanh",
    cell_activation: Literal["tanh", "identity"] = "tanh",
) -> Solution:
    """The sum and the value of every gate, then the cell c and the state h, for every step of the sequence.

    x                the inputs: "1, 0, 1" three steps of one number, "1, 0; 0, 1" two steps of two
    wxi, whi, bi     input gate i: the input's weights, the state's weights (a number, or n×m and n×n), the bias
    wxf, whf, bf     forget gate f; g is the candidate (also written c̃), o the output gate
    h0, c0           state and cell before the first step, 0 by default
    wi, wf, wg, wo   instead: each gate's weights side by side, as in W[h; x] + b
    order            which comes first in them: hx or xh
    weight_ih        instead: PyTorch's matrices, the gates stacked in the order i, f, g, o (with weight_hh)
    bias_ih          PyTorch's two biases, stacked alike (with bias_hh)
    wci, wcf, wco    peephole weights on the cell, entry by entry; i and f see the cell before, o the new one
    candidate        the candidate's activation; some notes write σ
    cell_activation  what the output gate multiplies: tanh of the cell, or the cell itself

    Raises InputError naming the parameter that is missing or does not fit.
    """
    given = {name: value for name, value in locals().items() if name != "x"}
    cell = gathered("ifgo", x, given)
    peepholes = _peepholes(cell, {gate: given[f"wc{gate}"] for gate in "ifo"})
    work = Work(
        x=cell.x,
        h={0: cell.state(h0, "h0")},
        c={0: cell.state(c0, "c0")},
        W=cell.weights,
        w={f"c{gate}": value for gate, value in peepholes.items()} or None,
        b=cell.bias,
    )
    check_letters(work.letters, len(cell.x), 4)
    work.called(x="input", h="state", c="cell", W="weights", w="peepholes", b="biases")
    if cell.stacked:
        work.note("PyTorch stacks the gates in the order i, f, g, o.")
    last = len(cell.x)
    for t in range(1, last + 1):
        if cell.kind == "joined":
            first = "the state before, then the input" if order == "hx" else "the input, then the state before"
            work.let("v[t]", PAIR[order], f"side by side: {first}", t=t)
        for gate in "fig":
            _gate(work, cell, gate, t, peepholes, candidate)
        why = "the new cell: what is kept of the old one, and what is let in of the candidate"
        work.let("c[t]", CELL[cell.plain], why, t=t)
        _gate(work, cell, "o", t, peepholes, candidate)
        inside = "tanh of the cell" if cell_activation == "tanh" else "the cell itself"
        work.let("h[t]", STATE[cell.plain, cell_activation], f"the new state: {inside}, as far as o lets it out", t=t)
    if last > 1 and not work.letters:
        columns = {"f": "f[t]", "i": "i[t]", "g": "g[t]", "c": "c[t]", "o": "o[t]", "h": "h[t]"}
        work.overview("All steps", columns, "t")
    words = "figcoh" if last <= 3 else "ch"
    return work.answer({f"{word}{t}": f"{word}[{t}]" for t in range(1, last + 1) for word in words})


def _peepholes(cell: Cell, given: dict[str, Any]) -> dict[str, Any]:
    """The peephole weights of the gates, all or none; a missing one is 0."""
    told = next((gate for gate, value in given.items() if value is not None), None)
    if told is None:
        return {}
    if cell.kind == "joined" or cell.biases == 2:
        raise InputError(f"wc{told}: with peepholes the weights are given gate by gate, as --wxi and --whi")
    zero = {gate: 0 if value is None else value for gate, value in given.items()}
    if cell.plain:
        return {gate: number(value, f"wc{gate}") for gate, value in zero.items()}
    many = "a peephole joins each cell with its own gate only"
    return {gate: vector(value, f"wc{gate}", cell.hidden, many) for gate, value in zero.items()}


def _gate(work: Work, cell: Cell, gate: str, t: int, peepholes: dict[str, Any], candidate: str) -> None:
    """The sum and the value of one gate at step t."""
    key, kinds = (cell.kind, cell.biases), SUM
    if gate in peepholes:
        kinds = PEEP_NEW if gate == "o" else PEEP_OLD
    at: dict[str, Any] = {"q": gate, "k": f"x{gate}", "j": f"h{gate}", "s": f"c{gate}"}
    peep = "" if gate not in peepholes else ", and the new cell" if gate == "o" else ", and the cell before"
    work.let("a[q,t]", kinds[key], f"{_WHY[gate]}, its sum: the input, the state before{peep}", t=t, **at)
    activation = CANDIDATE[candidate] if gate == "g" else GATE
    named = candidate if gate == "g" else "sigmoid"
    spread = "from −1 to 1" if named == "tanh" else "from 0 to 1"
    work.let(f"{gate}[t]", activation, f"{_WHY[gate]}: {'σ' if named == 'sigmoid' else named}, {spread}", t=t, q=gate)


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on the cell."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in _SLIPS
    }


def sample(rng: Random) -> dict[str, Any]:
    """One or two steps, weights with tenths; half have single numbers, the others two units, joined or stacked."""
    kind = rng.choice(["plain", "plain", "plain", "peephole", "arrays", "joined", "stacked"])
    n, m = (1, 1) if kind in ("plain", "peephole") else (2, rng.randint(1, 2))
    steps = rng.randint(1, 2)

    def draw(high: int, wide: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-9, 9) / 10) for _ in range(wide)) for _ in range(high))

    given: dict[str, Any] = {"x": "; ".join(", ".join(str(rng.randint(-2, 2)) for _ in range(m)) for _ in range(steps))}
    if kind == "stacked":
        given |= {"weight_ih": draw(4 * n, m), "weight_hh": draw(4 * n, n), "bias_ih": draw(1, 4 * n)}
        given |= {"bias_hh": draw(1, 4 * n)} if rng.random() < 0.5 else {}
    for gate in "ifgo" if kind != "stacked" else "":
        if kind == "joined":
            given[f"w{gate}"] = draw(n, n + m)
        else:
            given |= {f"wx{gate}": draw(n, m), f"wh{gate}": draw(n, n)}
        given[f"b{gate}"] = draw(1, n)
        if kind == "peephole" and gate != "g":
            given[f"wc{gate}"] = draw(1, n)
    if kind == "joined":
        given["order"] = rng.choice(["hx", "xh"])
    if rng.random() < 0.5:
        given |= {"h0": draw(1, n), "c0": draw(1, n)}
    return given


def reference(x: Any, **given: Any) -> dict[str, Any]:
    """Torch's LSTM, or its matrices by hand in Torch where peepholes or other activations are wanted."""
    return lstm([float(entry) for entry in entries(x)], given)
