"""ELBO: reconstruction less KL; the gap to log p(x) of a tiny model."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Number, Vector
from revise.solution import Solution
from revise.solvers.foundations._distributions import distribution
from revise.solvers.unsupervised._elbo_discrete import reference_discrete, solve_discrete
from revise.solvers.unsupervised._elbo_sampled import LOG_LIKELIHOOD, reference_sampled, solve_sampled
from revise.solvers.unsupervised._encoder import SLIPS

SERVES: dict[str, dict[str, object]] = {"elbo": {}}
SOURCE = (
    "Kingma & Welling 2014, Auto-encoding variational Bayes, equations 3 and 10, appendices B and C.1; "
    "Bishop 2006, Pattern recognition and machine learning, equations 9.70 to 9.72"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Downey, Think Bayes, the cookie problem: p(x) = 5/8, posterior 3/5 and 2/5; there the bound is tight (Bishop 9.70)
    (
        {"prior": "1/2, 1/2", "likelihood": "3/4, 1/2"},
        {"log p(x)": -0.4700036292457356, "elbo": -0.4700036292457356, "gap": 0, "posterior 1": "0.6"},
    ),
    # Kingma & Welling: 1/2 ∑ (1 + log σ² − μ² − σ²) + log p(x|z), with C.1's Bernoulli decoder
    (
        {"x": "t", "decoded": "y", "mu": "m", "sigma": "s"},
        {"elbo": "1/2*(1 + log(s^2) - m^2 - s^2) + t*log(y) + (1 - t)*log(1 - y)"},
    ),
]
DOMAIN = {"x": (0, 1), "y": (0, 1), "P": (0, 1), "Q": (0, 1), "L": (0, 1), "sigma": (0, 3), "sigma2": (0, 3)}
MISTAKES = {
    "ELBO": {"the KL term is added": "R + D_KL", "the KL term is left out": "R"},
    "w[i]": {"not divided by p(x)": "j[i]", "the prior is forgotten": "L[i]/p_x"},
    "k[i]": {"q and the prior are exchanged": "P[i]*log(P[i]/Q[i])"},
    "g[i]": {"q and the posterior are exchanged": "w[i]*log(w[i]/Q[i])"},
    "L": {"the sign is not turned": "ELBO"},
}


def solve(
    prior: Vector | None = None,
    likelihood: Vector | None = None,
    q: Vector | None = None,
    x: Vector | None = None,
    decoded: Matrix | None = None,
    mu: Vector | Number | None = None,
    sigma: Vector | Number | None = None,
    logvar: Vector | Number | None = None,
    variance: Vector | Number | None = None,
    decoder: Literal["bernoulli", "gaussian"] = "bernoulli",
    scale: Number = 1,
    constant: bool = True,
    beta: Number = 1,
) -> Solution:
    """E[log p(x|z)] − KL(q(z|x) || p(z)): of a VAE for the z drawn, or exactly where z has a few values.

    Of a VAE:
    x         the input; for a Bernoulli decoder from 0 to 1
    decoded   the decoder's output for the z drawn; several draws: one line each, their mean is taken
    mu        the encoder's means, with sigma, logvar (log σ²) or variance, one of the three
    decoder   bernoulli (binary cross-entropy) or gaussian (squared error)
    scale     the standard deviation of a gaussian decoder
    constant  --no-constant: without −1/2 log(2π scale²), as losses are mostly written
    beta      weight of the KL term (β-VAE)

    Of a z with a few values, everything exact, also log p(x) and the gap KL(q || p(z|x)):
    prior       p(z), one entry for each value of z
    likelihood  p(x|z) of the x seen, for each z
    q           q(z|x); without it the posterior

    Raises InputError naming the argument that does not fit.
    """
    tables = prior is not None or likelihood is not None or q is not None
    pixels = [name for name, value in (("x", x), ("decoded", decoded), ("mu", mu)) if value is not None]
    if tables and pixels:
        raise InputError(f"{pixels[0]}: a table of z (--prior, --likelihood) has no --x, --decoded, --mu")
    if tables:
        if prior is None or likelihood is None:
            raise InputError(
                f"{'prior' if prior is None else 'likelihood'}: a table of z needs --prior and --likelihood"
            )
        if wrong := [n for n, v in (("sigma", sigma), ("logvar", logvar), ("variance", variance)) if v is not None]:
            raise InputError(f"{wrong[0]}: a table of z has no encoder; leave it out")
        return solve_discrete(prior, likelihood, q)
    if x is None or decoded is None or mu is None:
        missing = next(name for name, value in (("x", x), ("decoded", decoded), ("mu", mu)) if value is None)
        raise InputError(
            f"{missing}: give --x, --decoded, --mu and --sigma or --logvar; or a tiny model's --prior and --likelihood"
        )
    return solve_sampled(x, decoded, (mu, sigma, logvar, variance), decoder, scale, constant, beta)


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it, where the formula depends on what was given."""
    slips = SLIPS | {
        LOG_LIKELIHOOD["bernoulli", True][0]: {
            "the second term is forgotten": "x[i]*log(y[i])",
            "x and y are exchanged": "y[i]*log(y[i]) + (1 - x[i])*log(1 - y[i])",
        },
        LOG_LIKELIHOOD["gaussian", True][0]: {
            "the constant is forgotten": "-(x[i] - y[i])^2/(2*sigma_x^2)",
            "the 1/2 is forgotten": "-(x[i] - y[i])^2/sigma_x^2 - 1/2*log(2*pi*sigma_x^2)",
        },
        "R - beta*D_KL": {"β is forgotten": "R - D_KL", "the KL term is added": "R + beta*D_KL"},
    }
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in slips[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in slips
    }


