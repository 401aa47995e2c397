"""Principal components of points or of a covariance matrix, by hand."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number, Vector
from revise.solution import Solution, Work
from revise.solvers.unsupervised._pca_eigen import add_eigenpairs
from revise.solvers.unsupervised._pca_input import check_asked, check_covariance, check_points, row_of
from revise.solvers.unsupervised._pca_numpy import analysed
from revise.solvers.unsupervised._pca_use import add_components, add_projection, add_shares

SERVES: dict[str, dict[str, object]] = {"pca": {}}
SOURCE = (
    "Goodfellow, Bengio & Courville 2016, Deep Learning, section 5.8.1; Jolliffe 2002, Principal component analysis"
)
_SMITH = "2.5, 2.4; 0.5, 0.7; 2.2, 2.9; 1.9, 2.2; 3.1, 3.0; 2.3, 2.7; 2, 1.6; 1, 1.1; 1.5, 1.6; 1.1, 0.9"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Smith 2002, A tutorial on principal components analysis, section 3.1: ten points, divided by n − 1; his first
    # component has the other sign. His list of transformed data starts with −.827970186 (the sign turned too)
    (
        {"points": _SMITH, "components": 1},
        {
            "mean": ["1.81", "1.91"],
            "covariance": [["0.616555556", "0.615444444"], ["0.615444444", "0.716555556"]],
            "eigenvalue 1": "1.28402771", "eigenvalue 2": "0.0490833989",
            "component 1": ["0.677873399", "0.735178656"], "component 2": ["0.735178656", "-0.677873399"],
        },
    ),
    # scikit-learn's documentation of PCA: ratios [0.9924, 0.0075] (cut there, not rounded), singular values
    (
        {"points": "-1, -1; -2, -1; -3, -2; 1, 1; 2, 1; 3, 2"},
        {"ratio 1": "0.99244", "singular value 1": "6.30061", "singular value 2": "0.54980"},
    ),
    # Johnson & Wichern 2007, Applied multivariate statistical analysis, example 8.1 (their signs are others)
    (
        {"covariance": "1, -2, 0; -2, 5, 0; 0, 0, 2", "components": 2},
        {
            "eigenvalue 1": "5.83", "eigenvalue 2": 2, "eigenvalue 3": "0.17", "component 1": ["-0.383", "0.924", "0"],
            "component 2": [0, 0, 1], "component 3": ["0.924", "0.383", "0"], "ratio 1": "0.73", "kept": "0.98",
        },
    ),
    # the same book, exercise 8.1, and exercise 8.2 of its correlation matrix: 1 ± 2/√10
    ({"covariance": "5, 2; 2, 2"}, {"eigenvalue 1": 6, "eigenvalue 2": 1, "ratio 1": "0.857"}),
    ({"covariance": "5, 2; 2, 2", "scale": True}, {"eigenvalue 1": "1.6325", "eigenvalue 2": "0.3675"}),
    # two variables of one variance: det(C − λI) = (a − λ)² − b², so λ = a ± |b|
    ({"covariance": "a, b; b, a", "components": 1}, {"eigenvalue 1": "a + abs(b)", "eigenvalue 2": "a - abs(b)"}),
]  # fmt: skip
MISTAKES = {
    "Z": {"not centred": "X"},
    "C": {"not centred": "X.T @ X/(n - 1)", "not divided": "Z.T @ Z", "divided by n": "Z.T @ Z/n"},
    "v[i]": {"not divided by its length": "u[i]"},
    "r[i]": {"the roots instead of the variances": "sqrt(lambda[i])/sum(sqrt(lambda[j]) for j in 1..d)"},
    "Y": {"the mean is not taken off": "X @ V"},
    "R": {"the mean is not added again": "Q"},
    "y": {"the mean is not taken off": "x @ V"},
}  # fmt: skip


def solve(
    points: Matrix | None = None,
    covariance: Matrix | None = None,
    components: Number | None = None,
    share: Number = 0.95,
    divide_by: Literal["n-1", "n"] = "n-1",
    scale: bool = False,
    sign: Literal["largest", "first"] = "largest",
    mean: Vector | None = None,
    point: Vector | None = None,
) -> Solution:
    """Centred, covariance, eigenvalues, components, shares of the variance; then projected and put back.

    points      one point a line: "1, 2; 3, 4; 5, 5"; or else
    covariance  the matrix itself (of two letters too: "a, b; b, a")
    components  how many are kept; by default as many as explain the share
    share       of the variance that is to be explained
    divide_by   n-1 (the sample's covariance, as NumPy and scikit-learn) or n; the directions are the same
    scale       every column to variance 1 first: the correlation matrix
    sign        v and −v are both right: `largest` makes the entry largest in size positive, `first` the first
    mean        with covariance: taken off the point; 0 by default
    point       a point to be projected and put back

    Two columns by the quadratic formula, three by the cubic; beyond, the eigenvectors come from a computer.

    Raises InputError naming the argument that does not fit.
    """
    if (points is None) == (covariance is None):
        raise InputError("points: give --points or --covariance, one of the two")
    if points is not None:
        if mean is not None:
            raise InputError("mean: it follows from the points; leave it out")
        columns = check_points(points, scale)
    else:
        assert covariance is not None
        columns = check_covariance(covariance, scale)
        if divide_by != "n-1":
            raise InputError("divide-by: a covariance that is given has been divided; it goes with --points")
    check_asked(components, share, columns)
    if mean is not None and point is None:
        raise InputError("mean: it is for --point only")
    typed = row_of(point, columns, "point")
    middle = row_of(mean, columns, "mean") or (
        Array((1, columns), (0,) * columns) if typed and points is None else None
    )
    work = Work(
        X=points, n=None if points is None else points.shape[0], m=middle, d=columns, theta=share, k=components,
        x=typed, **{"K" if scale else "C": covariance},
    )  # fmt: skip
    work.called(
        X="points, one a line", n="points", C="covariance", K="covariance", m="mean", d="", theta="share wanted"
    )
    work.called(k="components kept", x="point")
    _covariance(work, divide_by, scale)
    add_eigenpairs(work)
    words = add_components(work, columns, sign) | add_shares(work, columns, components)
    if points is not None:
        words = {"mean": "m", "covariance": "K" if scale else "C"} | words
    return work.answer(words | add_projection(work, columns, divide_by, scale))


# what is divided by → the covariance of the centred points
_COVARIANCE = {"n-1": "Z.T @ Z/(n - 1)", "n": "Z.T @ Z/n"}
_UNSCALED = {"n-1": "B.T @ B/(n - 1)", "n": "B.T @ B/n"}


def _covariance(work: Work, divide_by: str, scale: bool) -> None:
    """The steps from the points to the matrix C whose eigenvectors are sought."""
    points = "X" in work.given
    why = "ZᵀZ: every pair of columns multiplied and added, divided by " + divide_by.replace("-", " − ")
    if points:
        work.let("m", "mean(X, axis=0)", "the mean of each column")
    if points and not scale:
        work.let("Z", "X - m", "centred: every point less the mean (scaling is a choice: --scale)",
                 holds="max(abs(sum(Z, axis=0))) < 1/10^9")  # fmt: skip
        work.let("C", _COVARIANCE[divide_by], why, holds="C = C.T")
        return
    if not scale:
        return
    if points:
        work.let("B", "X - m", "centred: every point less the mean", holds="max(abs(sum(B, axis=0))) < 1/10^9")
        work.let("K", _UNSCALED[divide_by], why.replace("ZᵀZ", "BᵀB"))
    work.let("s", "[sqrt(K[i,i]) for i in 0..d-1]", "the standard deviations: the roots of the diagonal")
    if points:
        work.let("Z", "B ./ s", "scaled: every column divided by its deviation, so that its variance is 1")
    work.let("C", "[[K[i,j]/sqrt(K[i,i]*K[j,j]) for j in 0..d-1] for i in 0..d-1]", "the correlation matrix")


def sample(rng: Random) -> dict[str, Any]:
    """Three or four points with whole coordinates, or a 2×2 or 3×3 covariance; some with a new point."""
    kind = rng.random()
    given: dict[str, Any] = {}
    columns = 2 if kind < 0.75 else 3
    if kind < 0.6 or kind > 0.9:
        rows = [[rng.randint(0, 5) for _ in range(columns)] for _ in range(rng.randint(3, 4))]
        given["points"] = "; ".join(", ".join(map(str, row)) for row in rows)
        given["divide_by"] = rng.choice(["n-1", "n"])
    elif columns == 2:
        root = [[rng.randint(1, 3), 0], [rng.randint(-2, 2), rng.randint(1, 2)]]
        a, b, c = root[0][0] ** 2, root[0][0] * root[1][0], root[1][0] ** 2 + root[1][1] ** 2
        given["covariance"] = f"{a}, {b}; {b}, {c}"
    else:
        a, b, c, e = (rng.randint(1, 4) for _ in range(4))
        given["covariance"] = f"{a + 1}, 1, 0; 1, {b + 1}, {c % 2}; 0, {c % 2}, {e + 1}"
    if rng.random() < 0.7:
        given["components"] = rng.randint(1, columns)
    if rng.random() < 0.3:
        given["point"] = ", ".join(str(rng.randint(0, 4)) for _ in range(columns))
    if rng.random() < 0.2:
        given["scale"] = True
    return given | ({"sign": "first"} if rng.random() < 0.3 else {})


def reference(**given: Any) -> dict[str, Any]:
    """NumPy: the singular value decomposition of the centred points, or eigh of the covariance."""
    if any(isinstance(entry, Node) for each in given.values() if isinstance(each, Array) for entry in each.flat):
        raise InputError("numbers are needed, not letters")
    return analysed(**given)
