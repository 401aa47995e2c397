"""The values of the native engine: float64 and bool of NumPy or Torch, and how given values become them."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from revise.engines.native_shapes import spell
from revise.errors import InputError

Backend = Literal["numpy", "torch"]


class NumPy:
    """What NumPy and Torch spell differently; `xp` is what they spell alike."""

    xp: Any = np

    def owns(self, value: Any) -> bool:
        return isinstance(value, np.float64 | np.bool_ | np.ndarray) and value.dtype in (np.float64, np.bool_)

    def array(self, value: Any) -> Any:
        """Float64 of any shape; a 0-d array becomes a scalar."""
        return np.asarray(_off_torch(value), dtype=np.float64)[()]

    def truth(self, value: bool) -> Any:
        return np.bool_(value)

    def relu(self, x: Any) -> Any:
        return np.maximum(x, 0.0)

    def sigmoid(self, x: Any) -> Any:
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, 1.0, small)[()] / (1 + small)

    def erf(self, x: Any) -> Any:
        return np.vectorize(math.erf, otypes=[float])(x)[()]

    def softmax(self, x: Any, axis: int) -> Any:
        raised = np.exp(x - np.max(x, axis=axis, keepdims=True))
        return raised / np.sum(raised, axis=axis, keepdims=True)

    def logsumexp(self, x: Any, axis: int, keepdims: bool) -> Any:
        greatest = np.max(x, axis=axis, keepdims=True)
        shift = np.where(np.isfinite(greatest), greatest, 0.0)
        total = np.log(np.sum(np.exp(x - shift), axis=axis, keepdims=True)) + shift
        return total if keepdims else np.squeeze(total, axis)[()]

    def counted(self, count: Callable[..., float], smooth: Callable[..., Any], *args: Any) -> Any:
        """`count` entry by entry, a combinatorial function with the derivative of `smooth`."""
        return np.vectorize(count, otypes=[float])(*args)[()]


class Torch(NumPy):
    def __init__(self) -> None:
        import torch

        self.xp = torch

    def owns(self, value: Any) -> bool:
        return isinstance(value, self.xp.Tensor) and value.dtype in (self.xp.float64, self.xp.bool)

    def array(self, value: Any) -> Any:
        if isinstance(value, self.xp.Tensor):
            return value.to(self.xp.float64)
        return self.xp.tensor(np.asarray(value, dtype=np.float64), dtype=self.xp.float64)

    def truth(self, value: bool) -> Any:
        return self.xp.tensor(value)

    def relu(self, x: Any) -> Any:
        return self.xp.relu(x)

    def sigmoid(self, x: Any) -> Any:
        return self.xp.sigmoid(x)

    def erf(self, x: Any) -> Any:
        return self.xp.erf(x)

    def softmax(self, x: Any, axis: int) -> Any:
        return self.xp.softmax(x, axis)

    def logsumexp(self, x: Any, axis: int, keepdims: bool) -> Any:
        return self.xp.logsumexp(x, axis, keepdims)

    def counted(self, count: Callable[..., float], smooth: Callable[..., Any], *args: Any) -> Any:
        exact = self.array(np.vectorize(count, otypes=[float])(*map(_off_torch, args)))
        if not any(arg.requires_grad for arg in args):
            return exact
        near = smooth(self.xp.lgamma, *args).exp()
        return near + self.xp.where(self.xp.isfinite(near), exact - near, 0.0).detach()


Library = NumPy | Torch


def library_of(backend: Backend) -> Library:
    return Torch() if backend == "torch" else NumPy()


def _off_torch(value: Any) -> Any:
    """A tensor as an ndarray; anything else as it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def lifted(value: Any, library: Library) -> Any:
    """A given value as a native one: numbers, Arrays, sequences and tables of them; labels stay."""
    if isinstance(value, str) or library.owns(value):
        return value
    if isinstance(value, Mapping):
        return {key: lifted(entry, library) for key, entry in value.items()}
    if isinstance(value, range) and value:
        return library.array(value)
    if isinstance(value, tuple | list | range):
        return stack([lifted(entry, library) for entry in value], library) if value else ()
    if not isinstance(value, np.ndarray | np.generic) and hasattr(value, "flat"):  # an engine-neutral Array
        entries = [lifted(entry, library) for entry in value.flat]
        flat = stack(entries, library) if entries else library.array([])
        return flat if isinstance(flat, tuple) else flat.reshape(value.shape)
    try:
        return library.array(value if hasattr(value, "shape") else float(value))
    except OverflowError:
        return library.array(math.inf if value > 0 else -math.inf)
    except (TypeError, ValueError):
        raise InputError(f"{value} is no number NumPy or Torch could compute with") from None


def dense(value: Any, library: Library) -> Any:
    """A table with the keys 0, 1, … as an array; anything else as it is."""
    if isinstance(value, Mapping) and value and list(value) == list(range(len(value))):
        return stack([dense(lifted(entry, library), library) for entry in value.values()], library)
    return value


def real(value: Any, where: str, library: Library) -> Any:
    """`value` as float64, truth as 0 and 1."""
    value = dense(value, library)
    if isinstance(value, str):
        raise InputError(f"{where}: {value} is a label, no number")
    if isinstance(value, tuple | Mapping):
        raise InputError(f"{where}: a {'list of labels' if isinstance(value, tuple) else 'table'} is no number")
    return value if value.dtype == library.xp.float64 else library.array(value)


def stack(items: Sequence[Any], library: Library) -> Any:
    """Along a new first axis; labels make a tuple."""
    if not items:
        raise InputError("an empty list has no shape")
    if any(isinstance(item, str) for item in items):
        return tuple(items)
    rows = [real(item, "a list", library) for item in items]
    for row in rows:
        if row.shape != rows[0].shape:
            raise InputError(f"the rows of this array differ: shapes {spell(rows[0])} and {spell(row)}")
    return library.xp.stack(rows)
