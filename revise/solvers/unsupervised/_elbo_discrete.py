"""The bound and its gap for a latent variable with a few values: everything from tables, nothing drawn."""

from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import by_entry, check_distributions, check_probabilities, shown


def solve_discrete(prior: Array, likelihood: Array, q: Array | None) -> Solution:
    """log p(x), the ELBO of q and KL(q || p(z|x)) between them; without q it is the posterior itself."""
    assumed = check_distributions(prior=prior) if q is None else check_distributions(prior=prior, q=q)
    if len(likelihood.flat) != len(prior.flat):
        raise InputError(
            f"likelihood: {len(likelihood.flat)} entries, but prior has {len(prior.flat)}; p(x|z) for each z"
        )
    check_probabilities("likelihood", likelihood.flat, None)
    n = len(prior.flat)
    if n > 64:
        raise InputError(f"prior: {n} values of z; at most 64 are worked out")
    if not any(_some(p) and _some(given) for p, given in zip(prior.flat, likelihood.flat, strict=True)):
        raise InputError("likelihood: p(x) is 0, this x can't come about: log 0 has no bound")
    for z, weight in enumerate(() if q is None else q.flat, 1):
        for name, values in (("prior", prior), ("likelihood", likelihood)):
            if _some(weight) and not _some(values.flat[z - 1]):
                raise InputError(f"q: entry {z} is {shown(weight)} where {name} is 0: the ELBO is −infinity there")
    work = Work(P=by_entry(prior), L=by_entry(likelihood), Q=None if q is None else by_entry(q))
    work.called(P="prior p(z)", L="likelihood p(x|z)", Q="q(z|x)")
    work.note("i counts the values of z, from 1. log is the natural logarithm; 0 · log 0 counts as 0, its limit.")
    for text in assumed:
        work.note(text)
    _evidence(work, n)
    return _bound(work, n, given=q is not None)


def _some(value: Any) -> bool:
    return bool(value != 0)


def _evidence(work: Work, n: int) -> None:
    table = "joint"
    for z in range(1, n + 1):
        work.let("j[i]", "P[i]*L[i]", "p(x, z): prior times likelihood", table=table, i=z)
    work.let("p_x", "sum(j[i] for i in 1..n)", "the evidence p(x): z summed out", n=n)
    work.let("ell", "log(p_x)", "log p(x), what is to be bounded", unit="nat")
    for z in range(1, n + 1):
        work.let("w[i]", "j[i]/p_x", "the true posterior p(z|x), by Bayes' rule", table="posterior", i=z)


def _bound(work: Work, n: int, given: bool) -> Solution:
    if not given:
        for z in range(1, n + 1):
            work.let("Q[i]", "w[i]", "no q was given: the posterior itself, the best there is", table="q", i=z)
    _terms(work, "r[i]", "Q[i]*log(L[i])", "log p(x|z), weighted with q", "reconstruction")
    work.let("R", "sum(r[i] for i in 1..n)", "E[log p(x|z)] under q: the reconstruction term", n=n)
    _terms(work, "k[i]", "Q[i]*log(Q[i]/P[i])", "q against the prior", "KL to the prior")
    work.let("K", "sum(k[i] for i in 1..n)", "KL(q || p(z)): how far q is from the prior", n=n)
    work.let("ELBO", "R - K", "the bound", unit="nat", holds="ELBO <= ell + 1/10^12")
    _terms(work, "g[i]", "Q[i]*log(Q[i]/w[i])", "q against the true posterior", "KL to the posterior")
    work.let("G", "sum(g[i] for i in 1..n)", "the gap, KL(q || p(z|x)): 0 only where q is the posterior", n=n)
    if isinstance(work.env["G"], Node) or isinstance(work.env["ELBO"], Node):
        work.note("ELBO and gap together are log p(x), whatever q is.")
    else:
        work.let("S", "ELBO + G", "the two together are log p(x), whatever q is", holds="S = ell")
    return work.answer(
        {"elbo": "ELBO", "log p(x)": "ell", "gap": "G", "reconstruction": "R", "kl": "K"}
        | {f"posterior {z}": f"w[{z}]" for z in range(1, n + 1)}
    )


def _terms(work: Work, name: str, formula: str, why: str, table: str) -> None:
    weights: dict[int, Any] = work.env["Q"]
    for z in (z for z in weights if _some(weights[z])):
        work.let(name, formula, why, table=table, i=z)
    for z in (z for z in weights if not _some(weights[z])):
        work.let(name, "0", "q is 0 there", table=f"{table}, zero terms", i=z)


def reference_discrete(prior: Any, likelihood: Any, q: Any) -> dict[str, Any]:
    """Torch: log p(x) by logsumexp, the bound as E[log p(x, z)] plus the entropy of q, the gap by kl_divergence."""
    import torch

    law: Any = torch.distributions
    p, given = (
        torch.tensor([float(entry) for entry in each.flat], dtype=torch.float64) for each in (prior, likelihood)
    )
    joint = torch.log(p) + torch.log(given)
    evidence = torch.logsumexp(joint, 0)
    posterior = torch.softmax(joint, 0)
    mine = posterior if q is None else torch.tensor([float(entry) for entry in q.flat], dtype=torch.float64)
    mass = mine > 0
    average = (mine[mass] * joint[mass]).sum()
    divergences = [law.kl_divergence(law.Categorical(mine), law.Categorical(other)).item() for other in (p, posterior)]
    found = {
        "elbo": (average + law.Categorical(mine).entropy()).item(), "log p(x)": evidence.item(),
        "gap": divergences[1], "kl": divergences[0],
        "reconstruction": (mine[mass] * torch.log(given)[mass]).sum().item(),
    }  # fmt: skip
    return found | {f"posterior {z}": each.item() for z, each in enumerate(posterior, 1)}
