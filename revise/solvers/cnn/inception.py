"""An Inception module: each branch, naive and with 1×1 bottlenecks."""

from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, whole
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import read_sides, slips

SERVES: dict[str, dict[str, object]] = {"inception": {}}
SOURCE = "Szegedy et al. 2015, Going deeper with convolutions, section 4, figure 2, table 1"
_CS231N = {"input": "28x28x256", "conv1x1": 128, "conv3x3": 192, "conv5x5": 96}
_3A = {
    "input": "28x28x192", "conv1x1": 64, "reduce3x3": 96, "conv3x3": 128, "reduce5x5": 16, "conv5x5": 32,
    "pool_proj": 32,
}  # fmt: skip
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n, lecture 9: 854M multiply-adds and 28×28×672 naive
    (_CS231N, {"multiply-adds": 854_196_224, "output": [28, 28, 672]}),
    # The same with bottlenecks of 64: the slide's list is this one and gives 28×28×480, but its total, 358M, has the
    # 86.7M of the 3×3 twice: its six products add up to 271.4M.
    (
        {**_CS231N, "reduce3x3": 64, "reduce5x5": 64, "pool_proj": 64},
        {"multiply-adds": 271_351_808, "naive-multiply-adds": 854_196_224, "output": [28, 28, 480]},
    ),
    # Ng, Convolutional neural networks, week 2: 120M against 2.4M + 10.0M = 12.4M for the branch 5×5
    (
        {"input": "28x28x192", "conv5x5": 32, "reduce5x5": 16},
        {"naive-multiply-adds": 120_422_400, "multiply-adds": 12_443_648, "output": [28, 28, 32]},
    ),
    # Szegedy et al. 2015, table 1: 3a has 159K parameters (K = 1024) and 128M operations, 3b 380K (its 640
    # biases included) and 304M
    (_3A, {"weights": 163_328, "multiply-adds": 128_049_152, "output": [28, 28, 256]}),
    (
        {
            "input": "28x28x256", "conv1x1": 128, "reduce3x3": 128, "conv3x3": 192, "reduce5x5": 32, "conv5x5": 96,
            "pool_proj": 64,
        },
        {"weights": 388_096, "multiply-adds": 304_267_264, "output": [28, 28, 480]},
    ),
]  # fmt: skip
MISTAKES = {
    "w[b]": {"the input channels are forgotten": "k[b]^2*c[b]"},
    "macs[b]": {"the positions are forgotten": "w[b]"},
}
_SLIPS = {
    "sum(c[b] for b in N)": {"the largest branch instead of all side by side": "max(c[b] for b in N)"},
    "sum(c[b] for b in S)": {"the reducing 1×1 counted as branches": "sum(c[b] for b in T)"},
    "sum(macs[b] for b in T)": {"the naive module's": "sum(macs[b] for b in P)"},
}
_ROWS = "each convolution"
_SETS = {"naive": "NP", "bottleneck": "ST"}  # the branches' ends, and all convolutions
_SUMS = {
    "naive": ("sum(c[b] for b in N)", "sum(w[b] for b in P)", "sum(macs[b] for b in P)"),
    "bottleneck": ("sum(c[b] for b in S)", "sum(w[b] for b in T)", "sum(macs[b] for b in T)"),
}
# parameter → how its branch is called, the kernel's side
_BRANCHES = {"conv1x1": ("1x1", 1), "conv3x3": ("3x3", 3), "conv5x5": ("5x5", 5)}


def solve(
    input: Shape,
    conv1x1: Number | None = None,
    reduce3x3: Number | None = None,
    conv3x3: Number | None = None,
    reduce5x5: Number | None = None,
    conv5x5: Number | None = None,
    pool_proj: Number | None = None,
    channels_first: bool = False,
) -> Solution:
    """Weights and multiply-adds of each branch, the depth of what is set side by side, and what bottlenecks save.

    input               H×W×C; every branch keeps the sides (stride 1, padding same)
    conv1x1, 3x3, 5x5   filters of each branch; one that is not given is not there
    reduce3x3, 5x5      filters of the 1×1 before it; without any of them only the naive module is worked out
    pool_proj           filters of the 1×1 after the 3×3 max pooling

    The pool is a branch where all three convolutions are, or where pool_proj is given. Biases are not counted.
    Raises InputError naming the parameter that does not fit.
    """
    given = {"conv1x1": conv1x1, "reduce3x3": reduce3x3, "conv3x3": conv3x3, "reduce5x5": reduce5x5,
             "conv5x5": conv5x5, "pool_proj": pool_proj}  # fmt: skip
    sides, channels = read_sides(input, ("h", "w"), channels_first)
    _check(given, channels)
    there = {name: filters for name, filters in given.items() if filters is not None}
    pooled = pool_proj is not None or {"conv1x1", "conv3x3", "conv5x5"} <= set(there)
    rows, modules = _rows(there, pooled)
    depths = {"input": channels, **{row: each["K"] for row, each in rows.items()}, "pool": channels}
    sets = {letter: each for module, pair in modules.items() for letter, each in zip(_SETS[module], pair, strict=True)}
    work = Work(h=sides["h"], w0=sides["w"], c=depths, k={row: each["k"] for row, each in rows.items()}, **sets)
    work.whole = True
    work.called(h="height", w0="width", c="channels or filters", **dict.fromkeys("kNPST", ""))
    for row, each in rows.items():
        _convolution(work, row, each["m"])
    if pooled:
        work.note("The max pooling has stride 1 and multiplies nothing; without a 1×1 behind it keeps all channels.")
    return _totals(work, list(modules))


