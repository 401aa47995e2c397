"""The plain recurrent cell as it is typed: single numbers or matrices, with or without an output."""

from collections.abc import Mapping
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.solvers.sequences._cell_input import check_cost, is_plain, matrix, number, sequence, vector


def read_cell(typed: Mapping[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Whether all is single numbers, and the textbook's letters with their values, h a table that starts at h₀.

    `typed` are x, wxh, whh, bh, h0, v, c and, for the joined form, w. Raises InputError naming the parameter that
    does not fit.
    """
    if typed["c"] is not None and typed["v"] is None:
        raise InputError("c: it is the output's bias; give the output's weights --v too")
    joined = typed.get("w")
    plain = joined is None and is_plain([typed[name] for name in ("wxh", "whh", "v")])
    given = _plain(typed) if plain else _arrays(typed, joined)
    return plain, {name: value for name, value in given.items() if value is not None}


def _plain(typed: Mapping[str, Any]) -> dict[str, Any]:
    inputs = sequence(typed["x"], 0)
    check_cost(len(inputs), 1, 1, 1)
    bias, state, shift = (None if typed[name] is None else number(typed[name], name) for name in ("bh", "h0", "c"))
    return {
        "x": inputs, "h": {0: state or 0}, "w_xh": typed["wxh"], "w_hh": typed["whh"], "b_h": bias, "v": typed["v"],
        "c": shift,
    }  # fmt: skip


def _arrays(typed: Mapping[str, Any], joined: Array | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if joined is not None:
        n, m = joined.shape[0], joined.shape[1] - joined.shape[0]
        if m < 1:
            raise InputError(
                f"w: W_hh is {n}×{n}, and beside it stand the input's columns: more than {n}, not {joined.shape[1]}"
            )
        given["W"] = joined
    else:
        wxh, whh = typed["wxh"], typed["whh"]
        n = whh.shape[0] if isinstance(whh, Array) else 1
        m = wxh.shape[1] if isinstance(wxh, Array) else 1
        given["W_xh"] = matrix(wxh, "wxh", (n, m), f"it has a row for each of the {n} hidden units")
        given["W_hh"] = matrix(whh, "whh", (n, n), f"it takes the state of {n} to the state of {n}")
    inputs = sequence(typed["x"], m)
    check_cost(len(inputs), n, m, 1)
    hidden = f"there {'is 1 hidden unit' if n == 1 else f'are {n} hidden units'}"
    state = vector(0 if typed["h0"] is None else typed["h0"], "h0", n, hidden)
    given = {"x": inputs, "h": {0: state}, **given}
    given["b_h"] = None if typed["bh"] is None else vector(typed["bh"], "bh", n, hidden)
    if (outward := typed["v"]) is not None:
        rows = outward.shape[0] if isinstance(outward, Array) else 1
        given["V"] = matrix(outward, "v", (rows, n), f"{hidden} to take in")
        given["c"] = None if typed["c"] is None else vector(typed["c"], "c", rows, f"V has {rows} rows")
    return given
