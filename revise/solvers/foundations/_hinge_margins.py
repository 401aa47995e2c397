"""The steps of the multi-class hinge: margins and gradient."""

from revise.solution import Work
from revise.solvers.foundations import _hinge_formulas as formulas


def margins(work: Work, goals: list[int], classes: int, squared: bool) -> None:
    one = len(goals) == 1
    why = "violated where it is above 0"
    kept = "what counts" + (", squared" if squared else "")
    for n, goal in enumerate(goals, 1):
        for j in range(classes):
            if j == goal:
                continue
            if one:
                work.let("v[j]", formulas.MARGIN[0], why, table="margins", j=j)
                work.let("h[j]", formulas.KEPT[squared][0], kept, table="margins", j=j)
            else:
                work.let("v[n,j]", formulas.MARGIN[1], why, table="margins", n=n, j=j)
                work.let("h[n,j]", formulas.KEPT[squared][1], kept, table="margins", n=n, j=j)


def gradient(work: Work, goals: list[int], squared: bool, per_class: bool, kind: str) -> dict[str, str]:
    one, classes = not kind, work.given["C"]
    wrong, right = formulas.SLOPE[squared, per_class, kind]
    words = {}
    for n in range(1, len(goals) + 1):
        if one:
            work.let("k", formulas.COUNT[0], "how many margins are violated")
        else:
            work.let("k[n]", formulas.COUNT[1], "how many margins are violated", table="violated margins", n=n)
        words["violated" if one else f"violated-{n}"] = "k" if one else f"k[{n}]"
    tie = False
    for n, goal in enumerate(goals, 1):
        row = {j: work.env["v"][j if one else (n, j)] for j in range(classes) if j != goal}
        on_kink = not squared and any(value == 0 for value in row.values())
        tie = tie or on_kink
        for j in range(classes):
            if j == goal:
                formula, why = right, "the right class: minus all that the others get"
                why = why if squared else "the right class: −1 for each violated margin"
            elif row[j] > 0:
                formula, why = wrong, "violated"
            else:
                formula, why = "0", "met: no slope" if row[j] else "just met: the slope 0 is taken"
            sure = not on_kink
            if one:
                claim = ("L", "s[j]") if sure else None
                work.let("dL_ds[j]", formula, why, table="gradient", gradient_of=claim, j=j)
            else:
                claim = ("L", "s[n,j]") if sure else None
                work.let("dL_ds[n,j]", formula, why, table="gradient", gradient_of=claim, n=n, j=j)
    for n in range(1, len(goals) + 1):
        if one:
            work.let("g", "[dL_ds[j] for j in 0..C-1]", "the same as a vector")
        else:
            work.let("g[n]", "[dL_ds[n,j] for j in 0..C-1]", "the same as vectors", table="gradient, row by row", n=n)
        words["gradient" if one else f"gradient-{n}"] = "g" if one else f"g[{n}]"
    if tie:
        work.note("Where a margin is exactly 0 the hinge has a kink: any slope from 0 to 1 is a subgradient.")
    return words
