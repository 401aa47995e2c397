"""The parameters of one recurrent layer, part by part."""

from revise.solution import Work

# biases?, peepholes?, projection? → one cell
_CELL = {
    (False, False, False): "U[l] + W[l]",
    (True, False, False): "U[l] + W[l] + B[l]",
    (False, True, False): "U[l] + W[l] + H[l]",
    (True, True, False): "U[l] + W[l] + B[l] + H[l]",
    (False, False, True): "U[l] + W[l] + R[l]",
    (True, False, True): "U[l] + W[l] + B[l] + R[l]",
    (False, True, True): "U[l] + W[l] + H[l] + R[l]",
    (True, True, True): "U[l] + W[l] + B[l] + H[l] + R[l]",
}


def add_layer(work: Work, k: int, biases: int, width: str, peephole: bool, bidirectional: bool) -> None:
    """Weights, biases and sum of layer k; `width` is the letter of the state's size, n or p."""
    named, gates = f"layer {k}" if work.given["N"] > 1 else "the layer", work.given["G"]
    each = "" if gates == 1 else f", for each of the {gates} sums"
    if k == 1:
        work.let("U[l]", "G*n*m", f"{named}, the input's weights U: n×m{each}", unit="weights", l=k)
    else:
        below = "both directions' states" if bidirectional else "the state"
        formula = "G*n*D*n" if width == "n" else "G*n*D*p"
        work.let("U[l]", formula, f"{named}: its input is {below} of the layer below{each}", unit="weights", l=k)
    recurrent, size = ("G*n*n", "n×n") if width == "n" else ("G*n*p", "n×p, for the state is the projected one")
    work.let("W[l]", recurrent, f"{named}, the state's weights W: {size}{each}", unit="weights", l=k)
    if biases:
        told = "a bias for each unit" if biases == 1 else "two biases for each unit"
        work.let("B[l]", "G*n" if biases == 1 else "2*G*n", f"{named}: {told}{each}", unit="biases", l=k)
    if peephole:
        work.let("H[l]", "3*n", f"{named}, peepholes: i, f and o each see their unit's own cell", unit="weights", l=k)
    if width == "p":
        work.let("R[l]", "n*p", f"{named}, the projection: p×n, without a bias", unit="weights", l=k)
    terms = _CELL[bool(biases), peephole, width == "p"]
    if not bidirectional:
        work.let("layer[l]", terms, f"{named} in all", unit="parameters", l=k)
        return
    work.let("cell[l]", terms, f"{named}, one direction", unit="parameters", l=k)
    work.let("layer[l]", "D*cell[l]", f"{named}: two directions, two cells", unit="parameters", l=k)
