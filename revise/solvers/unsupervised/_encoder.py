"""What an encoder says of z: the mean, and the spread as σ, σ² or log σ²."""

from math import isfinite
from typing import Any

from revise.engines.arrays import entries
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.solution import Work

MOST = 64  # dimensions of z
_GREATEST = 700  # of log σ²: beyond, exp has no double
WORDS = {"sigma": "standard deviation", "sigma2": "variance", "lambda": "log σ²"}
_ARGUMENTS = {"sigma": "sigma", "sigma2": "variance", "lambda": "logvar"}
Table = dict[int, Any]
# what was given → the divergence of one dimension
DIVERGENCE = {
    "sigma": "-1/2*(1 + log(sigma[j]^2) - mu[j]^2 - sigma[j]^2)",
    "sigma2": "-1/2*(1 + log(sigma2[j]) - mu[j]^2 - sigma2[j])",
    "lambda": "-1/2*(1 + lambda[j] - mu[j]^2 - exp(lambda[j]))",
}
_HALF, _MINUS = "the 1/2 is forgotten", "the minus is forgotten: that is −KL"
_ONE, _WIDTH, _LOG = "the 1 is forgotten", "σ instead of σ²", "log σ instead of log σ²"
# the divergence → what is written instead
SLIPS = {
    DIVERGENCE["sigma"]: {
        _HALF: "-(1 + log(sigma[j]^2) - mu[j]^2 - sigma[j]^2)",
        _MINUS: "1/2*(1 + log(sigma[j]^2) - mu[j]^2 - sigma[j]^2)",
        _ONE: "-1/2*(log(sigma[j]^2) - mu[j]^2 - sigma[j]^2)",
        _WIDTH: "-1/2*(1 + log(sigma[j]^2) - mu[j]^2 - sigma[j])",
        _LOG: "-1/2*(1 + log(sigma[j]) - mu[j]^2 - sigma[j]^2)",
    },
    DIVERGENCE["sigma2"]: {
        _HALF: "-(1 + log(sigma2[j]) - mu[j]^2 - sigma2[j])",
        _MINUS: "1/2*(1 + log(sigma2[j]) - mu[j]^2 - sigma2[j])",
        _ONE: "-1/2*(log(sigma2[j]) - mu[j]^2 - sigma2[j])",
        _WIDTH: "-1/2*(1 + log(sigma2[j]) - mu[j]^2 - sqrt(sigma2[j]))",
        _LOG: "-1/2*(1 + log(sqrt(sigma2[j])) - mu[j]^2 - sigma2[j])",
    },
    DIVERGENCE["lambda"]: {
        _HALF: "-(1 + lambda[j] - mu[j]^2 - exp(lambda[j]))",
        _MINUS: "1/2*(1 + lambda[j] - mu[j]^2 - exp(lambda[j]))",
        _ONE: "-1/2*(lambda[j] - mu[j]^2 - exp(lambda[j]))",
        _WIDTH: "-1/2*(1 + lambda[j] - mu[j]^2 - exp(lambda[j]/2))",
        "log σ² taken for σ²": "-1/2*(1 + log(lambda[j]) - mu[j]^2 - lambda[j])",
    },
}


def spread(mu: Any, sigma: Any, logvar: Any, variance: Any) -> tuple[Table, str, Table]:
    """The means by dimension, which of `sigma`, `sigma2`, `lambda` (log σ²) was given, and its values by dimension.

    One number serves for all dimensions. Raises InputError naming the argument that does not fit.
    """
    said = {"sigma": sigma, "lambda": logvar, "sigma2": variance}
    given = [name for name, value in said.items() if value is not None]
    if len(given) != 1:
        both = f", not {' and '.join('--' + _ARGUMENTS[name] for name in given)}" if given else ""
        raise InputError(
            f"{_ARGUMENTS[given[1]] if given else 'sigma'}: give one of --sigma, --logvar, --variance{both}"
        )
    name = given[0]
    means, widths = numbers("mu", mu), numbers(_ARGUMENTS[name], said[name])
    size = max(len(means), len(widths))
    for word, values in (("mu", means), (_ARGUMENTS[name], widths)):
        if len(values) not in (1, size):
            other = "--mu" if word != "mu" else "--" + _ARGUMENTS[name]
            raise InputError(f"{word}: {len(values)} numbers, but {other} has {size}; one for each dimension")
    check_widths(name, widths)
    return by_dimension(means, size), name, by_dimension(widths, size)


def numbers(name: str, value: Any) -> list[Any]:
    """The numbers of one argument. Raises InputError where there are too many, or one is none."""
    found = list(entries(value))
    if len(found) > MOST:
        raise InputError(f"{name}: {len(found)} numbers; at most {MOST} are worked out")
    for number in found:
        words = free_names(number) if isinstance(number, Node) else []
        if wrong := [word for word in words if word.lower() in ("nan", "inf", "infinity")]:
            raise InputError(f"{name}: {wrong[0]} is no number")
        if not isinstance(number, Node) and (not isfinite(number) or abs(number) > 1e100):
            raise InputError(f"{name}: its numbers must be finite and below 1e100")
    return found


def check_widths(name: str, widths: list[Any]) -> None:
    for width in widths:
        if isinstance(width, Node):
            continue
        if name == "lambda" and abs(width) > _GREATEST:
            raise InputError(f"logvar: the variance exp({width}) is beyond a double's range")
        if name != "lambda" and width <= 0:
            hint = "; a negative number may be log σ²: --logvar" if width < 0 else ", for log 0 has no bound"
            raise InputError(f"{_ARGUMENTS[name]}: {width} is no {WORDS[name]}; it is above 0{hint}")


def by_dimension(values: list[Any], size: int) -> Table:
    return dict(enumerate(values * size if len(values) == 1 else values, 1))


def add_divergence(work: Work, name: str, dimensions: Table, table: str) -> None:
    """The steps uⱼ, the KL divergence of each dimension, and their sum D_KL."""
    for j in dimensions:
        work.let("u[j]", DIVERGENCE[name], "KL of the dimension, N(μⱼ, σⱼ²) to N(0, 1)", table=table, j=j)
    why = "the dimensions are independent, so their divergences add up"
    work.let("D_KL", "sum(u[j] for j in 1..n)", why, unit="nat", holds="D_KL >= -1/10^12", n=len(dimensions))


def by_word(words: dict[str, str], size: int) -> dict[str, str]:
    """Answer → step, from word → name of the steps without their index; the dimension is said where there are more."""
    return {
        word + (f" {j}" if size > 1 else ""): f"{name}[{j}]" for word, name in words.items() for j in range(1, size + 1)
    }
