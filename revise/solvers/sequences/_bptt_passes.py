"""The passes of back-propagation through time, each quantity one step."""

from revise.engines.arrays import entries
from revise.expression import Node
from revise.solution import Work
from revise.solvers.sequences._bptt_formulas import (
    BACK,
    CALLED,
    DELTA,
    ERROR,
    ERROR_OF_OUTPUT,
    LOSS,
    OUTPUT,
    PATH,
    PROBABILITY,
    SHARE_INPUT,
    SHARE_OUTPUT,
    SHARE_STATE,
)
from revise.solvers.sequences._bptt_input import Cell
from revise.solvers.sequences._rnn_formulas import SLOPE, STATE, SUM


def forward(work: Work, cell: Cell, activation: str, mean: bool) -> None:
    """Sums, states, outputs and losses from the first step to the last."""
    last, plain = len(cell.given["x"]), cell.plain
    work.note("Forwards.")
    for t in range(1, last + 1):
        work.let("a[t]", SUM[plain, "b_h" in cell.given], "the state before and the input, weighted", t=t)
        work.let("h[t]", STATE[activation], f"the new state: {activation} of the sum", t=t)
        if not cell.has_loss(t):
            continue
        if cell.output:
            work.let("y[t]", OUTPUT[plain, "c" in cell.given], "the output", t=t)
        else:
            work.let("y[t]", "h[t]", "the output is the state itself", t=t)
        if cell.loss in PROBABILITY:
            kind = "softmax" if cell.loss == "ce" else "sigmoid"
            work.let("p[t]", PROBABILITY[cell.loss], f"the probability: {kind}", t=t)
        if cell.each:
            work.let("l[t]", LOSS[cell.loss, plain], f"the loss of this step: {CALLED[cell.loss]}", t=t)
        else:
            work.let("L", LOSS[cell.loss, plain], f"the loss: {CALLED[cell.loss]}", t=t)
    if cell.each and mean:
        work.let("L", "1/T*sum(l[t] for t in 1..T)", "the loss: the mean over the steps")
    elif cell.each:
        work.let("L", "sum(l[t] for t in 1..T)", "the loss: all steps added")


def backward(work: Work, cell: Cell, activation: str, mean: bool, short: int | None, first: int) -> None:
    """e, ∂L/∂h, the slope and δ of every step, from the last to `first`."""
    last, plain = len(cell.given["x"]), cell.plain
    slope = SLOPE[activation][0 if plain else 1]
    whole = short is None
    work.note("Backwards, from the last step: δₜ = ∂L/∂aₜ.")
    for t in range(last, first - 1, -1):
        cut = short is not None and cell.each and t % short == 0
        future = t < last and not cut
        if cell.has_loss(t):
            formula = ERROR_OF_OUTPUT[plain, mean] if cell.loss == "output" else ERROR[cell.loss, mean]
            claim = ("L", "y[t]") if whole and cell.output else None
            work.let("e[t]", formula, "the error: ∂L/∂yₜ", gradient_of=claim, t=t)
        told = "from this step's output" if cell.has_loss(t) else "only through the next state"
        told += ", and through the next state" if cell.has_loss(t) and future else ""
        told += "; the next state belongs to the next piece" if cut and t < last else ""
        claim = ("L", "h[t]") if whole else None
        work.let("dL_dh[t]", BACK[plain, cell.output, cell.has_loss(t), future], told, gradient_of=claim, t=t)
        work.let("s[t]", slope, f"the slope of the activation: {SLOPE[activation][2]}", t=t)
        claim = ("L", "a[t]") if whole and activation != "identity" else None
        work.let("delta[t]", DELTA[plain], "back through the activation", gradient_of=claim, t=t)
        if activation == "relu" and any(not isinstance(a, Node) and a == 0 for a in entries(work.env["a"][t])):
            work.note("relu has no derivative at 0, where a sum is here: there it is taken as 0.")


