"""Entropy of a distribution or a joint table; mutual information."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Vector
from revise.solution import Solution, Work
from revise.solvers.foundations import _entropy_formulas as formulas
from revise.solvers.foundations._distributions import (
    LOGARITHMS,
    UNITS,
    by_entry,
    check_distributions,
    distribution,
    shown,
)
from revise.solvers.foundations._loss_rows import check_size, slips

SERVES: dict[str, dict[str, object]] = {"entropy": {}}
SOURCE = (
    "Cover & Thomas 2006, Elements of information theory, sections 2.1 to 2.4; Goodfellow et al. 2016, section 3.13"
)
_TABLE = "1/8, 1/16, 1/32, 1/32; 1/16, 1/8, 1/32, 1/32; 1/16, 1/16, 1/16, 1/16; 1/4, 0, 0, 0"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Cover & Thomas, example 2.1.2: 7/4 bits
    ({"p": "1/2, 1/4, 1/8, 1/8"}, {"entropy": Fraction(7, 4)}),
    # their example 1.1.2: eight horses, 2 bits; example 1.1.1: 32 alike, 5 bits
    ({"p": "1/2, 1/4, 1/8, 1/16, 1/64, 1/64, 1/64, 1/64"}, {"entropy": 2}),
    ({"p": ", ".join(["1/32"] * 32)}, {"entropy": 5, "perplexity": 32}),
    # example 2.1.1, with its letter
    ({"p": "r, 1 - r"}, {"entropy": "-r*log2(r) - (1 - r)*log2(1 - r)"}),
    # example 2.2.1: X in the columns, Y in the rows; I(X; Y) after equation 2.45
    (
        {"p": _TABLE, "rows": "y"},
        {
            "h(x)": Fraction(7, 4), "h(y)": 2, "h(x|y)": Fraction(11, 8), "h(y|x)": Fraction(13, 8),
            "h(x,y)": Fraction(27, 8), "i(x;y)": Fraction(3, 8),
        },
    ),
    # example 2.3.1 with r = 1/2, s = 1/4: D(p || q) = 0.2075
    ({"p": "1/2, 1/2", "q": "3/4, 1/4"}, {"entropy": 1, "kl": "0.2075", "cross-entropy": "1.2075"}),
]  # fmt: skip
DOMAIN = {"P": (0, 1), "Q": (0, 1)}


def solve(
    p: Matrix, q: Vector | None = None, log_base: Literal["e", 2, 10] = 2, rows: Literal["x", "y"] = "x"
) -> Solution:
    """H = −∑ P log P, term by term; of a joint table H(X), H(Y), H(X, Y), H(Y | X), H(X | Y) and I(X; Y).

    p          the probabilities, "1/2, 1/4, 1/4"; a joint table has several rows, "1/4, 1/4; 0, 1/2"
    q          a second distribution: cross-entropy H(P, Q) = H(P) + KL(P || Q)
    log_base   2 gives bits (usual here), e nats, 10 hartleys
    rows       whose values the rows of a joint table are: x (so that columns are y), or y

    Letters are taken to be positive. Raises InputError naming the argument that is no distribution.
    """
    check_size("p", *p.shape)
    if p.shape[0] > 1 and p.shape[1] > 1:
        if q is not None:
            raise InputError("q: a second distribution goes with a single row of p")
        return _joint(p, log_base, rows == "y")
    single = Array((len(p.flat),), p.flat)
    assumed = check_distributions(p=single) if q is None else check_distributions(p=single, q=q)
    of_p, n = by_entry(single), len(single.flat)
    of_q = None if q is None else by_entry(q)
    there = tuple(i for i, value in of_p.items() if isinstance(value, Node) or value != 0)
    for i in there if of_q is not None else ():
        if of_q is not None and not isinstance(of_q[i], Node) and of_q[i] == 0:
            raise InputError(
                f"q: entry {i} is 0 where p has {shown(of_p[i])}: −log 0 has no bound, the cross-entropy is infinite"
            )
    work = Work(P=of_p, Q=of_q)
    work.note(_said(log_base))
    for text in assumed:
        work.note(text)
    _zeros(work, of_p, of_q is not None)
    for i in there:
        work.let("s[i]", formulas.SURPRISE[log_base], "the surprise at i", table="terms", i=i)
        work.let("u[i]", "P[i]*s[i]", "weighted with P", table="terms", i=i)
    unit = UNITS[log_base]
    work.let("H", "sum(u[i] for i in 1..n)", "the entropy: the mean surprise", unit=unit, n=n)
    words = {"entropy": "H"}
    if not work.letters:
        why = f"the most that {n} values can have, where all are alike"
        work.let("H_max", formulas.MOST[log_base], why, unit=unit, holds="H <= H_max + 1e-9", n=n)
        why = "the perplexity: as uncertain as so many equally likely values"
        work.let("PP", formulas.PERPLEXITY[log_base], why)
        words |= {"maximum": "H_max", "perplexity": "PP"}
    if of_q is not None:
        for i in there:
            work.let("t[i]", formulas.CROSS[log_base], "P weighs the surprise at Q", table="cross-entropy", i=i)
        work.let("H_PQ", "sum(t[i] for i in 1..n)", "the cross-entropy H(P, Q)", unit=unit, n=n)
        for i in there:
            work.let("k[i]", formulas.RATIO[log_base], table="divergence", i=i)
        why = "KL(P || Q): what coding with Q costs above the entropy"
        work.let("KL", "sum(k[i] for i in 1..n)", why, unit=unit, n=n, holds="KL = H_PQ - H")
        work.note("H(P, Q) = H(P) + KL(P || Q): for a given P, least cross-entropy is least divergence.",
                  holds="H_PQ = H + KL")  # fmt: skip
        words |= {"cross-entropy": "H_PQ", "kl": "KL"}
    return work.answer(words)


def _said(log_base: str | int) -> str:
    text = LOGARITHMS[log_base]
    return text.removesuffix(".") + " (--log-base e gives nats)." if log_base == 2 else text


def _zeros(work: Work, of_p: dict[int, Any], crossed: bool) -> None:
    for i, value in of_p.items():
        if not isinstance(value, Node) and value == 0:
            why = "where Pᵢ = 0: 0 · log 0 counts as 0, the limit of x log x"
            work.let("u[i]", "0", why, table="zero terms", i=i)
            if crossed:
                work.let("t[i]", "0", "of the cross-entropy", table="zero terms", i=i)
                work.let("k[i]", "0", "of the divergence", table="zero terms", i=i)


def _joint(p: Array, base: str | int, turned: bool) -> Solution:
    high, wide = p.shape
    cells = {(place // wide + 1, place % wide + 1): value for place, value in enumerate(p.flat)}
    if turned:
        cells = {(j, i): value for (i, j), value in sorted(cells.items(), key=lambda item: item[0][::-1])}
        high, wide = wide, high
    assumed = check_distributions(p=Array((len(p.flat),), p.flat))
    there = {at: isinstance(value, Node) or value != 0 for at, value in cells.items()}
    rows = {i: tuple(j for j in range(1, wide + 1) if there[i, j]) for i in range(1, high + 1)}
    work = Work(
        P=cells,
        v=high,
        w=wide,
        A=tuple(i for i in rows if rows[i]),
        B=tuple(j for j in range(1, wide + 1) if any(there[i, j] for i in rows)),
        C={i: Array((len(row),), row) for i, row in rows.items() if row},
    )
    work.called(P="joint P(x, y)", A="", B="", C="", v="", w="")
    unit = UNITS[base]
    work.note(f"Pᵢ,ⱼ: X has value i, Y has value j (the {'columns' if turned else 'rows'} of the table are X's).")
    work.note(_said(base))
    for text in assumed:
        work.note(text)
    work.note(
        "Sums of logarithms run over what has a probability above 0, for 0 · log 0 counts as 0: A are the values of X "
        "with one, B those of Y, Cᵢ those of Y beside X = i."
    )
    for i in rows:
        work.let("f[i]", "sum(P[i,j] for j in 1..w)", "the marginal P(X = i)", table="X alone", i=i)
    for j in range(1, wide + 1):
        work.let("g[j]", "sum(P[i,j] for i in 1..v)", "the marginal P(Y = j)", table="Y alone", j=j)
    work.let("H_X", formulas.OF_X[base], "H(X)", unit=unit)
    work.let("H_Y", formulas.OF_Y[base], "H(Y)", unit=unit)
    for i, row in rows.items():
        for j in row:
            work.let("u[i,j]", formulas.OF_PAIR[base], "", table="terms of the pairs", i=i, j=j)
    work.let("H_XY", "sum(sum(u[i,j] for j in C[i]) for i in A)", "H(X, Y), over all pairs", unit=unit)
    for i, row in rows.items():
        if row:
            work.let("h[i]", formulas.OF_ROW[base], "H(Y | X = i)", table="Y where X is known", i=i)
    work.let("R_Y", "sum(f[i]*h[i] for i in A)", "H(Y | X): their mean under P(x)", unit=unit,
             holds="R_Y = H_XY - H_X")  # fmt: skip
    work.let("R_X", "H_XY - H_Y", "H(X | Y) by the chain rule H(X, Y) = H(Y) + H(X | Y)", unit=unit)
    work.let("I", "H_X + H_Y - H_XY", "mutual information: what each says of the other", unit=unit,
             holds=formulas.SHARED[base])  # fmt: skip
    work.note(
        "I(X; Y) = H(X) − H(X | Y) = H(Y) − H(Y | X) = KL(P(x, y) || P(x) P(y)): 0 where they are independent.",
        holds="I = H_Y - R_Y",
    )
    return work.answer(
        {"h(x)": "H_X", "h(y)": "H_Y", "h(x,y)": "H_XY", "h(y|x)": "R_Y", "h(x|y)": "R_X", "i(x;y)": "I"}
    )


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, formulas.SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two to four entries in eighths or tenths, or a small joint table; some with a second distribution."""
    base = rng.choice([2, 2, 2, "e", 10])
    if rng.random() < 0.35:
        high, wide = rng.randint(2, 3), rng.randint(2, 3)
        flat = distribution(rng, high * wide, rng.choice([8, 16]))
        table = "; ".join(", ".join(map(str, flat[i * wide : (i + 1) * wide])) for i in range(high))
        return {"p": table, "log_base": base, "rows": rng.choice(["x", "y"])}
    size = rng.randint(2, 4)
    given: dict[str, Any] = {"p": ", ".join(map(str, distribution(rng, size, rng.choice([4, 8, 10]))))}
    if rng.random() < 0.4:
        given["q"] = ", ".join(map(str, distribution(rng, size, 8, zeros=False)))
    return given | {"log_base": base}


