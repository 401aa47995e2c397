"""PCA, auto-encoders and the VAE's pieces: what the contract can't see."""

import math
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest

from revise import catalogue
from revise.engines.arrays import entries
from revise.errors import InputError
from revise.expression import Node, parse
from revise.finding import find
from revise.numerals import Numerals
from revise.render.solution import solution_lines
from revise.request import read_request, split

SMITH = "2.5, 2.4; 0.5, 0.7; 2.2, 2.9; 1.9, 2.2; 3.1, 3.0; 2.3, 2.7; 2, 1.6; 1, 1.1; 1.5, 1.6; 1.1, 0.9"
IRIS = (  # covariance of Fisher's irises, four decimals
    "0.6857, -0.0424, 1.2743, 0.5163; -0.0424, 0.19, -0.3297, -0.1216; "
    "1.2743, -0.3297, 3.1163, 1.2956; 0.5163, -0.1216, 1.2956, 0.581"
)


def solved(name: str, **given: Any) -> Any:
    return catalogue.load(name).solve(**given)


def flat(value: Any) -> list[float]:
    return [float(entry) for entry in entries(value)]


def drawn(name: str, **given: Any) -> str:
    return " ".join(" ".join(line.plain for line in solution_lines(solved(name, **given), 80, Numerals())).split())


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("pca", {}, "points: give"),
        ("pca", {"points": "1, 2; 3, 4", "covariance": "1, 0; 0, 1"}, "points: give"),
        ("pca", {"points": "1, 2"}, "points: one point"),
        ("pca", {"points": "1, 2; 1, 2"}, "points: all are the same"),
        ("pca", {"points": "1; 2"}, "points: a single column"),
        ("pca", {"points": "1, a; 2, 3"}, "points: numbers are needed"),
        ("pca", {"points": "1, 2; 1, 3", "scale": True}, "points: column 1 does not vary"),
        ("pca", {"points": "; ".join(["1, 2", "2, 3"] * 40)}, "points: 80 points"),
        ("pca", {"points": "1,2,3,4,5,6,7; 2,2,2,2,2,2,2"}, "points: 7 numbers"),
        ("pca", {"points": "1, 2; 3, 5", "components": 3}, "components: 3 are more"),
        ("pca", {"points": "1, 2; 3, 5", "components": 0}, "components must be"),
        ("pca", {"points": "1, 2; 3, 5", "share": 2}, "share: 2"),
        ("pca", {"points": "1, 2; 3, 5", "share": "s"}, "share: s"),
        ("pca", {"points": "1, 2; 3, 5", "mean": "1, 2"}, "mean: it follows"),
        ("pca", {"points": "1, 2; 3, 5", "point": "1, 2, 3"}, "point: 3 given"),
        ("pca", {"covariance": "1, 2; 3, 4"}, "covariance: it is not symmetric"),
        ("pca", {"covariance": "1, a; b, 1"}, "covariance: it is not symmetric"),
        ("pca", {"covariance": "1, 2; 2, 1"}, "covariance: it is indefinite"),
        ("pca", {"covariance": "0, 0; 0, 0"}, "covariance: it is 0"),
        ("pca", {"covariance": "1, 2, 3; 2, 1, 1"}, "covariance: it is square"),
        ("pca", {"covariance": "1, a, 0; a, 1, 0; 0, 0, 1"}, "covariance: letters"),
        ("pca", {"covariance": "1, 0; 0, 0", "scale": True}, "covariance: a variable without"),
        ("pca", {"covariance": "1, 0; 0, 1", "divide_by": "n"}, "divide-by:"),
        ("vae-kl", {"mu": 1}, "sigma: give one"),
        ("vae-kl", {"mu": 1, "sigma": 1, "logvar": 0}, "logvar: give one"),
        ("vae-kl", {"mu": 1, "sigma": 0}, "sigma: 0 is no"),
        ("vae-kl", {"mu": 1, "sigma": -1}, "sigma: -1 is no"),
        ("vae-kl", {"mu": 1, "variance": 0}, "variance: 0 is no"),
        ("vae-kl", {"mu": 1, "logvar": 1000}, "logvar: the variance"),
        ("vae-kl", {"mu": "1, 2", "sigma": "1, 2, 3"}, "mu: 2 numbers"),
        ("vae-kl", {"mu": "1, 2", "sigma": "1, NaN"}, "sigma: "),
        ("vae-kl", {"mu": "1e200", "sigma": 1}, "mu: its numbers"),
        ("vae-kl", {"mu": ", ".join(["1"] * 65), "sigma": 1}, "mu: 65 numbers"),
        ("reparameterise", {"mu": "1, 2", "sigma": 1, "eps": "1, 2, 3"}, "mu: 2 numbers for 3"),
        ("reparameterise", {"mu": 1, "sigma": 1, "eps": "1, 2, 3", "upstream": "1, 2"}, "upstream: 2 numbers"),
        ("elbo", {}, "x: give"),
        ("elbo", {"x": "1, 0", "decoded": "0.5, 0.5"}, "mu: give"),
        ("elbo", {"x": "1, 0", "decoded": "0.5", "mu": 0, "sigma": 1}, "decoded: 1 on a line"),
        ("elbo", {"x": "1, 0", "decoded": "0, 0.5", "mu": 0, "sigma": 1}, "decoded: entry 1 is 0"),
        ("elbo", {"x": "1, 0", "decoded": "0.5, 2", "mu": 0, "sigma": 1}, "decoded: 2 is no"),
        ("elbo", {"x": "2, 0", "decoded": "0.5, 0.5", "mu": 0, "sigma": 1}, "x: 2;"),
        ("elbo", {"x": "1", "decoded": "0.5", "mu": 0, "sigma": 1, "beta": -1}, "beta: -1"),
        ("elbo", {"x": "1", "decoded": "1", "mu": 0, "sigma": 1, "scale": 0, "decoder": "gaussian"}, "scale: 0"),
        ("elbo", {"prior": "1/2, 1/2"}, "likelihood: a table"),
        ("elbo", {"prior": "1/2, 1/3", "likelihood": "0.1, 0.2"}, "prior: the probabilities sum to"),
        ("elbo", {"prior": "1/2, 1/2", "likelihood": "0.1, 0.2, 0.3"}, "likelihood: 3 entries"),
        ("elbo", {"prior": "1/2, 1/2", "likelihood": "0, 0"}, "likelihood: p(x) is 0"),
        ("elbo", {"prior": "1/2, 1/2", "likelihood": "0.1, -1"}, "likelihood: entry 2"),
        ("elbo", {"prior": "1, 0", "likelihood": "0.1, 0.2", "q": "1/2, 1/2"}, "q: entry 2"),
        ("elbo", {"prior": "1, 0", "likelihood": "0.1, 0.2", "x": "1"}, "x: a table"),
        ("elbo", {"prior": "1, 0", "likelihood": "0.1, 0.2", "sigma": "1"}, "sigma: a table"),
        ("sparsity-penalty", {"rho_hat": "0.1"}, "rho: give"),
        ("sparsity-penalty", {"rho": "0.1"}, "rho-hat: give"),
        ("sparsity-penalty", {"rho": 0, "rho_hat": "0.1"}, "rho: 0;"),
        ("sparsity-penalty", {"rho": "0.1", "rho_hat": "0.1, 1"}, "rho-hat: unit 2"),
        ("sparsity-penalty", {"rho": "0.1", "activations": "0, 0.1; 0, 0.2"}, "activations: unit 1"),
        ("sparsity-penalty", {"rho": "0.1", "rho_hat": "0.1", "weight": -1}, "weight: -1"),
        ("sparsity-penalty", {"penalty": "l1", "rho": "0.1", "activations": "1, 2"}, "rho: --penalty l1"),
        ("contractive-penalty", {"weights": "1, 2"}, "x: give"),
        ("contractive-penalty", {"weights": "1, 2", "x": "1"}, "x: 1 given for the 2 inputs"),
        ("contractive-penalty", {"weights": "1, 2; 3, 4", "hidden": "0.1"}, "hidden: 1 given"),
        ("contractive-penalty", {"weights": "1, 2", "hidden": "2"}, "hidden: 2 is no value"),
        ("contractive-penalty", {"weights": "1, 2", "hidden": "0.2", "bias": "1"}, "bias: it needs"),
        ("contractive-penalty", {"weights": "1, 2", "hidden": "a", "activation": "relu"}, "activation: relu"),
        ("autoencoder-params", {"input": 784, "code": 0}, "code must be"),
        ("autoencoder-params", {"input": 0, "code": 2}, "input must be"),
        ("autoencoder-params", {"input": 784, "code": 10**15}, "code: "),
        ("autoencoder-params", {"input": 784, "code": 9, "tied": True, "decoder": 5}, "decoder: with --tied"),
        ("autoencoder-params", {"input": 784, "code": 9, "tied": True, "variational": True}, "tied: "),
        ("multivariate-kl", {"mean": "1, 2", "covariance": "1"}, "covariance: 1×1"),
        ("multivariate-kl", {"mean": "1, 2", "covariance": "1, 2; 2, 1"}, "covariance: it is indefinite"),
        ("multivariate-kl", {"mean": "1, 2", "covariance": "1, 0; 0, 0"}, "covariance: it is positive semidefinite"),
        ("multivariate-kl", {"mean": "1, 2", "covariance": "1, 0; 1, 2"}, "covariance: it is not symmetric"),
        ("multivariate-kl", {"mean": "1, 2", "covariance": "1, 1", "mean_2": "1"}, "mean-2: 1 numbers"),
    ],
)
def test_bad_input_is_named(name: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(name, **given)
    assert str(fault.value).startswith(said), str(fault.value)


# -- PCA -------------------------------------------------------------------------------------------------


def test_smiths_ten_points_as_he_lists_them() -> None:
    """His transformed data by one component (his sign turned) and the way back: section 3.1, figure 3.5."""
    solution = solved("pca", points=SMITH, components=1)
    listed = [-0.827970186, 1.77758033, -0.992197494, -0.274210416, -1.67580142,
              -0.912949103, 0.0991094375, 1.14457216, 0.438046137, 1.22382056]  # fmt: skip
    assert flat(solution.value("scores")) == pytest.approx([-each for each in listed], abs=5e-9)
    back = np.array(flat(solution.value("reconstruction"))).reshape(10, 2)
    assert back[0] == pytest.approx([1.81 + 0.827970186 * 0.677873399, 1.91 + 0.827970186 * 0.735178656], abs=1e-8)
    assert float(solution.value("error")) == pytest.approx(0.0490833989, abs=5e-11)


def test_the_divisor_changes_the_variances_not_the_directions_nor_the_shares() -> None:
    one, other = (solved("pca", points=SMITH, components=1, divide_by=by) for by in ("n-1", "n"))
    for i in (1, 2):
        assert float(other.value(f"eigenvalue {i}")) == pytest.approx(0.9 * float(one.value(f"eigenvalue {i}")))
        assert flat(other.value(f"component {i}")) == pytest.approx(flat(one.value(f"component {i}")))
        assert float(other.value(f"ratio {i}")) == pytest.approx(float(one.value(f"ratio {i}")))
        assert float(other.value(f"singular value {i}")) == pytest.approx(float(one.value(f"singular value {i}")))


def test_the_sign_is_the_one_asked_for() -> None:
    largest, first = (solved("pca", covariance="1, -2, 0; -2, 5, 0; 0, 0, 2", sign=s) for s in ("largest", "first"))
    assert flat(largest.value("component 1")) == pytest.approx([-0.38268, 0.92388, 0], abs=1e-5)
    assert flat(first.value("component 1")) == pytest.approx([0.38268, -0.92388, 0], abs=1e-5)
    even = solved("pca", covariance="3, -1; -1, 3")
    assert flat(even.value("component 1")) == pytest.approx([math.sqrt(0.5), -math.sqrt(0.5)])


@pytest.mark.parametrize("columns", [2, 3, 4, 5])
@pytest.mark.parametrize("scale", [False, True])
def test_many_points_against_numpy(columns: int, scale: bool) -> None:
    rng = Random(columns)
    for _ in range(12):
        most, count = rng.choice([1, 3, 1000]), rng.randint(2, 6)
        rows = [[rng.randint(0, most) for _ in range(columns)] for _ in range(count)]
        if any(len(set(column)) == 1 for column in zip(*rows, strict=True)):
            continue
        given = {"points": "; ".join(", ".join(map(str, row)) for row in rows), "scale": scale, "components": 1}
        solution = solved("pca", **given)
        data = np.array(rows, dtype=float)
        matrix = np.corrcoef(data.T) if scale else np.cov(data.T)
        values = np.linalg.eigvalsh(matrix)[::-1]
        mine = [float(solution.value(f"eigenvalue {i}")) for i in range(1, columns + 1)]
        assert mine == pytest.approx(values, abs=1e-9 * values.sum())
        basis = np.array([flat(solution.value(f"component {i}")) for i in range(1, columns + 1)])
        assert basis @ basis.T == pytest.approx(np.eye(columns), abs=1e-7)
        assert basis.T @ np.diag(mine) @ basis == pytest.approx(matrix, abs=1e-7 * values.sum())


@pytest.mark.parametrize(
    ("covariance", "values"),
    [
        ("2, 1, 1; 1, 2, 1; 1, 1, 2", [4, 1, 1]),  # the least twice
        ("5, 1, 0; 1, 5, 0; 0, 0, 6", [6, 6, 4]),  # the greatest twice
        ("3, 0, 0; 0, 1, 0; 0, 0, 3", [3, 3, 1]),
        ("7, 0, 0; 0, 7, 0; 0, 0, 7", [7, 7, 7]),
        ("4, 2, 2; 2, 1, 1; 2, 1, 1", [6, 0, 0]),  # points on a line
        ("2, 0; 0, 2", [2, 2]),
        ("1, 0; 0, 4", [4, 1]),
        ("1, 2; 2, 4", [5, 0]),
    ],
)
def test_eigenvalues_that_are_whole_are_exact_however_often_they_count(covariance: str, values: list[int]) -> None:
    solution = solved("pca", covariance=covariance)
    mine = [solution.value(f"eigenvalue {i}") for i in range(1, len(values) + 1)]
    assert mine == values
    assert not any(isinstance(each, float) for each in mine)
    basis = np.array([flat(solution.value(f"component {i}")) for i in range(1, len(values) + 1)])
    size = len(values)
    typed = [float(each) for row in covariance.split(";") for each in row.split(",")]
    assert basis.T @ np.diag([float(each) for each in values]) @ basis == pytest.approx(
        np.array(typed).reshape(size, size), abs=1e-12
    )


def test_how_many_components_a_share_needs() -> None:
    """Fisher's irises: 92.46 %, 97.77 %, 99.48 % of the variance, as in every textbook."""
    for share, needed in (("0.92", 1), ("0.95", 2), ("0.99", 3), ("1", 4)):
        solution = solved("pca", covariance=IRIS, share=share)
        assert solution.value("needed") == needed
        assert float(solution.value("error")) == pytest.approx(
            sum(float(solution.value(f"eigenvalue {i}")) for i in range(needed + 1, 5))
        )
    assert float(solution.value("ratio 1")) == pytest.approx(0.9246, abs=5e-5)
    near = solved("pca", covariance="4,1,0,0; 1,3,1,0; 0,1,2,0; 0,0,0,1", share="0.9")
    assert near.value("needed") == 3, "4.73 + 3 + 1.27 of 10: what floats add to 0.9 counts as 0.9"
    exact = solved("pca", covariance="19, 0; 0, 1", share="0.95")
    assert exact.value("needed") == 1, "exactly the share is enough"


def test_letters_in_two_dimensions() -> None:
    solution = solved("pca", covariance="a, b; b, a", components=1)
    assert isinstance(solution.value("eigenvalue 1"), Node)
    assert "characteristic polynomial" in drawn("pca", covariance="a, b; b, a", components=1)


def test_a_new_point_is_projected_and_put_back() -> None:
    given = {"covariance": "3, 1; 1, 3", "mean": "1, 2", "point": "4, 2", "components": 1}
    solution = solved("pca", **given)
    assert flat(solution.value("projection")) == pytest.approx([3 / math.sqrt(2)])
    assert flat(solution.value("point reconstructed")) == pytest.approx([2.5, 3.5])
    assert float(solution.value("squared distance")) == pytest.approx(4.5)


# -- auto-encoders ---------------------------------------------------------------------------------------


def test_tied_weights_are_counted_once() -> None:
    given = {"input": 20, "hidden": "12x7", "code": 3}
    free, tied = (solved("autoencoder-params", **given, tied=which) for which in (False, True))
    matrices = sum(a * b for a, b in pairwise([20, 12, 7, 3]))
    assert free.value("weights") == 2 * matrices
    assert tied.value("weights") == matrices
    assert free.value("biases") == tied.value("biases") == 12 + 7 + 3 + 7 + 12 + 20
    assert free.value("parameters") - tied.value("parameters") == matrices


def test_the_kind_of_auto_encoder_is_said() -> None:
    assert "undercomplete" in drawn("autoencoder-params", input=10, code=9)
    assert "overcomplete" in drawn("autoencoder-params", input=10, code=10)
    assert "undercomplete" not in drawn("autoencoder-params", input="n", code="m")


def test_the_code_from_the_count() -> None:
    sought = ["autoencoder-params", "--input", "784", "--find"]
    assert find(read_request(*split([*sought, "code", "--parameters", "50992"]))) == [{"code": 32}]
    assert find(read_request(*split([*sought, "hidden", "--code", "30", "--parameters", "209454"]))) == [
        {"hidden": 128}
    ]
    tied = [*sought, "code", "--tied", "--parameters", "25904"]
    assert find(read_request(*split(tied))) == [{"code": 32}]


def test_other_numbers_backwards() -> None:
    asked = ["vae-kl", "--find", "mu", "--sigma", "1", "--kl", "2"]
    assert find(read_request(*split(asked))) == [{"mu": 2}]
    asked = ["pca", "--covariance", "2, 0, 0; 0, 1, 0; 0, 0, 1", "--find", "components", "--kept", "3/4"]
    assert find(read_request(*split(asked))) == [{"components": 2}]


def test_the_sparsity_penalty_is_least_where_the_means_are_right() -> None:
    at = [float(solved("sparsity-penalty", rho="0.2", rho_hat=h / 20).value("penalty")) for h in range(1, 20)]
    assert min(range(19), key=at.__getitem__) == 3
    assert at[3] == 0
    for h in range(1, 20):
        slope = solved("sparsity-penalty", rho="0.2", rho_hat=h / 20).value("gradient")
        assert (slope > 0) - (slope < 0) == (h > 4) - (h < 4)


def test_means_from_activations_and_means_given_agree() -> None:
    typed = {"rho": "0.05", "weight": 3}
    one = solved("sparsity-penalty", activations="0.1, 0.7; 0.3, 0.2; 0.2, 0.6", **typed)
    other = solved("sparsity-penalty", rho_hat="0.2, 0.5", **typed)
    for word in ("penalty", "gradient 1", "gradient 2"):
        assert one.value(word) == other.value(word)
    assert one.value("dOmega_dh[1,2]") * 3 == one.value("gradient 2")


def test_l1_by_reduction() -> None:
    rows = "0.5, -1; 2, 0"
    mean, total = (
        solved("sparsity-penalty", penalty="l1", activations=rows, reduction=how, weight="0.1")
        for how in ("mean", "sum")
    )
    assert flat(mean.value("penalty")) == pytest.approx([0.175])
    assert flat(total.value("penalty")) == pytest.approx([0.35])
    assert flat(mean.value("gradient")) == pytest.approx([0.05, -0.05, 0.05, 0])
    assert "no derivative" in drawn("sparsity-penalty", penalty="l1", activations=rows)


def test_the_contractive_penalty_by_differences() -> None:
    weights, bias, x = np.array([[1, 2], [-1, 0.5], [0.3, 0]]), np.array([0.1, -0.2, 0.4]), np.array([0.5, -1])

    def hidden(at: Any) -> Any:
        return 1 / (1 + np.exp(-(weights @ at + bias)))

    step = 1e-5
    slopes = np.array([(hidden(x + step * e) - hidden(x - step * e)) / (2 * step) for e in np.eye(2)])
    typed = {"x": "0.5, -1", "bias": "0.1, -0.2, 0.4"}
    solution = solved("contractive-penalty", weights="1, 2; -1, 0.5; 0.3, 0", **typed)
    assert float(solution.value("penalty")) == pytest.approx((slopes**2).sum(), rel=1e-8)
    turned = solved("contractive-penalty", weights="1, -1, 0.3; 2, 0.5, 0", convention="row", **typed)
    assert float(turned.value("penalty")) == float(solution.value("penalty"))


def test_a_saturated_unit_contracts() -> None:
    at = [float(solved("contractive-penalty", weights="2, 1", hidden=h).value("penalty")) for h in ("0.5", "0.9", "1")]
    assert at == pytest.approx([5 / 16, 5 * 0.0081, 0])


# -- the VAE ---------------------------------------------------------------------------------------------


def test_the_three_ways_to_say_the_spread_agree_with_each_other_and_with_gaussian_kl() -> None:
    for mu, sigma in ((0.5, 2), (-1, 0.25), (3, 1)):
        by = {"sigma": sigma, "variance": sigma**2, "logvar": 2 * math.log(sigma)}
        values = [float(solved("vae-kl", mu=mu, **{name: each}).value("kl")) for name, each in by.items()]
        other = float(solved("gaussian-kl", p=f"normal({mu}, {sigma})", q="normal(0, 1)").value("kl"))
        assert values == pytest.approx([other] * 3, rel=1e-9, abs=1e-12)
        z = [float(solved("reparameterise", mu=mu, eps="0.7", **{k: v}).value("z")) for k, v in by.items()]
        assert z == pytest.approx([mu + 0.7 * sigma] * 3)


def test_one_number_serves_for_all_dimensions() -> None:
    one, other = solved("vae-kl", mu="1, 2, 3", sigma="0.5"), solved("vae-kl", mu="1, 2, 3", sigma="0.5, 0.5, 0.5")
    assert (
        float(one.value("kl"))
        == float(other.value("kl"))
        == pytest.approx(sum(flat(one.value(f"kl {j}"))[0] for j in (1, 2, 3)))
    )
    assert solved("reparameterise", mu=1, sigma=2, eps="1, 2").value("z 2") == 5


def test_the_gradient_pulls_towards_the_prior() -> None:
    for sigma, sign in (("0.5", -1), ("1", 0), ("2", 1)):
        slope = solved("vae-kl", mu=1, sigma=sigma).value("dKL/dsigma")
        assert (slope > 0) - (slope < 0) == sign


def test_gradients_through_the_sample_are_those_of_the_expected_loss() -> None:
    """E[z²] = μ² + σ²: averaged over ε = ±1, whose mean is 0 and variance 1, exactly 2μ and 2σ."""
    mu, sigma = 3, 2
    means = {"dL/dmu": 0.0, "dL/dsigma": 0.0}
    for eps in (1, -1):
        z = solved("reparameterise", mu=mu, sigma=sigma, eps=eps).value("z")
        back = solved("reparameterise", mu=mu, sigma=sigma, eps=eps, upstream=2 * z)
        for word in means:
            means[word] += float(back.value(word)) / 2
    assert means == {"dL/dmu": 2 * mu, "dL/dsigma": 2 * sigma}


def test_the_elbo_bounds_log_p_and_the_gap_is_what_is_missing() -> None:
    rng = Random(3)
    for _ in range(20):
        prior, q = ([rng.randint(1, 9) for _ in range(3)] for _ in range(2))
        likelihood = ", ".join(str(rng.randint(1, 9) / 10) for _ in range(3))
        typed = {
            name: ", ".join(f"{each}/{sum(counts)}" for each in counts) for name, counts in (("prior", prior), ("q", q))
        }
        mine = solved("elbo", likelihood=likelihood, **typed)
        best = solved("elbo", likelihood=likelihood, prior=typed["prior"])
        elbo, top = float(mine.value("elbo")), float(mine.value("log p(x)"))
        assert elbo <= top + 1e-12
        assert elbo + float(mine.value("gap")) == pytest.approx(top)
        assert float(best.value("elbo")) == pytest.approx(top)
        assert float(best.value("gap")) == pytest.approx(0, abs=1e-12)
        posterior = np.array(prior) * np.array([float(each) for each in likelihood.split(", ")])
        assert [float(mine.value(f"posterior {z}")) for z in (1, 2, 3)] == pytest.approx(posterior / posterior.sum())


def test_a_q_with_zeros_and_a_density_above_one() -> None:
    solution = solved("elbo", prior="1/2, 1/2", likelihood="3, 1/5", q="1, 0")
    assert float(solution.value("elbo")) == pytest.approx(math.log(3) - math.log(2))
    assert float(solution.value("gap")) == pytest.approx(-math.log(1.5 / 1.6))


def test_the_elbo_of_a_tiny_model_with_letters() -> None:
    solution = solved("elbo", prior="p, 1 - p", likelihood="a, b", q="q, 1 - q")
    at = {"p": 0.3, "a": 0.8, "b": 0.4, "q": 0.6}
    numbers = solved("elbo", prior="0.3, 0.7", likelihood="0.8, 0.4", q="0.6, 0.4")
    from revise.engines import exact

    for word in ("elbo", "gap", "log p(x)"):
        assert float(exact.evaluate(solution.value(word), at)) == pytest.approx(float(numbers.value(word)))


def test_the_sampled_elbo_piece_by_piece() -> None:
    given = {"x": "1, 0", "mu": "1, 0", "logvar": "0, -1"}
    one, two = (solved("elbo", decoded=d, **given) for d in ("0.8, 0.3", "0.6, 0.1"))
    both = solved("elbo", decoded="0.8, 0.3; 0.6, 0.1", **given)
    assert float(both.value("elbo")) == pytest.approx((float(one.value("elbo")) + float(two.value("elbo"))) / 2)
    kl = float(solved("vae-kl", mu="1, 0", logvar="0, -1").value("kl"))
    assert float(one.value("elbo")) == pytest.approx(math.log(0.8) + math.log(0.7) - kl)
    heavy = solved("elbo", decoded="0.8, 0.3", beta=4, **given)
    assert float(one.value("elbo")) - float(heavy.value("elbo")) == pytest.approx(3 * kl)
    assert float(one.value("loss")) == -float(one.value("elbo"))


def test_the_constant_of_a_gaussian_decoder() -> None:
    given = {"x": "1, 0", "decoded": "0.8, 0.3", "mu": 0, "sigma": 1, "decoder": "gaussian", "scale": "1/2"}
    full, bare = solved("elbo", **given), solved("elbo", constant=False, **given)
    assert float(bare.value("elbo")) == pytest.approx(-(0.04 + 0.09) / (2 * 0.25))
    assert float(full.value("elbo")) - float(bare.value("elbo")) == pytest.approx(-math.log(2 * math.pi / 4))
    assert "not the bound" in drawn("elbo", constant=False, **given)
    assert "not the bound" not in drawn("elbo", **given)


def test_a_certain_pixel_adds_nothing() -> None:
    solution = solved("elbo", x="1, 0, 1", decoded="1, 0, 0.5", mu=0, sigma=1)
    assert float(solution.value("elbo")) == pytest.approx(math.log(0.5))


def test_full_covariances_against_a_diagonal_and_against_each_other() -> None:
    line = solved("multivariate-kl", mean="1, -2", covariance="4, 1/4", mean_2="0, 1", covariance_2="1, 9")
    apart = solved("gaussian-kl", p="normal([1, -2], [2, 1/2])", q="normal([0, 1], [1, 3])")
    assert float(line.value("kl")) == pytest.approx(float(apart.value("kl")))
    vae = solved("multivariate-kl", mean="1, -2", covariance="4, 1/4")
    assert float(vae.value("kl")) == pytest.approx(float(solved("vae-kl", mu="1, -2", variance="4, 1/4").value("kl")))
    same = solved("multivariate-kl", mean="1, 2", covariance="2, 1; 1, 2", mean_2="1, 2", covariance_2="2, 1; 1, 2")
    assert same.value("kl") == 0
    there = solved("multivariate-kl", mean="0, 0", covariance="2, 1; 1, 2", mean_2="1, 0", covariance_2="1, 0; 0, 1")
    back = solved("multivariate-kl", mean="1, 0", covariance="1, 0; 0, 1", mean_2="0, 0", covariance_2="2, 1; 1, 2")
    assert float(there.value("kl")) == pytest.approx((4 + 1 - 2 - math.log(3)) / 2)
    assert float(back.value("kl")) == pytest.approx((4 / 3 + 2 / 3 - 2 + math.log(3)) / 2)


def test_letters_stay_letters() -> None:
    assert published("vae-kl", "kl", "(m^2 + exp(v) - 1 - v)/2", mu="m", logvar="v")
    assert published("reparameterise", "dL/dlogvar", "g*r*s/2", mu="m", sigma="s", eps="r", upstream="g")
    assert published("contractive-penalty", "penalty", "(1 - h^2)^2*w^2", weights="w", hidden="h", activation="tanh")


def published(name: str, word: str, wanted: str, **given: Any) -> bool:
    from revise.equality import compare

    return compare(solved(name, **given).value(word), parse(wanted)).outcome == "equal"
