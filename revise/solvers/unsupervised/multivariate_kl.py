"""KL divergence of two normal densities with full covariance matrices."""

from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Vector
from revise.solution import Solution, Work
from revise.solvers.networks.hessian import definiteness
from revise.solvers.unsupervised._encoder import numbers

SERVES: dict[str, dict[str, object]] = {"multivariate-kl": {}}
SOURCE = "Doersch 2016, Tutorial on variational autoencoders, equations 6 and 7"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # equation 7, against N(0, I): 1/2 (tr Σ + μᵀμ − k − log det Σ)
    ({"mean": "m, n", "covariance": "a, 0; 0, b"}, {"kl": "1/2*(a + b + m^2 + n^2 - 2 - log(a*b))"}),
    ({"mean": "m, n", "covariance": "a, c; c, b"}, {"kl": "1/2*(a + b + m^2 + n^2 - 2 - log(a*b - c^2))"}),
    # equation 6 in one dimension
    (
        {"mean": "m", "covariance": "a", "mean_2": "n", "covariance_2": "b"},
        {"kl": "1/2*(a/b + (n - m)^2/b - 1 + log(b/a))"},
    ),
]
_MOST = 6
MISTAKES = {
    "KL": {
        "the 1/2 is forgotten": "t + q - k + l",
        "the −k is forgotten": "1/2*(t + q + l)",
        "the fraction of determinants is upside down": "1/2*(t + q - k - l)",
        "the distance of the means is forgotten": "1/2*(t - k + l)",
    },
    "t": {"all entries added instead of the diagonal": "sum(M)"},
    "q": {"the distance without the inverse": "d @ d"},
}


def solve(
    mean: Vector, covariance: Matrix, mean_2: Vector | None = None, covariance_2: Matrix | None = None
) -> Solution:
    """KL(N(μ₁, Σ₁) || N(μ₂, Σ₂)) = 1/2 (tr(Σ₂⁻¹Σ₁) + (μ₂ − μ₁)ᵀΣ₂⁻¹(μ₂ − μ₁) − k + log(det Σ₂/det Σ₁)).

    mean          μ₁
    covariance    Σ₁: a matrix; one line of numbers is a diagonal of variances
    mean_2        μ₂, 0 by default
    covariance_2  Σ₂, the identity by default: then it is the KL term of a VAE

    For entries that are independent see also kl and vae-kl.

    Raises InputError naming the argument that is no covariance matrix or does not fit.
    """
    k = len(mean.flat)
    if k > _MOST:
        raise InputError(f"mean: {k} dimensions; at most {_MOST} are worked out")
    first = _matrix(covariance, k, "covariance")
    second = _matrix(covariance_2, k, "covariance-2") if covariance_2 is not None else _identity(k)
    if mean_2 is not None and len(mean_2.flat) != k:
        raise InputError(f"mean-2: {len(mean_2.flat)} numbers, but mean has {k}")
    for name, values in (("mean", mean), ("mean-2", mean_2)):
        numbers(name, values if values is not None else 0)
    other = mean_2 if mean_2 is not None else Array((k,), (0,) * k)
    standard = covariance_2 is None and mean_2 is None
    work = Work(mu_1=mean, A=first, mu_2=other, B=second, k=k)
    work.called(mu_1="mean", A="covariance Σ₁", mu_2="mean", B="covariance Σ₂", k="dimensions")
    if standard:
        work.note("The second density is N(0, I): this is the KL term of a VAE, with a full covariance.")
    if work.letters:
        work.note("Both matrices are taken to be covariance matrices: their determinants are positive.")
    if k == 2:
        work.let("D_1", "A[0,0]*A[1,1] - A[0,1]*A[1,0]", "det Σ₁")
        work.let("D_2", "B[0,0]*B[1,1] - B[0,1]*B[1,0]", "det Σ₂")
        why = "Σ₂⁻¹: the diagonal exchanged, the others with a minus, divided by the determinant"
        work.let("P", "[B[1,1]/D_2, -B[0,1]/D_2; -B[1,0]/D_2, B[0,0]/D_2]", why,
                 holds="P @ B = eye(2)")  # fmt: skip
    else:
        work.let("D_1", "det(A)", "det Σ₁")
        work.let("D_2", "det(B)", "det Σ₂")
        work.let("P", "inv(B)", "Σ₂⁻¹", holds="P @ B = eye(k)")
    work.let("M", "P @ A", "Σ₂⁻¹ Σ₁")
    work.let("t", "trace(M)", "the sum of its diagonal")
    work.let("d", "mu_2 - mu_1", "the distance of the means")
    work.let("q", "d @ P @ d", "the distance squared, measured by Σ₂")
    work.let("l", "log(D_2/D_1)", "natural logarithm; the second determinant above")
    work.let("KL", "1/2*(t + q - k + l)", "0 only where both are the same", unit="nat", holds="KL >= -1/10^12")
    return work.answer(kl="KL", trace="t", distance="q", log_ratio="l")


