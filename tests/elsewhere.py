"""An accelerator that is not there: tensors on Torch's `meta` device that carry real numbers.

Where no accelerator is to be had, this finds what would fail on one: tensors of two devices in one
operation, a generator of the CPU drawing on the device, float64 (which not every accelerator has),
NumPy taken from a tensor of the device. The arithmetic itself is the CPU's.
"""

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

NAME = "meta"


class _Far(torch.Tensor):
    """A tensor that says it is on the device; `numbers` has its numbers."""

    numbers: torch.Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, real: torch.Tensor) -> "_Far":
        if real.dtype == torch.float64:
            raise TypeError("float64 on the accelerator: not every accelerator has it")
        far = torch.Tensor._make_wrapper_subclass(
            cls,
            real.shape,
            strides=real.stride(),
            storage_offset=real.storage_offset(),
            dtype=real.dtype,
            device=NAME,
        )
        far.numbers = real
        return far

    def tolist(self) -> Any:
        return self.numbers.tolist()

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise AssertionError(f"{function} outside of Elsewhere")


class Elsewhere(TorchDispatchMode):
    """While it is entered, `torch.device(NAME)` computes; `calls` counts the operations there."""

    calls = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        wanted = kwargs.get("device")
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        far = [tensor for tensor in tensors if isinstance(tensor, _Far)]
        there = bool(far) if wanted is None else torch.device(wanted).type == NAME
        self.calls += there
        _refuse_mixed(function, tensors, far)
        if there and isinstance(kwargs.get("generator"), torch.Generator):
            raise RuntimeError(f"{function}: a generator of the CPU can't draw on the device")
        if there and wanted is not None:
            kwargs["device"] = torch.device("cpu")
        before = {id(tensor.numbers): tensor for tensor in far}
        result = function(*tree_map(_near, args), **tree_map(_near, kwargs))
        if function is torch.ops.aten.copy_.default:
            return args[0]
        if not there:
            return result

        def placed(leaf: Any) -> Any:
            if not isinstance(leaf, torch.Tensor):
                return leaf
            known = before.get(id(leaf))
            return _Far(leaf) if known is None else known

        return tree_map(placed, result)


def _near(leaf: Any) -> Any:
    return leaf.numbers if isinstance(leaf, _Far) else leaf


MOVES = {torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default}
INDEXING = {torch.ops.aten.index.Tensor, torch.ops.aten.index_put_.default, torch.ops.aten.index_put.default}


def _refuse_mixed(function: Any, tensors: list[torch.Tensor], far: list[_Far]) -> None:
    """Raise where a tensor of the CPU meets one of the device: single numbers and indices may."""
    if any(tensor.device.type == NAME and not isinstance(tensor, _Far) for tensor in tensors):
        raise RuntimeError("torch.tensor(…, device=…) escapes this check: use torch.tensor(…).to(…)")
    near = [tensor for tensor in tensors if not isinstance(tensor, _Far) and tensor.dim()]
    if far and near and function not in MOVES and not (function in INDEXING and isinstance(tensors[0], _Far)):
        raise RuntimeError(f"{function}: tensors of two devices, {[tuple(each.shape) for each in near]} on the CPU")
