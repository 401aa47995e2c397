"""Activation functions: formula, derivative, its greatest value, and what is said about them."""

from dataclasses import dataclass
from typing import Literal

Name = Literal[
    "sigmoid", "tanh", "relu", "leaky-relu", "elu", "gelu", "softplus", "silu", "swish", "softsign", "hard-sigmoid",
    "linear", "step",
]  # fmt: skip


@dataclass(frozen=True)
class Activation:
    """`before` are steps (name, formula, why) that value and slope use; `also` is the same function put otherwise."""

    value: str
    slope: str
    why: str
    greatest: str
    where: str
    says: str
    before: tuple[tuple[str, str, str], ...] = ()
    also: tuple[str, str] = ("", "")


ACTIVATIONS = {
    "sigmoid": Activation(
        "1/(1 + exp(-x[i]))", "f[i]*(1 - f[i])", "σ′ = σ(1 − σ)",
        "1/2*(1 - 1/2)", "at x = 0, where σ is ½; so n sigmoid layers keep at most (1/4)ⁿ of a gradient",
        "Values from 0 to 1, not zero-centred; saturates on both sides: beyond |x| = 4.6 the derivative is below 0.01.",
        also=("1/2*(1 + tanh(x[i]/2))", "the same by tanh: σ(x) = (1 + tanh(x/2))/2"),
    ),
    "tanh": Activation(
        "(exp(x[i]) - exp(-x[i]))/(exp(x[i]) + exp(-x[i]))", "1 - f[i]^2", "tanh′ = 1 − tanh²",
        "1 - 0^2", "at x = 0, where tanh is 0",
        "Values from −1 to 1, zero-centred; saturates on both sides: beyond |x| = 3 the derivative is below 0.01.",
        also=("2/(1 + exp(-2*x[i])) - 1", "the same by σ: tanh(x) = 2σ(2x) − 1"),
    ),
    "relu": Activation(
        "max(0, x[i])", "where(x[i] > 0, 1, 0)", "1 where x > 0, else 0",
        "1", "everywhere on the positive side: it does not saturate there",
        "Values from 0 on, not zero-centred; where x < 0 the derivative is 0 and nothing is learnt.",
    ),
    "leaky-relu": Activation(
        "where(x[i] > 0, x[i], alpha*x[i])", "where(x[i] > 0, 1, alpha)", "1 where x > 0, else α (at 0 as PyTorch: α)",
        "max(1, alpha)", "the steeper side",
        "Does not saturate, and no unit dies while α > 0; with a learnt α it is PReLU.",
    ),
    "elu": Activation(
        "where(x[i] > 0, x[i], alpha*(exp(x[i]) - 1))", "where(x[i] > 0, 1, alpha*exp(x[i]))",
        "1 where x > 0, else αeˣ = f + α",
        "max(1, alpha)", "on the positive side 1, and α just left of 0",
        "Values from −α on; saturates on the negative side only, towards −α.",
    ),
    "gelu": Activation(
        "x[i]*Phi[i]", "Phi[i] + x[i]*exp(-x[i]^2/2)/sqrt(2*pi)", "product rule: Φ + xφ, φ the normal density",
        "1/2*(1 + erf(1)) + sqrt(2)*exp(-1)/sqrt(2*pi)", "at x = √2, where (2 − x²)φ(x), the next derivative, is 0",
        "Smooth; for large x like relu, slightly negative left of 0.",
        before=(("Phi[i]", "1/2*(1 + erf(x[i]/sqrt(2)))", "Φ: the normal distribution function"),),
    ),
    "gelu-tanh": Activation(
        "1/2*x[i]*(1 + t[i])",
        "1/2*(1 + t[i]) + 1/2*x[i]*(1 - t[i]^2)*sqrt(2/pi)*(1 + 3*0.044715*x[i]^2)",
        "product rule, and tanh′ = 1 − tanh²",
        "", "", "The tanh form of GELU, within 0.0005 of the exact one.",
        before=(("t[i]", "tanh(sqrt(2/pi)*(x[i] + 0.044715*x[i]^3))", "2Φ − 1, approximately"),),
    ),
    "softplus": Activation(
        "log(1 + exp(beta*x[i]))/beta", "1/(1 + exp(-beta*x[i]))", "the derivative is σ(βx)",
        "", "", "Values above 0; a smooth relu. Its derivative is below 1 everywhere and comes near it for large x.",
    ),
    "silu": Activation(
        "x[i]*s[i]", "s[i] + beta*f[i]*(1 - s[i])", "product rule: σ + βx σ(1 − σ)",
        "1/(1 + exp(-u))*(1 + u*(1 - 1/(1 + exp(-u))))", "at βx = u, where the next derivative is 0",
        "Smooth; for large x like relu, slightly negative left of 0, so not monotone.",
        before=(("s[i]", "1/(1 + exp(-beta*x[i]))", "σ(βx)"),),
    ),
    "softsign": Activation(
        "x[i]/(1 + abs(x[i]))", "1/(1 + abs(x[i]))^2", "quotient rule",
        "1/(1 + 0)^2", "at x = 0",
        "Values from −1 to 1, zero-centred; saturates on both sides, but more slowly than tanh.",
    ),
    "hard-sigmoid": Activation(
        "max(0, min(1, c*x[i] + 1/2))", "where(abs(c*x[i]) < 1/2, c, 0)",
        "c between the corners, else 0 (at the corners as PyTorch: 0)",
        "c", "between the corners", "Values from 0 to 1; beyond the corners the derivative is exactly 0.",
    ),
    "linear": Activation(
        "x[i]", "1", "a straight line", "1", "everywhere", "Without a bend a deep network is one linear map."
    ),
    "step": Activation(
        "step(x[i])", "0", "flat on both sides of the jump at 0, where there is no derivative",
        "0", "everywhere but at 0", "No gradient ever flows: it can't be trained by gradient descent.",
    ),
}  # fmt: skip