def gradients(work: Work, cell: Cell, first: int, claimed: bool) -> dict[str, str]:
    """Each weight's gradient as the sum of the steps' shares; word → name of the step."""
    last, plain, words = len(cell.given["x"]), cell.plain, {}
    table = "each step's share of the gradients" if plain else ""
    work.note("The weights are the same at every step, so each step adds its share to their gradients.")
    for t in range(first, last + 1):
        hh, xh = cell.name("hh"), cell.name("xh")
        work.let("A[t]", SHARE_STATE[plain], f"to {hh}: δ times the state before", table=table, t=t)
        work.let("B[t]", SHARE_INPUT[plain], f"to {xh}: δ times the input", table=table, t=t)
    cut = first > 1
    for letter, end in (("A", "hh"), ("B", "xh")):
        name = f"dL_d{cell.name(end)}"
        formula = {
            ("A", False): "sum(A[t] for t in 1..T)", ("A", True): "sum(A[t] for t in F..T)",
            ("B", False): "sum(B[t] for t in 1..T)", ("B", True): "sum(B[t] for t in F..T)",
        }[letter, cut]  # fmt: skip
        work.let(name, formula, "the shares added", gradient_of=("L", cell.name(end)) if claimed else None)
        words[f"dL/dW_{end}"] = name
    if "b_h" in cell.given:
        formula = "sum(delta[t] for t in F..T)" if cut else "sum(delta[t] for t in 1..T)"
        work.let("dL_db_h", formula, "the bias is in every sum", gradient_of=("L", "b_h") if claimed else None)
        words["dL/db_h"] = "dL_db_h"
    return words | (_of_output(work, cell) if cell.output else {})


def _of_output(work: Work, cell: Cell) -> dict[str, str]:
    last, letter = len(cell.given["x"]), "v" if cell.plain else "V"
    name, claim = f"dL_d{letter}", ("L", letter)
    words = {"dL/dV": name}
    if cell.each:
        for t in range(1, last + 1):
            table = "each step's share of the output's gradient" if cell.plain else ""
            work.let("C[t]", SHARE_OUTPUT[cell.plain], f"to {letter}: e times the state", table=table, t=t)
        work.let(name, "sum(C[t] for t in 1..T)", "the shares added", gradient_of=claim)
    else:
        work.let(name, SHARE_OUTPUT[cell.plain], "e times the state, at the last step only", gradient_of=claim, t=last)
    if "c" in cell.given:
        formula = "sum(e[t] for t in 1..T)" if cell.each else "e[T]"
        work.let("dL_dc", formula, "the errors at the output", gradient_of=("L", "c"))
        words["dL/dc"] = "dL_dc"
    return words


def paths(work: Work, cell: Cell) -> None:
    """The same gradient by the state's weight, path by path: from the loss at i back to the weight's use at k."""
    last = len(cell.given["x"])
    why = "the error at i, back through the states to step k, where the weight met the state before"
    for i in range(1 if cell.each else last, last + 1):
        for k in range(i, 0, -1):
            work.let("G[i,k]", PATH[cell.output], why, table="the same as a sum over paths", i=i, k=k)
    if cell.each:
        work.let(
            "S", "sum(sum(G[i,k] for k in 1..i) for i in 1..T)", "all paths added: ∂L/∂w_hh again",
            holds="S = dL_dw_hh",
        )  # fmt: skip
    else:
        work.let("S", "sum(G[T,k] for k in 1..T)", "all paths added: ∂L/∂w_hh again", holds="S = dL_dw_hh")


def update(work: Work, cell: Cell) -> dict[str, str]:
    """One step down the gradient; word → name of the step."""
    words = {}
    for end, formula in (
        ("w_hh", "w_hh - eta*dL_dw_hh"), ("w_xh", "w_xh - eta*dL_dw_xh"), ("v", "v - eta*dL_dv"),
        ("W_hh", "W_hh - eta*dL_dW_hh"), ("W_xh", "W_xh - eta*dL_dW_xh"), ("V", "V - eta*dL_dV"),
        ("b_h", "b_h - eta*dL_db_h"), ("c", "c - eta*dL_dc"),
    ):  # fmt: skip
        if end in cell.given:
            work.let(f"{end}_new", formula, "one step down the gradient")
            words[f"{end.replace('w', 'W').replace('v', 'V')}-new"] = f"{end}_new"
    return words