def _identity(k: int) -> Array:
    return Array((k, k), tuple(int(i == j) for i in range(k) for j in range(k)))


def _matrix(typed: Array, k: int, name: str) -> Array:
    """The covariance matrix; a line of k variances becomes a diagonal. Raises InputError: why it is none."""
    numbers(name, Array((len(typed.flat),), typed.flat))
    if k > 1 and typed.shape == (1, k):
        typed = Array((k, k), tuple(typed.flat[i] if i == j else 0 for i in range(k) for j in range(k)))
    if typed.shape != (k, k):
        raise InputError(
            f"{name}: {typed.shape[0]}×{typed.shape[1]}, but mean has {k} numbers: {k}×{k}, or {k} variances"
        )
    rows = typed.nested()
    for i in range(k):
        for j in range(i):
            a, b = rows[i][j], rows[j][i]
            if (text(a) != text(b)) if isinstance(a, Node) and isinstance(b, Node) else a != b:
                raise InputError(f"{name}: it is not symmetric, entry {i + 1},{j + 1} differs from {j + 1},{i + 1}")
    if not any(isinstance(entry, Node) for entry in typed.flat) and definiteness(rows) != "positive definite":
        raise InputError(f"{name}: it is {definiteness(rows)}; a density needs a positive definite matrix")
    return typed


def sample(rng: Random) -> dict[str, Any]:
    """Two dimensions, sometimes one or three; small whole entries that make the matrices positive definite."""
    k = rng.choice([1, 2, 2, 2, 2, 3])

    def vector() -> str:
        return ", ".join(str(rng.randint(-2, 2)) for _ in range(k))

    def matrix() -> str:
        root = [[rng.randint(1, 2) if i == j else rng.randint(-1, 1) * (j < i) for j in range(k)] for i in range(k)]
        rows = [[sum(a * b for a, b in zip(one, two, strict=True)) for two in root] for one in root]
        return "; ".join(", ".join(map(str, row)) for row in rows)

    given = {"mean": vector(), "covariance": matrix()}
    if rng.random() < 0.7:
        given |= {"mean_2": vector(), "covariance_2": matrix()}
    return given


def reference(mean: Any, covariance: Any, mean_2: Any = None, covariance_2: Any = None) -> dict[str, Any]:
    """Torch's kl_divergence of two MultivariateNormal; the trace by a Cholesky solve, as NumPy would not."""
    import torch

    law: Any = torch.distributions

    def full(typed: Any, k: int) -> Any:
        if typed is None:
            return torch.eye(k, dtype=torch.float64)
        rows = torch.tensor([[float(entry) for entry in row] for row in typed.nested()], dtype=torch.float64)
        return torch.diag(rows[0]) if rows.shape[0] < k else rows

    one = torch.tensor([float(entry) for entry in mean.flat], dtype=torch.float64)
    two = torch.zeros_like(one) if mean_2 is None else one.new_tensor([float(entry) for entry in mean_2.flat])
    first, second = full(covariance, len(one)), full(covariance_2, len(one))
    p, q = law.MultivariateNormal(one, first), law.MultivariateNormal(two, second)
    factor = torch.linalg.cholesky(second)
    return {
        "kl": law.kl_divergence(p, q).item(),
        "trace": torch.cholesky_solve(first, factor).diagonal().sum().item(),
        "distance": (torch.linalg.solve_triangular(factor, (two - one)[:, None], upper=False) ** 2).sum().item(),
        "log-ratio": (torch.logdet(second) - torch.logdet(first)).item(),
    }
