class NumPy:
    """What NumPy and Torch spell differently; `xp` is what they spell alike."""

    xp: Any = np

    def owns(self, value: Any) -> bool:
        return isinstance(value, np.float64 | np.bool_ | np.ndarray) and value.dtype in (np.float64, np.bool_)

    def array(self, value: Any) -> Any:
        """Float64 of any shape; a 0-d array becomes a scalar."""
        return np.asarray(plain(value), dtype=np.float64)[()]

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
        exact = self.array(np.vectorize(count, otypes=[float])(*map(plain, args)))
        if not any(arg.requires_grad for arg in args):
            return exact
        near = smooth(self.xp.lgamma, *args).exp()
        return near + self.xp.where(self.xp.isfinite(near), exact - near, 0.0).detach()


def library_of(backend: Backend) -> NumPy:
    return Torch() if backend == "torch" else NumPy()


def plain(value: Any) -> Any:
    """A tensor as an ndarray; anything else as it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def lifted(value: Any, library: NumPy) -> Any:
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