def sample(rng: Random) -> dict[str, Any]:
    """Half a z with two or three values in tenths, half a VAE with two or three pixels and one or two dimensions."""
    if rng.random() < 0.5:
        size = rng.randint(2, 3)
        parts = rng.choice([4, 5, 10])
        given: dict[str, Any] = {"prior": ", ".join(map(str, distribution(rng, size, parts, zeros=False)))}
        given["likelihood"] = ", ".join(str(rng.randint(1, 9) / 10) for _ in range(size))
        if rng.random() < 0.8:
            given["q"] = ", ".join(map(str, distribution(rng, size, rng.choice([4, 10]))))
        return given
    size, z, draws = rng.randint(2, 3), rng.randint(1, 2), rng.choice([1, 1, 1, 2])
    bernoulli = rng.random() < 0.6
    made = "; ".join(", ".join(str(rng.randint(1, 9) / 10) for _ in range(size)) for _ in range(draws))
    given = {"x": ", ".join(str(rng.randint(0, 1)) for _ in range(size)), "decoded": made}
    given["decoder"] = "bernoulli" if bernoulli else "gaussian"
    given["mu"] = ", ".join(rng.choice(["0", "1", "-1/2"]) for _ in range(z))
    kind = rng.choice(["sigma", "logvar", "variance"])
    given[kind] = ", ".join(rng.choice(["0", "-1"] if kind == "logvar" else ["1/2", "1", "2"]) for _ in range(z))
    if not bernoulli:
        given |= {"scale": rng.choice(["1", "1/2"]), "constant": rng.random() < 0.6}
    return given | ({"beta": rng.choice([4, "1/2"])} if rng.random() < 0.3 else {})


def reference(
    prior: Any = None, likelihood: Any = None, q: Any = None, x: Any = None, decoded: Any = None, mu: Any = None,
    sigma: Any = None, logvar: Any = None, variance: Any = None, decoder: str = "bernoulli", scale: Any = 1,
    constant: bool = True, beta: Any = 1,
) -> dict[str, Any]:  # fmt: skip
    """Torch's distributions: entropy and joint for a table of z, log_prob and kl_divergence for a VAE."""
    if prior is not None:
        return reference_discrete(prior, likelihood, q)
    return reference_sampled(x, decoded, (mu, sigma, logvar, variance), decoder, scale, constant, beta)
