"""Several networks beside each other: a row each."""

from collections.abc import Mapping
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.solution import Solution, Work
from revise.solvers.cnn._architecture import Counted

_LETTERS = {"G": "params", "D": "params", "N": "params", "M": "macs", "V": "v", "E": "v"}
_PARAMETERS, _COST, _MEMORY = "parameters", "depth and multiply-adds", "memory of the maps"
_NONE = ("0", "none")


def compare(counted: Mapping[str, Counted], size: int) -> Solution:
    """The totals of each, added up from its layers. Raises InputError where an input has letters."""
    tables: dict[str, dict[str, Any]] = {letter: {} for letter in (*_LETTERS, "a", "h")}
    for label, one in counted.items():
        for letter, values in _summands(one).items():
            tables[letter][label] = values
        tables["a"][label], tables["h"][label] = (one.work.given[letter] for letter in "ah")
    work = Work(**{letter: table for letter, table in tables.items() if table}, B=size)
    work.called(**dict.fromkeys(tables, ""), B="bytes a value")
    work.note(
        "Each layer's numbers stand in its network's own table: revise solve architecture NETWORK. "
        "Multiply-adds leave out biases and norms; the maps are one image's."
    )
    for label, one in counted.items():
        if one.note:
            work.note(f"{label}: {one.note}")
    answers: dict[str, dict[str, str]] = {label: {} for label in counted}
    for add in (_add_parameters, _add_costs, _add_maps):
        for label in counted:
            answers[label] |= add(work, label)
    columns = {
        "depth": "depth[net]", "parameters": "params[net]", "in FC": "share[net]", "multiply-adds": "macs[net]",
        "values": "values[net]", "early": "early[net]",
    }  # fmt: skip
    work.overview("Beside each other", columns, "net")
    return work.answer({f"{label}-{word}": name for label, each in answers.items() for word, name in each.items()})


def _summands(one: Counted) -> dict[str, Any]:
    """The layers' parameters by kind, multiply-adds and values, each as a vector; none of what is not there."""
    env, rows = one.work.env, one.rows
    learnt = env.get("params", {})
    rest = tuple(row for row in learnt if row not in (*rows["G"], *rows["D"]))
    listed = {**{letter: rows[letter] for letter in "GDVE"}, "N": rest, "M": tuple(env.get("macs", {}))}
    found = {}
    for letter, places in listed.items():
        values = tuple(env[_LETTERS[letter]][row] for row in places)
        if any(isinstance(value, Node) for value in values):
            raise InputError("input: networks are compared with numbers, not with letters")
        if values:
            found[letter] = Array((len(values),), values)
    return found


def _add_parameters(work: Work, net: str) -> dict[str, str]:
    has = {letter: net in work.given.get(letter, {}) for letter in "GDN"}
    conv, dense, norms = (
        ("sum(G[net])", "convolutions"),
        ("sum(D[net])", "fully connected layers"),
        ("sum(N[net])", "norms and the like"),
    )
    work.let("conv[net]", *(conv if has["G"] else _NONE), table=_PARAMETERS, net=net)
    work.let("dense[net]", *(dense if has["D"] else _NONE), table=_PARAMETERS, net=net)
    work.let("rest[net]", *(norms if has["N"] else _NONE), table=_PARAMETERS, net=net)
    why = "all that is learnt"
    total = work.let("params[net]", "conv[net] + dense[net] + rest[net]", why, table=_PARAMETERS, net=net)
    answers = {"parameters": f"params[{net}]", "fc-parameters": f"dense[{net}]"}
    if not total:
        return answers
    why = "the fully connected layers' share"
    work.let("share[net]", "dense[net]/params[net]", why, table=_PARAMETERS, net=net)
    return {**answers, "fc-share": f"share[{net}]"}


def _add_costs(work: Work, net: str) -> dict[str, str]:
    why = "a convolutions on the longest road and h linear layers"
    work.let("depth[net]", "a[net] + h[net]", why, table=_COST, net=net)
    if net not in work.given.get("M", {}):
        return {"depth": f"depth[{net}]"}
    work.let("macs[net]", "sum(M[net])", "multiply-adds of all layers", table=_COST, net=net)
    return {"depth": f"depth[{net}]", "multiply-adds": f"macs[{net}]"}


def _add_maps(work: Work, net: str) -> dict[str, str]:
    work.let("values[net]", "sum(V[net])", "the input and the maps kept", table=_MEMORY, net=net)
    work.let("memory[net]", "B*values[net]", "B bytes a value", table=_MEMORY, unit="bytes", net=net)
    why = "the share that the first half of these maps hold"
    work.let("early[net]", "sum(E[net])/values[net]", why, table=_MEMORY, net=net)
    return {"activations": f"values[{net}]", "memory": f"memory[{net}]", "early-share": f"early[{net}]"}
