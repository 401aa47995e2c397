"""A convolution by hand: every product of every output."""

from itertools import product
from math import prod
from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, take
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Channels, Filters, Number, Shape, Vector, whole
from revise.solution import Solution, Work
from revise.solvers.cnn import _convolve_formulas as formulas
from revise.solvers.cnn._axes import check_fits, check_letters, one_number, planes, slips

SERVES: dict[str, dict[str, object]] = {"convolve": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, Deep Learning, section 9.1, equations 9.5 and 9.6"
_GUIDE = "3 3 2 1 0; 0 0 1 3 1; 3 1 2 2 3; 2 0 0 2 2; 2 0 0 0 1"
_TWO = "0 1 2; 3 4 5; 6 7 8 | 1 2 3; 4 5 6; 7 8 9"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Goodfellow, Bengio & Courville 2016, figure 9.1: the kernel w x; y z on a to l (e, here a number, is E)
    (
        {"input": "a b c d; E f g h; i j k l", "kernel": "w x; y z"},
        {
            "values": [
                ["a*w + b*x + E*y + f*z", "b*w + c*x + f*y + g*z", "c*w + d*x + g*y + h*z"],
                ["E*w + f*x + i*y + j*z", "f*w + g*x + j*y + k*z", "g*w + h*x + k*y + l*z"],
            ]
        },
    ),
    # Zhang et al. 2023, Dive into deep learning, section 7.2: figure 7.2.1, and the edges of a black bar on white
    ({"input": "0 1 2; 3 4 5; 6 7 8", "kernel": "0 1; 2 3"}, {"output": [2, 2], "values": [[19, 25], [37, 43]]}),
    (
        {"input": "; ".join(["1 1 0 0 0 0 1 1"] * 6), "kernel": "1, -1"},
        {"output": [6, 7], "values": [[0, 1, 0, 0, 0, -1, 0]] * 6},
    ),
    # the same book, section 7.4: two channels; then three filters, the first, the first plus 1, the first plus 2
    ({"input": _TWO, "kernel": "0 1; 2 3 | 1 2; 3 4"}, {"output": [2, 2], "values": [[56, 72], [104, 120]]}),
    (
        {"input": _TWO, "kernel": "0 1; 2 3 | 1 2; 3 4 || 1 2; 3 4 | 2 3; 4 5 || 2 3; 4 5 | 3 4; 5 6"},
        {
            "output": [2, 2, 3],
            "filter 0": [[56, 72], [104, 120]],
            "filter 1": [[76, 100], [148, 172]],
            "filter 2": [[96, 128], [192, 224]],
        },
    ),
    # Dumoulin & Visin 2016, figures 1.1 and 1.3: no padding, stride 1; padding 1, stride 2
    (
        {"input": _GUIDE, "kernel": "0 1 2; 2 2 0; 0 1 2"},
        {"values": [[12, 12, 17], [10, 17, 19], [9, 6, 14]]},
    ),
    (
        {"input": _GUIDE, "kernel": "0 1 2; 2 2 0; 0 1 2", "stride": 2, "padding": 1},
        {"values": [[6, 17, 3], [8, 17, 13], [6, 4, 4]]},
    ),
    # NumPy's documentation of convolve: [1, 2, 3] with [0, 1, 0.5], full, same and valid
    (
        {"input": "1 2 3", "kernel": "0 1 0.5", "padding": 2, "mode": "convolution"},
        {"values": ["0", 1, "2.5", 4, "1.5"]},
    ),
    ({"input": "1 2 3", "kernel": "0 1 0.5", "padding": "same", "mode": "convolution"}, {"values": [1, "2.5", 4]}),
    ({"input": "1 2 3", "kernel": "0 1 0.5", "mode": "convolution"}, {"output": [1], "values": ["2.5"]}),
]

_MOST, _MOST_ENTRIES, _MOST_PRODUCTS = 400, 2_500, 20_000


