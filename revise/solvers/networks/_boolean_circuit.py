"""A boolean formula as a circuit of AND, OR and NOT perceptrons, gate by gate."""

from dataclasses import dataclass, field

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.solution import Solution, Work
from revise.solvers.networks._boolean import Boolean, Tree
from revise.solvers.networks._line_words import subscripted

# gate → the bias by its number of inputs; AND and OR have weights 1, NOT and the negated ones −1
_BIAS = {
    "and": "1/2 - len(In[g])",
    "or": "-1/2",
    "not": "1/2",
    "nand": "len(In[g]) - 1/2",
    "nor": "1/2",
}
_SIGN = {"and": 1, "or": 1, "not": -1, "nand": -1, "nor": -1}
_SAYS = {
    "and": "all inputs are needed", "or": "one input is enough", "not": "fires at 0", "nand": "AND turned round",
    "nor": "OR turned round",
}  # fmt: skip


@dataclass
class _Gates:
    """Signals are numbered: the variables first, then each gate's output."""

    variables: dict[str, int]
    kinds: list[str] = field(default_factory=list)
    sources: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, kind: str, *sources: int) -> int:
        for place, known in enumerate(zip(self.kinds, self.sources, strict=True)):
            if known == (kind, sources):
                return len(self.variables) + place + 1
        self.kinds.append(kind)
        self.sources.append(sources)
        return len(self.variables) + len(self.kinds)

    def signal(self, tree: Tree) -> int:
        head, *parts = tree
        if head == "name":
            return self.variables[parts[0]]
        if head == "constant":
            raise InputError("function: --method gates takes no constants; leave 0 and 1 out")
        inner = [self.signal(part) for part in parts]
        if head == "implies":
            return self.add("or", self.add("not", inner[0]), inner[1])
        if head == "xor":
            joined = inner[0]
            for other in inner[1:]:
                joined = self.add("and", self.add("or", joined, other), self.add("nand", joined, other))
            return joined
        if head == "xnor":
            return self.add("or", self.add("and", *inner), self.add("nor", *inner))
        return self.add(head, *inner)


def circuit(work: Work, function: Boolean) -> Solution:
    """A perceptron for each gate, then every row through all of them."""
    if function.tree is None:
        raise InputError("method: gates follows a formula, such as (a or b) and not c; a table or a name has none")
    gates = _Gates({name: place for place, name in enumerate(function.names, 1)})
    last = gates.signal(function.tree)
    if last <= len(function.names):
        raise InputError("function: a variable alone needs no gate")
    numbers = range(len(function.names) + 1, last + 1)
    rows = dict(enumerate(function.rows, 1))
    work.given |= {
        "In": {g: Array((len(found),), found) for g, found in zip(numbers, gates.sources, strict=True)},
        "w": {g: _SIGN[kind] for g, kind in zip(numbers, gates.kinds, strict=True)},
        "s": {(j, i): bit for i, row in rows.items() for j, bit in enumerate(row, 1)},
    }
    work.env |= {name: dict(work.given[name]) for name in ("In", "w", "s")}
    work.called(In="", w="", s="")
    called = {place: subscripted(name) for name, place in gates.variables.items()}
    if {"xor", "xnor", "implies"} & set(_heads(function.tree)):
        work.note("XOR is (a OR b) AND (a NAND b), XNOR is (a AND b) OR (a NOR b), a → b is (NOT a) OR b.")
    titles = {}
    for g, kind, found in zip(numbers, gates.kinds, gates.sources, strict=True):
        operands = ", ".join(called.get(j, f"signal {j}") for j in found)
        titles[g] = f"signal {g}: {kind.upper()} of {operands}"
        sign = "1" if _SIGN[kind] > 0 else "−1"
        work.let("b[g]", _BIAS[kind], f"{titles[g]}: every weight {sign}; {_SAYS[kind]}", g=g)
    for g in numbers:
        for i, row in rows.items():
            inputs, law = "".join(map(str, row)), "s[g,i] = y[i]" if g == last else None
            table = titles[g]
            work.let("z[g,i]", "w[g]*sum(s[j,i] for j in In[g]) + b[g]", "", table=table, inputs=inputs, g=g, i=i)
            work.let("s[g,i]", "where(z[g,i] >= 0, 1, 0)", "", table=table, holds=law, inputs=inputs, g=g, i=i)
    work.let("f", "[s[g,i] for i in 1..n]", "the last gate, row by row: the column wanted", g=last, n=len(rows))
    work.let("units", "n", "one perceptron for each gate", n=len(numbers))
    return work.answer(units="units", outputs="f")


def _heads(tree: Tree) -> list[str]:
    return [tree[0], *(head for part in tree[1:] if isinstance(part, tuple) for head in _heads(part))]
