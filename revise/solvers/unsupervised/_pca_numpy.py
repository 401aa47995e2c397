"""Principal components by NumPy: svd of the centred points, eigh of a covariance."""

from typing import Any


def analysed(
    points: Any = None, covariance: Any = None, components: Any = None, share: Any = 0.95, divide_by: str = "n-1",
    scale: bool = False, sign: str = "largest", mean: Any = None, point: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """The answers that are unique: components of equal eigenvalues are not, and are left out."""
    import numpy as np

    def array(typed: Any) -> Any:
        return np.array([[float(entry) for entry in row] for row in typed.nested()])

    found: dict[str, Any] = {}
    if points is not None:
        data = array(points)
        middle, ddof = np.average(data, axis=0), int(divide_by == "n-1")
        spread = np.std(data, axis=0, ddof=ddof) if scale else np.ones(data.shape[1])
        centred = (data - middle) / spread
        _, singular, vectors = np.linalg.svd(centred, full_matrices=True)
        singular = np.pad(singular, (0, len(vectors) - len(singular)))
        values = singular**2 / (len(data) - ddof)
        found |= {"mean": middle, "covariance": np.cov(data, rowvar=False, ddof=ddof)}
        found |= {f"singular value {i}": each for i, each in enumerate(singular, 1)}
    else:
        matrix = array(covariance)
        spread = np.sqrt(np.diag(matrix)) if scale else np.ones(len(matrix))
        middle = np.zeros(len(matrix)) if mean is None else np.array([float(entry) for entry in mean.flat])
        ascending, columns = np.linalg.eigh(matrix / np.multiply.outer(spread, spread))
        values, vectors = np.clip(ascending[::-1], 0, None), columns.T[::-1]
    ratios = values / np.add.reduce(values)
    needed = int(np.argmax(np.cumsum(ratios) >= float(share) - 1e-12)) + 1
    kept = needed if components is None else int(components)
    clear = [all(abs(a - b) > 1e-7 * values[0] for j, b in enumerate(values) if j != i) for i, a in enumerate(values)]
    signed = [_signed(vector, sign) for vector in vectors]
    for i, value in enumerate(values):
        found |= {f"eigenvalue {i + 1}": value, f"ratio {i + 1}": ratios[i]}
        found |= {f"component {i + 1}": signed[i]} if clear[i] else {}
    found |= {"needed": needed, "kept": ratios[:kept].sum(), "error": values[kept:].sum()}
    base = np.array(signed[:kept])
    if kept < len(values) and abs(values[kept - 1] - values[kept]) <= 1e-7 * values[0]:
        return found
    onto = base.T @ base
    if points is not None:
        found["reconstruction"] = middle + centred @ onto * spread
        found |= {"scores": centred @ base.T} if all(clear[:kept]) else {}
    if point is not None:
        away = (np.array([float(entry) for entry in point.flat]) - middle) / spread
        back = middle + onto @ away * spread
        found |= {"point reconstructed": back, "squared distance": ((back - middle - away * spread) ** 2).sum()}
        found |= {"projection": base @ away} if all(clear[:kept]) else {}
    return found


def _signed(vector: Any, sign: str) -> Any:
    import numpy as np

    sizes = np.abs(vector)
    bound = sizes.max() * (1 - 1e-7) if sign == "largest" else 1e-7
    return vector * np.sign(vector[np.argmax(sizes >= bound)])
