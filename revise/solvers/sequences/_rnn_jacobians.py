"""Singular values by hand, what they say of a gradient through time, and the product of the Jacobians."""

from typing import Any

from revise.expression import Node
from revise.solution import Work

# activation, single numbers? → its slope, from the state
_FROM_STATE = {
    ("tanh", True): "1 - h[t]^2",
    ("sigmoid", True): "h[t]*(1 - h[t])",
    ("relu", True): "sign(h[t])",
    ("tanh", False): "1 - h[t] .* h[t]",
    ("sigmoid", False): "h[t] .* (1 - h[t])",
    ("relu", False): "sign(h[t])",
}


def singular(work: Work, whh: Any, size: int) -> dict[str, str]:
    """σ_max and the spectral radius ρ, step by step; word → step."""
    if whh is None:
        return {}
    if size == 0:
        work.let("sigma_max", "abs(w)", "the only singular value of a single number is its size")
        return {"sigma_max": "sigma_max"}
    flat = whh.flat
    diagonal = all(not isinstance(e, Node) and e == 0 for place, e in enumerate(flat) if place % (size + 1))
    if diagonal or size == 1:
        work.let("sigma_max", "max(abs(diag(W)))", "diagonal: its singular values are the sizes of the entries")
        work.let("rho", "sigma_max", "its eigenvalues are the entries, so the spectral radius is the same")
        return {"sigma_max": "sigma_max", "rho": "rho"}
    work.let("M", "W.T @ W", "the singular values are the roots of its eigenvalues")
    work.let("p", "M[0,0] + M[1,1]", "its trace, the sum of its eigenvalues")
    work.let("q", "M[0,0]*M[1,1] - M[0,1]*M[1,0]", "its determinant, their product")
    work.note("Characteristic polynomial of M: λ² − p λ + q = 0.")
    work.let("lambda_1", "(p + sqrt(p^2 - 4*q))/2", "the larger root", holds="lambda_1^2 - p*lambda_1 + q = 0")
    work.let("lambda_2", "p - lambda_1", "the smaller one: the roots add up to p")
    work.let("sigma_max", "sqrt(lambda_1)", "the largest singular value of W")
    words = {"sigma_max": "sigma_max"}
    if any(isinstance(entry, Node) for entry in flat):
        return words
    work.let("tr", "W[0,0] + W[1,1]", "for comparison the eigenvalues of W itself: its trace")
    work.let("d", "W[0,0]*W[1,1] - W[0,1]*W[1,0]", "and its determinant")
    inside = work.let("disc", "tr^2 - 4*d", "what stands under the root in μ = (tr ± √disc)/2")
    if inside < 0:
        why = "negative: a pair of complex eigenvalues, both of the size √d"
        work.let("rho", "sqrt(d)", why, holds="rho <= sigma_max + 10^(-9)")
    else:
        why = "the size of the larger eigenvalue, never above the largest singular value"
        work.let("rho", "(abs(tr) + sqrt(disc))/2", why, holds="rho <= sigma_max + 10^(-9)")
    return words | {"rho": "rho"}


def _linear(work: Work) -> None:
    """Without a curve the product is a power of W, and its eigenvalues decide."""
    rho = work.env["rho"]
    if isinstance(rho, Node) or abs(rho - 1) < 1e-12:
        return
    if rho < 1:
        work.note("A linear cell: the product is the power W^(T−1), and ρ < 1 makes it go to 0.", holds="rho < 1")
    else:
        work.note("A linear cell: the product is the power W^(T−1), and ρ > 1 makes it explode.", holds="rho > 1")


def verdict(work: Work, factor: Any, activation: str) -> None:
    """What the bound says about long sequences, and what it does not."""
    if activation == "identity" and "rho" in work.env:
        _linear(work)
    if isinstance(factor, Node):
        work.note("γ σ_max < 1: it must vanish (sufficient). γ σ_max > 1: it can explode (necessary, not sufficient).")
        return
    if abs(factor - 1) < 1e-12:
        work.note("γ σ_max = 1: the bound stays 1; the gradient can't explode.", holds="abs(factor - 1) < 10^(-9)")
    elif factor < 1:
        work.note("γ σ_max < 1: the bound goes to 0, so the gradient vanishes. This is sufficient.", holds="factor < 1")
    else:
        work.note(
            "γ σ_max > 1: the gradient can explode, but need not: this is necessary, not sufficient. It may even "
            "vanish, where the slopes are small. Clipping its norm helps against exploding only.",
            holds="factor > 1",
        )


def product(work: Work, rows: dict[int, Any], size: int, activation: str, from_states: bool) -> str:
    """The factors and their product; gives the name of the last one."""
    plain = size == 0
    for t in rows:
        if from_states:
            work.let("s[t]", _FROM_STATE[activation, plain], "the slope f′ at this step, from the state", t=t)
        work.let("J[t]", "w*s[t]" if plain else "diag(s[t]) @ W", "the factor ∂hₜ/∂hₜ₋₁: row i of W times slope i", t=t)
        if t == 2:
            work.let("P[t]", "J[t]", "the product so far: ∂h₂/∂h₁", t=t)
        else:
            work.let(
                "P[t]", "J[t]*P[t-1]" if plain else "J[t] @ P[t-1]", "one factor more, from the left: ∂hₜ/∂h₁", t=t
            )
    return f"P[{max(rows)}]"
