"""Self-attention by hand: Q, K, V, scores, weights, output; heads too."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Number, whole
from revise.solution import Solution, Work
from revise.solvers.sequences._heads import FORMULAS, JOINED, MASK, MASKED, SCALED, SLIPS
from revise.solvers.sequences._heads_input import check, split
from revise.solvers.sequences._tokens import check_size, drawn, torched

SERVES: dict[str, dict[str, object]] = {"self-attention": {}}
SOURCE = (
    "Vaswani et al. 2017, equation 1 and section 3.2.2; columns: Prince 2023, Understanding deep learning, 12.2, 12.3"
)
_KARIM = {
    "x": "1, 0, 1, 0; 0, 2, 0, 2; 1, 1, 1, 1",
    "w_q": "1, 0, 1; 1, 0, 0; 0, 0, 1; 0, 1, 1",
    "w_k": "0, 0, 1; 1, 1, 0; 0, 1, 0; 1, 1, 0",
    "w_v": "0, 2, 0; 0, 3, 0; 1, 0, 3; 1, 1, 0",
    "scale": "none",
}
_TOKENS = "0.43, 0.15, 0.89; 0.55, 0.87, 0.66; 0.57, 0.85, 0.64; 0.22, 0.58, 0.33; 0.77, 0.25, 0.10; 0.05, 0.80, 0.55"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Karim 2019, Illustrated: Self-Attention, steps 3 to 6 (unscaled); its text rounds the weights to one decimal
    # before it goes on, its code doesn't: the outputs are the code's
    (
        _KARIM,
        {
            "queries": [[1, 0, 2], [2, 2, 2], [2, 1, 3]],
            "keys": [[0, 1, 1], [4, 4, 0], [2, 3, 1]],
            "values": [[1, 2, 3], [2, 8, 0], [2, 6, 3]],
            "scores": [[2, 4, 4], [4, 16, 12], [4, 12, 10]],
            "weights": [["0.063379", "0.46831", "0.46831"], ["0.0000060", "0.98201", "0.017986"],
                        ["0.00029539", "0.88054", "0.11917"]],
            "output": [["1.9366", "6.6831", "1.5951"], ["2.0000", "7.9640", "0.0540"], ["1.9997", "7.7599", "0.3584"]],
        },
    ),
    # Raschka 2024, Build a large language model from scratch, section 3.3.2: no matrices, no scale, all six tokens
    (
        {"x": _TOKENS, "scale": "none"},
        {
            "output": [["0.4421", "0.5931", "0.5790"], ["0.4419", "0.6515", "0.5683"], ["0.4431", "0.6496", "0.5671"],
                       ["0.4304", "0.6298", "0.5510"], ["0.4671", "0.5910", "0.5266"], ["0.4177", "0.6503", "0.5645"]],
        },
    ),
]  # fmt: skip
MOST = 64


def solve(
    x: Matrix,
    w_q: Matrix | None = None,
    w_k: Matrix | None = None,
    w_v: Matrix | None = None,
    w_o: Matrix | None = None,
    num_heads: Number = 1,
    scale: Number | Literal["none"] | None = None,
    is_causal: bool = False,
    convention: Literal["row", "column"] = "row",
) -> Solution:
    """softmax(QKᵀ/√d_k) V with tokens as rows, V softmax(KᵀQ/√d_k) with tokens as columns.

    x           the tokens: a row each (n×d), with --convention column a column each (d×n)
    w_q, w_k, w_v  d × size, so that Q = XW; in the column convention size × d, so that Q = WX. Without one
                the tokens themselves are taken
    w_o         what the output is multiplied by in the end; without it nothing
    num_heads   every head takes its share of the columns (rows) of W_Q, W_K, W_V, in their order
    scale       the factor of the scores; without it 1/√d_k, d_k the size of a key in one head; `none` for none
    is_causal   a token sees itself and those before it only

    Raises InputError naming the matrix that does not fit.
    """
    row = convention == "row"
    heads = whole(num_heads, "num_heads")
    given = {"x": x, "w_q": w_q, "w_k": w_k, "w_v": w_v, "w_o": w_o}
    matrices = {name: matrix for name, matrix in given.items() if matrix is not None}
    for name, matrix in matrices.items():
        check_size(matrix, name.replace("_", "-"), MOST)
    size_k = check(matrices, row, heads)
    n = x.shape[0] if row else x.shape[1]
    own = None if scale is None or scale == "none" else scale
    work = Work(
        X=x, W_O=w_o, d_k=size_k // heads if scale is None else None, s=own, n=n,
        **{f"W_{letter}": split(given[f"w_{letter.lower()}"], heads, row) for letter in "QKV"},
    )  # fmt: skip
    work.called(
        X=f"tokens ({convention}s)", d_k="size of a key" if heads == 1 else "size of a key in a head", n="", s="scale"
    )
    if is_causal:
        what = "row i is token i" if row else "column j is token j"
        work.let("M", MASK[convention], f"{what}: −∞ where the token looked at comes later, 0 elsewhere")
    for h in range(1, heads + 1):
        _head(work, convention, heads > 1, matrices, own, scale == "none", h)
    return _answer(work, convention, heads, w_o is not None)


def _head(work: Work, convention: str, several: bool, matrices: dict[str, Array], own: Any, bare: bool, h: int) -> None:
    formulas = FORMULAS[convention, several]
    name = {letter: f"{letter}[h]" if several else letter for letter in "QKVSEFAZ"}
    row = convention == "row"
    for letter, word in (("Q", "queries"), ("K", "keys"), ("V", "values")):
        if f"w_{letter.lower()}" in matrices or several:
            work.let(name[letter], formulas[letter], f"{word}, a {convention} for each token", h=h)
        else:
            work.let(name[letter], "X", f"{word}: no W_{letter} is given, so the tokens themselves", h=h)
    why = "row i: query i times every key" if row else "column j: query j times every key"
    work.let(name["S"], formulas["S"], f"scores; {why}", h=h)
    last = "S"
    if not bare:
        why = "scaled as given" if own is not None else "scaled, so that they don't grow with the size of a key"
        work.let(name["E"], SCALED[own is not None, several], why, h=h)
        last = "E"
    if "M" in work.env:
        work.let(name["F"], MASKED[last, several], "masked: the softmax makes 0 of −∞", h=h)
        last = "F"
    softmax = "A of " + last
    one = "each row" if row else "each column"
    total = "sum(A[h]) = n" if several else "sum(A) = n"
    work.let(
        name["A"],
        formulas[softmax],
        f"weights: softmax of {one}, which then adds up to 1",
        holds=total,
        h=h,
    )
    why = f"{'row i' if row else 'column j'}: the values, weighted with {'row i' if row else 'column j'} of A"
    work.let(name["Z"], formulas["Z"], why, h=h)


def _answer(work: Work, convention: str, heads: int, projected: bool) -> Solution:
    formula = FORMULAS[convention, heads > 1]["O"]
    if heads == 1:
        if projected:
            work.let("O", formula, "the output matrix")
        words = {"queries": "Q", "keys": "K", "values": "V", "scores": "S", "weights": "A"}
        return work.answer({**words, "output": "O" if projected else "Z"})
    beside = "side by side" if convention == "row" else "on top of each other"
    work.let("H", JOINED[convention][heads], f"the heads {beside}")
    if projected:
        work.let("O", formula, "the output matrix mixes the heads")
    words = {f"weights({h})": f"A[{h}]" for h in range(1, heads + 1)}
    words |= {f"output({h})": f"Z[{h}]" for h in range(1, heads + 1)}
    return work.answer({**words, "concatenated": "H", "output": "O" if projected else "H"})


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on the convention."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in SLIPS
    }


def sample(rng: Random) -> dict[str, Any]:
    """Two or three tokens of two entries, small whole numbers; about a third with two heads."""
    n, d, heads = rng.randint(2, 3), 2, rng.choice([1, 1, 2])
    size, of_value = (2, rng.randint(1, 3)) if heads == 1 else (rng.choice([2, 4]), rng.choice([2, 4]))
    row = rng.random() < 0.6

    def matrix(high: int, wide: int) -> str:
        return drawn(rng, high, wide, -1, 2) if row else drawn(rng, wide, high, -1, 2)

    given: dict[str, Any] = {
        "x": matrix(n, d),
        "convention": "row" if row else "column",
        "num_heads": heads,
        "is_causal": rng.random() < 0.4,
    }
    if heads == 2 or rng.random() < 0.8:
        given |= {"w_q": matrix(d, size), "w_k": matrix(d, size)}
    if heads == 2 or rng.random() < 0.8:
        given["w_v"] = matrix(d, of_value)
    if rng.random() < 0.4:
        given["w_o"] = matrix(of_value if "w_v" in given else d, 2)
    if rng.random() < 0.4:
        given["scale"] = rng.choice(["none", "1/2"])
    return given


def reference(
    x: Any, w_q: Any = None, w_k: Any = None, w_v: Any = None, w_o: Any = None, num_heads: Any = 1,
    scale: Any = None, is_causal: bool = False, convention: str = "row",
) -> dict[str, Any]:  # fmt: skip
    """Torch's scaled_dot_product_attention over (heads, tokens, size); columns are turned into rows and back."""
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    def lying(value: Any) -> Any:
        return torched(value) if convention == "row" else torched(value).mT

    tokens = lying(x)
    parts = [tokens if w is None else tokens @ lying(w) for w in (w_q, w_k, w_v)]
    q, k, v = (part.unflatten(1, (int(num_heads), -1)).transpose(0, 1) for part in parts)
    factor = None if scale is None else 1.0 if scale == "none" else float(scale)
    eye = torch.eye(len(tokens), dtype=torch.float64).expand(int(num_heads), -1, -1)
    weights = scaled_dot_product_attention(q, k, eye, is_causal=is_causal, scale=factor)
    out = scaled_dot_product_attention(q, k, v, is_causal=is_causal, scale=factor)
    joined = out.transpose(0, 1).flatten(1)
    found = {"concatenated": joined, "output": joined if w_o is None else joined @ lying(w_o)}
    found |= {"queries": parts[0], "keys": parts[1], "values": parts[2], "scores": parts[0] @ parts[1].mT}
    found |= {"weights": weights[0]}
    for h in range(int(num_heads)):
        found |= {f"weights({h + 1})": weights[h], f"output({h + 1})": out[h]}
    return found if convention == "row" else {word: value.mT for word, value in found.items()}
