"""Batches for normalisation: how they are typed, laid out in rows, and what must fit them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from revise.engines.arrays import Array, shape_text, stack
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Kind, read_channels, read_matrix
from revise.solution import Solution


def read_batch(text: str) -> Array:
    """`1, 2; 3, 4`: samples × features; with pipes images × channels × rows × columns, || between images."""
    if "|" not in text.replace("｜", "|"):
        return read_matrix(text)
    images = [read_channels(part) for part in text.replace("｜", "|").split("||")]
    for place, image in enumerate(images, 1):
        if image.shape != images[0].shape:
            shown = [shape_text(each.shape) for each in (image, images[0])]
            raise InputError(f"image {place} is {shown[0]} (channels × rows × columns), the first one {shown[1]}")
    return stack(images)


Batch = Annotated[Array, Kind("batch", '"1, 2; 3, 4"', read_batch)]


def lone(x: Array) -> Array | None:
    """The values as a vector where `x` is one row or one column."""
    return Array((len(x.flat),), x.flat) if len(x.shape) == 2 and 1 in x.shape else None


def by_channel(x: Array) -> Array:
    """Images × channels × H × W as one row for each position of each image and one column a channel."""
    n, c, h, w = x.shape
    size = h * w
    flat = [x.flat[(i * c + k) * size + p] for i in range(n) for p in range(size) for k in range(c)]
    return Array((n * size, c), tuple(flat))


def per_feature(value: Any, count: int, name: str, what: str) -> Any:
    """One number for each of `count` features, or one for all of them. Raises InputError naming the parameter."""
    if not isinstance(value, Array):
        return Array((count,), (value,) * count)
    if len(value.flat) not in (1, count):
        of = f"{count} {what}" if count > 1 else f"one {what.removesuffix('s')}"
        raise InputError(f"{name}: {len(value.flat)} numbers for {of}; give one for each, or one for all")
    return Array((count,), value.flat * (count if len(value.flat) == 1 else 1))


def check_eps(eps: Any) -> None:
    if not isinstance(eps, Node) and not 0 <= eps < 1e6:
        raise InputError(f"eps: {eps} is no ε; it is 0 or a small positive number, as 1e-5")


def zero_places(values: Array | Any) -> list[int]:
    """Where a variance is 0."""
    flat = values.flat if isinstance(values, Array) else (values,)
    return [place for place, value in enumerate(flat) if not isinstance(value, Node) and value == 0]


def listed(places: Sequence[int], one: str, many: str) -> str:
    """`feature 2`, `features 0, 3`."""
    return f"{one if len(places) == 1 else many} {', '.join(map(str, places))}"


def slips(solution: Solution, table: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; `table` has them by the right formula."""
    return {
        step.shown: {label: parse(wrong, None, FORMULA) for label, wrong in table[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in table
    }