def _check(given: dict[str, Any], channels: Any) -> None:
    if channels is None:
        raise InputError("input: the channels are needed, as in 28x28x192")
    for name, value in {"the input's channels": channels, **given}.items():
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    for reduce, name in (("reduce3x3", "conv3x3"), ("reduce5x5", "conv5x5")):
        if given[reduce] is not None and given[name] is None:
            raise InputError(f"{reduce}: it stands before {name}, which is not given")
    if all(given[name] is None for name in (*_BRANCHES, "pool_proj")):
        raise InputError("conv1x1, conv3x3, conv5x5 or pool-proj: say the filters of one branch at least")


def _rows(there: dict[str, Any], pooled: bool) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The convolutions (m: the row it reads); module → its branches' ends, and all its convolutions."""
    rows: dict[str, dict[str, Any]] = {}
    naive: list[str] = []
    slim: list[str] = []
    ends: list[str] = []
    for name, (label, kernel) in _BRANCHES.items():
        if name not in there:
            continue
        rows[label] = {"k": kernel, "K": there[name], "m": "input"}
        naive.append(label)
        reduce = there.get(f"reduce{label}")
        if reduce is None:
            slim.append(label)
            ends.append(label)
            continue
        before, after = f"reduce{label}", f"{label} reduced"
        rows[before] = {"k": 1, "K": reduce, "m": "input"}
        rows[after] = {"k": kernel, "K": there[name], "m": before}
        slim += [before, after]
        ends.append(after)
    if "pool_proj" in there:
        rows["pool_proj"] = {"k": 1, "K": there["pool_proj"], "m": "pool"}
        slim.append("pool_proj")
        ends.append("pool_proj")
    elif pooled:
        ends.append("pool")
    modules = {"naive": ((*naive, *(["pool"] if pooled else [])), tuple(naive))}
    if slim != naive:
        modules["bottleneck"] = (tuple(ends), tuple(slim))
    return rows, {module: each for module, each in modules.items() if each[1]}


def _convolution(work: Work, row: str, before: str) -> None:
    at: dict[str, Any] = {"b": row, "m": before}
    why = "each filter spans the channels it reads"
    work.let("w[b]", "k[b]^2*c[m]*c[b]", why, table=_ROWS, unit="weights", **at)
    work.let("macs[b]", "h*w0*w[b]", "each weight once at every position", table=_ROWS, unit="MAC", **at)


def _totals(work: Work, modules: list[str]) -> Solution:
    answers: dict[str, str] = {}
    for module in modules:
        prefix = "naive-" if module == "naive" and len(modules) > 1 else ""
        at: dict[str, Any] = {"v": module}
        depth, weights, macs = _SUMS[module]
        work.let("depth[v]", depth, "the branches side by side (concatenated)", unit="channels", **at)
        work.let("out[v]", "[h, w0, depth[v]]", "every branch keeps the sides", unit="shape", **at)
        work.let("weights[v]", weights, "biases not counted", unit="weights", **at)
        work.let("total[v]", macs, "of all its convolutions", unit="MAC", **at)
        words = {"output": "out", "weights": "weights", "multiply-adds": "total"}
        answers |= {prefix + word: f"{name}[{module}]" for word, name in words.items()}
    if len(modules) > 1:
        why = "of the naive cost is left"
        work.let("ratio", "total[v]/total[u]", why, v="bottleneck", u="naive")
        work.let("saving", "1/ratio", "times fewer multiply-adds")
        answers |= {"ratio": "ratio", "saving": "saving"}
    return work.answer(answers)


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS if "P" in solution.given else {})


def sample(rng: Random) -> dict[str, Any]:
    """A small module: naive, with bottlenecks, or one branch of it."""
    side = rng.choice([4, 7, 8])
    given: dict[str, Any] = {"input": (side, side, 2 * rng.randint(3, 8)), "conv5x5": rng.randint(2, 6)}
    if rng.random() < 0.7:
        given |= {"conv1x1": rng.randint(2, 8), "conv3x3": rng.randint(2, 8)}
    if rng.random() < 0.7:
        given |= {"reduce5x5": rng.randint(1, 3)}
        if "conv3x3" in given:
            given |= {"reduce3x3": rng.randint(1, 4), "pool_proj": rng.randint(1, 4)}
    return given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's layers laid out without memory and set side by side."""
    from revise.solvers.cnn._inception_torch import module

    return module(given)