def solve(
    input: Channels,
    kernel: Filters,
    bias: Vector | None = None,
    stride: Shape = 1,
    padding: Shape | Literal["same", "valid"] = 0,
    dilation: Shape = 1,
    groups: Number = 1,
    mode: Literal["correlation", "convolution"] = "correlation",
) -> Solution:
    """Size, padded input, the products of every output, the channels added up, the bias.

    input    a matrix a channel, a pipe between channels: "1 2; 3 4 | 5 6; 7 8"; a single row is a signal
    kernel   a matrix for each channel in the same way, two pipes between filters: "1 0 | 0 1 || 2 1 | 1 2"
    bias     one number for each filter
    padding  zeros on each side; `same` keeps the size (stride 1), `valid` is 0
    groups   channels and filters are split into so many parts; as many as channels: depthwise
    mode     correlation: the kernel as it is, what deep learning calls convolution; convolution: turned by 180° first

    Raises InputError naming the parameter that does not fit.
    """
    input, kernel = planes(input, 3), planes(kernel, 4)
    check_letters(input=input, kernel=kernel, bias=bias)
    channels, filters = input.shape[0], kernel.shape[0]
    groups = whole(groups, "groups")
    _check_groups(channels, kernel, groups)
    line = input.shape[1] == kernel.shape[2] == 1
    axes = ("l",) if line else ("h", "w")
    n, k = (dict(zip(axes, each.shape[-len(axes) :], strict=True)) for each in (input, kernel))
    s, d = (one_number(each, axes, name) for each, name in ((stride, "stride"), (dilation, "dilation")))
    p = _padding(padding, axes, k, s, d)
    for axis in axes:
        check_fits(axis, n[axis], k[axis], p, d)
    _check_size(n, k, s, d, p, channels, channels // groups * filters)
    kind = "filters" if filters > 1 else "channels" if channels > 1 else "one"
    one, two = axes[0], axes[-1]
    work = Work(
        **_named(input, kernel, kind, line, padded=p > 0, turned=mode == "convolution"),
        b=_bias(bias, filters), n=n[one], m=None if line else n[two], F=k[one], G=None if line else k[two], s=s,
        p=None if padding == "same" else p, D=d if d > 1 else None, A=axes, C=channels if kind != "one" else None,
        K=filters if filters > 1 else None, r=channels // groups if groups > 1 else None,
        q=filters // groups if groups > 1 else None,
    )  # fmt: skip
    _call(work, line)
    if mode == "correlation":
        work.note("The kernel is laid on as it is: cross-correlation, which deep learning calls convolution.")
    else:
        work.note(f"True convolution: the kernel is turned {'round' if line else 'by 180°'} first, then laid on.")
    if padding == "same":
        halves = "D*(F - 1)/2" if d > 1 else "(F - 1)/2"
        work.let("p", halves, "padding `same`: the zeros on each side that keep the size")
    size = _sizes(work, axes, n, k, s, d, p)
    _prepare(work, kind, line)
    return _outputs(work, kind, size, groups, d > 1)


def _check_groups(channels: int, kernel: Array, groups: int) -> None:
    filters, depth = kernel.shape[:2]
    for value, what in ((channels, "channels"), (filters, "filters")):
        if value % groups:
            hint = "; between filters stand two pipes" if filters == 1 and depth > 1 else ""
            raise InputError(f"groups: {groups} does not divide the number of {what}, {value}{hint}")
    if depth != channels // groups:
        wanted = f"{channels // groups} matri{'x' if channels == groups else 'ces'}, one for each channel"
        wanted += " of its group" if groups > 1 else " of the input"
        hint = "; between filters stand two pipes" if filters == 1 and depth > 1 else ""
        raise InputError(f"kernel: a filter needs {wanted}, not {depth}{hint}")


def _padding(padding: Any, axes: tuple[str, ...], k: dict[str, int], s: int, d: int) -> int:
    if padding != "same":
        return one_number(0 if padding == "valid" else padding, axes, "padding", 0)
    totals = {d * (side - 1) for side in k.values()}
    if s > 1:
        raise InputError("padding: same keeps the size with stride 1 only")
    if len(totals) > 1 or min(totals) % 2:
        raise InputError("padding: same needs a square kernel of an odd side here; give the number of zeros")
    return totals.pop() // 2


def _check_size(n: dict[str, int], k: dict[str, int], s: int, d: int, p: int, channels: int, times: int) -> None:
    outputs = times * prod((n[axis] + 2 * p - d * (k[axis] - 1) - 1) // s + 1 for axis in n)
    if channels * prod(side + 2 * p for side in n.values()) > _MOST_ENTRIES:
        raise InputError(f"input: with its padding it has more than {_MOST_ENTRIES:,} entries, too many by hand")
    if outputs > _MOST or outputs * prod(k.values()) > _MOST_PRODUCTS:
        raise InputError(f"input: at most {_MOST} sums and {_MOST_PRODUCTS:,} products are worked by hand")


def _bias(bias: Array | None, filters: int) -> Any:
    if bias is None:
        return None
    if len(bias.flat) != filters:
        wanted = "one number, for the one filter" if filters == 1 else f"{filters} numbers, one for each filter"
        raise InputError(f"bias: {wanted}, not {len(bias.flat)}")
    return bias.flat[0] if filters == 1 else bias


def _named(input: Array, kernel: Array, kind: str, line: bool, padded: bool, turned: bool) -> dict[str, Any]:
    """Input and kernel under the letters they have before padding and turning; one matrix, or a table of them."""

    def part(value: Array, *at: int) -> Array:
        matrix: Array = take(value, at)
        return Array(matrix.shape[1:], matrix.flat) if line else matrix

    image = {c: part(input, c) for c in range(input.shape[0])}
    per = kernel.shape[1]
    group = input.shape[0] // per
    first = {f: f // (kernel.shape[0] // group) * per for f in range(kernel.shape[0])}
    weights = {(f, first[f] + c): part(kernel, f, c) for f in first for c in range(per)}
    letters = ("I" if padded else "X"), ("V" if turned else "W")
    if kind == "one":
        return dict(zip(letters, (image[0], weights[0, 0]), strict=True))
    if kind == "channels":
        return dict(zip(letters, (image, {c: each for (_, c), each in weights.items()}), strict=True))
    return dict(zip(letters, (image, weights), strict=True))


def _call(work: Work, line: bool) -> None:
    work.called(
        I="input", X="input", V="kernel", W="kernel", K="filters", b="bias", s="stride", p="padding", D="dilation",
        n="length" if line else "height", m="width", F="kernel length" if line else "kernel height", G="kernel width",
        C="channels", r="channels in a group", q="filters in a group",
    )  # fmt: skip


def _sizes(work: Work, axes: tuple[str, ...], n: Any, k: Any, s: int, d: int, p: int) -> dict[str, int]:
    square = len(axes) == 2 and n["h"] == n["w"] and k["h"] == k["w"]
    why = "positions the kernel fits in" if d == 1 else "positions the kernel, spread to D(F − 1) + 1, fits in"
    for place, axis in enumerate(axes[:1] if square else axes):
        work.let("o[a]", formulas.SIZES[d > 1, ("rows", "columns")[place]], why, a=axis)
        span = n[axis] + 2 * p - d * (k[axis] - 1) - 1
        if span % s:
            padded = "padded input" if p else "input"
            work.note(f"{span} does not divide by {s}: rounded down, the end of the {padded} is never seen.")
    if square:
        work.let("o[a]", "o[b]", "a square: as wide as high", a="w", b="h")
    if "K" in work.given:
        work.let("out", "concat([o[a] for a in A], K)", "the depth is the number of filters", unit="shape")
    else:
        work.let("out", "[o[a] for a in A]", "the positions along each axis", unit="shape")
    return dict(work.env["o"])


def _prepare(work: Work, kind: str, line: bool) -> None:
    """The padded input and the turned kernel, where there are."""
    if image := work.given.get("I"):
        why = "zeros all round the input" if not line else "zeros before and behind the input"
        if kind == "one":
            work.let("X", formulas.PADDED["one", 1 if line else 2], why)
        else:
            for c in image:
                work.let("X[c]", formulas.PADDED["several", 1 if line else 2], why, c=c)
    if weights := work.given.get("V"):
        why = "turned by 180°: rows and columns in reverse order" if not line else "turned round: in reverse order"
        formula = formulas.TURNED[kind, 1 if line else 2]
        if kind == "one":
            work.let("W", formula, why)
            return
        for at in weights:
            if kind == "channels":
                work.let("W[c]", formula, why, c=at)
            else:
                work.let("W[f,c]", formula, why, f=at[0], c=at[1])


def _outputs(work: Work, kind: str, size: dict[str, int], groups: int, dilated: bool) -> Solution:
    """The products of every output, added up over the channels, with the bias."""
    axes = len(size)
    products, total = formulas.NAMES[kind, axes]
    alone = work.given.get("r") == 1 or work.given.get("C") == 1
    if kind == "filters":
        pairs: list[dict[str, Any]] = [{"f": f, "c": c} for f, c in work.env["W"]]
    else:
        pairs = [{"c": c} for c in work.env["W"]] if kind == "channels" else [{}]
    cells: list[dict[str, Any]] = [
        dict(zip("ij"[-axes:], each, strict=True)) for each in product(*map(range, size.values()))
    ]
    why = "the kernel on each place of the input: products, added up"
    if alone:
        products, why = total, f"{why}; filter f sees channel c only"
    table = "outputs" if alone or kind == "one" else "each channel by itself"
    for pair, cell in product(pairs, cells):
        work.let(products, formulas.PRODUCTS[kind, axes, dilated], why, table=table, **pair, **cell)
    filters: list[dict[str, Any]] = [{"f": f} for f in range(work.given.get("K", 1))] if kind == "filters" else [{}]
    if total and not alone:
        formula = formulas.CHANNELS["groups" if groups > 1 else kind, axes]
        why = "the channels of the filter's group added up" if groups > 1 else "the channels added up"
        for each, cell in product(filters, cells):
            work.let(total, formula, why, table="outputs", **each, **cell)
    bias = "b" in work.given
    why = "set out in rows" if axes == 2 else "one behind the other"
    if bias:
        why += ", the bias added once to every output"
    ends: dict[str, Any] = {"g": size["h"] - 1, "t": size["w"] - 1} if axes == 2 else {"t": size["l"] - 1}
    formula = formulas.RESULT[kind == "filters", axes, bias]
    if kind != "filters":
        work.let("Z", formula, why, **ends)
        return work.answer(output="out", values="Z")
    words = {"output": "out"}
    for f in range(work.given["K"]):
        work.let("Z[f]", formula, why, f=f, **ends)
        words[f"filter {f}"] = f"Z[{f}]"
    return work.answer(words)


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; a kernel that is turned anyway can't be by mistake."""
    found = slips(solution, formulas.SLIPS)
    if "V" not in solution.given:
        return found
    return {
        name: {label: wrong for label, wrong in labelled.items() if "turned" not in label}
        for name, labelled in found.items()
    }


def sample(rng: Random) -> dict[str, Any]:
    """Small whole numbers: mostly one channel, else two channels, two filters, groups or a signal."""
    kind = rng.choice(["one", "one", "one", "line", "channels", "channels", "filters", "groups", "depthwise"])
    channels = {"channels": rng.choice([2, 2, 3]), "filters": rng.choice([1, 2]), "groups": 4, "depthwise": 2}.get(
        kind, 1
    )
    filters = 2 if kind in ("filters", "groups", "depthwise") else 1
    groups = 2 if kind in ("groups", "depthwise") else 1
    high, side = (1, 1) if kind == "line" else (rng.randint(3, 4), rng.randint(2, 3))
    wide = rng.randint(4, 7) if kind == "line" else high + rng.randint(0, 1)

    def draw(shape: tuple[int, ...], least: int, most: int) -> Array:
        count = shape[0] * shape[1] * shape[2] * (shape[3] if len(shape) == 4 else 1)
        return Array(shape, tuple(rng.randint(least, most) for _ in range(count)))

    given: dict[str, Any] = {
        "input": draw((channels, high, wide), -2, 5),
        "kernel": draw((filters, channels // groups, side, rng.randint(2, 3)), -2, 2),
        "stride": rng.choice([1, 1, 2]),
        "padding": rng.choice([0, 0, 1]),
        "mode": rng.choice(["correlation", "correlation", "convolution"]),
    }
    if kind in ("one", "line") and rng.random() < 0.25:
        given |= {"dilation": 2, "padding": 1}
    if groups > 1:
        given["groups"] = groups
    if rng.random() < 0.6:
        given["bias"] = Array((filters,), tuple(rng.randint(-2, 3) for _ in range(filters)))
    return given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's convolution, which is a cross-correlation; for a true one its kernel is flipped."""
    import torch
    from torch.nn import functional

    def tensor(value: Array, rank: int) -> Any:
        flat = torch.tensor([float(entry) for entry in value.flat], dtype=torch.float64)
        return flat.reshape((1,) * (rank - len(value.shape)) + value.shape)

    image, weight = tensor(given["input"], 4), tensor(given["kernel"], 4)
    sides: tuple[int, ...] = (2, 3)
    if image.shape[2] == weight.shape[2] == 1:
        image, weight, sides = image.squeeze(2), weight.squeeze(2), (2,)
    if given.get("mode") == "convolution":
        weight = torch.flip(weight, sides)
    bias = None if given.get("bias") is None else tensor(given["bias"], 1)
    how = {name: given[name] for name in ("stride", "padding", "dilation", "groups") if name in given}
    run = functional.conv1d if len(sides) == 1 else functional.conv2d
    out = run(image, weight, bias, **how)[0]
    if out.shape[0] == 1:
        return {"output": list(out.shape[1:]), "values": out[0]}
    return {"output": [*out.shape[1:], out.shape[0]], **{f"filter {f}": each for f, each in enumerate(out)}}
