"""KL(N(μ, σ²) || N(0, I)), the VAE's second term, by dimension."""

from random import Random
from typing import Any

from revise.engines.arrays import entries
from revise.expression import FORMULA, Node, parse
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.unsupervised._encoder import SLIPS, WORDS, add_divergence, by_word, spread

SERVES: dict[str, dict[str, object]] = {"vae-kl": {}}
SOURCE = "Kingma & Welling 2014, Auto-encoding variational Bayes, appendix B (its −D_KL, the sign turned)"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # appendix B: −D_KL = 1/2 ∑ (1 + log σ² − μ² − σ²); one dimension, and two
    ({"mu": "m", "sigma": "s"}, {"kl": "-1/2*(1 + log(s^2) - m^2 - s^2)"}),
    (
        {"mu": "m, n", "sigma": "s, t"},
        {
            "kl": "-1/2*(1 + log(s^2) - m^2 - s^2) - 1/2*(1 + log(t^2) - n^2 - t^2)",
            "kl 2": "-1/2*(1 + log(t^2) - n^2 - t^2)",
        },
    ),
    # the same as PyTorch's example `vae` writes it: -0.5*sum(1 + logvar - mu^2 - exp(logvar))
    ({"mu": "m", "logvar": "v"}, {"kl": "-0.5*(1 + v - m^2 - exp(v))", "dKL/dmu": "m"}),
    # where q is the prior itself nothing is lost
    ({"mu": "0, 0", "logvar": "0, 0"}, {"kl": 0}),
]
DOMAIN = {"sigma": (0, 3), "sigma2": (0, 3)}
MISTAKES = {"D_KL": {"averaged over the dimensions": "sum(u[j] for j in 1..n)/n"}}
# what was given → its gradient: name, formula, reason
_GRADIENTS = {
    "sigma": ("dD_KL_dsigma[j]", "sigma[j] - 1/sigma[j]", "by σ: 0 at σ = 1"),
    "sigma2": ("dD_KL_dsigma2[j]", "1/2*(1 - 1/sigma2[j])", "by σ²: 0 at σ² = 1"),
    "lambda": ("dD_KL_dlambda[j]", "1/2*(exp(lambda[j]) - 1)", "by log σ²: 0 at log σ² = 0"),
}
_SHOWN = {"sigma": "sigma", "sigma2": "var", "lambda": "logvar"}


def solve(
    mu: Vector | Number,
    sigma: Vector | Number | None = None,
    logvar: Vector | Number | None = None,
    variance: Vector | Number | None = None,
) -> Solution:
    """−1/2 ∑ (1 + log σ² − μ² − σ²): each dimension, their sum, and the gradients that reach the encoder.

    mu        the means, one for each dimension of z
    sigma     the standard deviations; or else
    logvar    log σ², what an encoder mostly gives out; or else
    variance  σ²

    One number serves for all dimensions. Letters are taken to be positive.

    Raises InputError naming the argument that does not fit.
    """
    means, name, widths = spread(mu, sigma, logvar, variance)
    work = Work(mu=means, **{name: widths})
    work.called(mu="mean", **{name: WORDS[name]})
    named = ", λ is log σ²" if name == "lambda" else ""
    work.note(f"q(z|x) = N(μ, diag σ²), p(z) = N(0, I). log is the natural logarithm{named}.")
    add_divergence(work, name, means, "the dimensions")
    gradient, formula, why = _GRADIENTS[name]
    for j in means:
        work.let("dD_KL_dmu[j]", "mu[j]", "pulls the mean to 0", table="gradients",
                 gradient_of=("D_KL", "mu[j]"), j=j)  # fmt: skip
        work.let(gradient, formula, why, table="gradients", gradient_of=("D_KL", f"{name}[j]"), j=j)
    terms = {"kl": "u"} if len(means) > 1 else {}
    slopes = {"dKL/dmu": "dD_KL_dmu", f"dKL/d{_SHOWN[name]}": gradient.removesuffix("[j]")}
    work.note("It is 0 only for μ = 0 and σ = 1. In a loss that is made small it is added, in the ELBO subtracted.")
    return work.answer({"kl": "D_KL"} | by_word(terms | slopes, len(means)))


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; it depends on what the encoder gives."""
    given = next(step.formula for step in solution.steps if step.name == "u[j]")
    return {"u[j]": {label: parse(wrong, None, FORMULA) for label, wrong in SLIPS[str(given)].items()}}


def sample(rng: Random) -> dict[str, Any]:
    """One to three dimensions; σ in halves, log σ² whole or a half."""
    size = rng.randint(1, 3)
    given = {"mu": ", ".join(rng.choice(["-1", "0", "1/2", "1", "2", "0.3"]) for _ in range(size))}
    kind = rng.choice(["sigma", "logvar", "variance"])
    choices = ["-1", "-1/2", "0", "1"] if kind == "logvar" else ["1/2", "1", "2", "0.8"]
    return given | {kind: ", ".join(rng.choice(choices) for _ in range(size))}


def reference(mu: Any, sigma: Any = None, logvar: Any = None, variance: Any = None) -> dict[str, Any]:
    """Torch's kl_divergence of two Normal, and its autograd."""
    import torch

    law: Any = torch.distributions

    def leaf(value: Any, size: int = 1) -> Any:
        flat = torch.tensor([float(each) for each in entries(value)], dtype=torch.float64)
        return flat.expand(max(size, len(flat))).clone().requires_grad_()

    name, typed = next(
        (name, each) for name, each in (("sigma", sigma), ("logvar", logvar), ("var", variance)) if each is not None
    )
    size = max(len(list(entries(mu))), len(list(entries(typed))))
    mean, width = leaf(mu, size), leaf(typed, size)
    deviation = {"sigma": width, "logvar": (width / 2).exp(), "var": width.sqrt()}[name]
    terms = law.kl_divergence(law.Normal(mean, deviation), law.Normal(torch.zeros(1).double(), torch.ones(1).double()))
    by_mean, by_width = torch.autograd.grad(terms.sum(), [mean, width])
    found = {"kl": terms.sum().item()}
    for j in range(size):
        end = f" {j + 1}" if size > 1 else ""
        found |= {"kl" + end: terms[j].item(), "dKL/dmu" + end: by_mean[j].item()}
        found[f"dKL/d{name}{end}"] = by_width[j].item()
    return found