def reference(p: Any, q: Any = None, log_base: Any = 2, rows: str = "x") -> dict[str, float]:
    """NumPy: of a table by its marginals, the information as the divergence from independence."""
    import numpy as np

    unit = 1.0 if log_base == "e" else np.log(float(log_base))
    table = np.array([[float(entry) for entry in row] for row in p.nested()])

    def surprise(weights: Any, of: Any) -> float:
        kept = weights > 0
        return float(-np.dot(weights[kept], np.log(of[kept])) / unit)

    if 1 in table.shape:
        line = table.ravel()
        found = {"entropy": surprise(line, line), "maximum": float(np.log(line.size) / unit)}
        found["perplexity"] = float(np.prod(line[line > 0] ** -line[line > 0]))
        if q is not None:
            other = np.array([float(entry) for entry in q.flat])
            cross = surprise(line, other)
            found |= {"cross-entropy": cross, "kl": cross - found["entropy"]}
        return found
    table = table.T if rows == "y" else table
    x, y = table.sum(1), table.sum(0)
    apart = np.outer(x, y)
    shared = surprise(table.ravel(), apart.ravel()) - surprise(table.ravel(), table.ravel())
    return {
        "h(x)": surprise(x, x), "h(y)": surprise(y, y), "h(x,y)": surprise(x, x) + surprise(y, y) - shared,
        "h(y|x)": surprise(table.ravel(), (table / np.where(x > 0, x, 1)[:, None]).ravel()),
        "h(x|y)": surprise(table.ravel(), (table / np.where(y > 0, y, 1)).ravel()), "i(x;y)": shared,
    }  # fmt: skip
