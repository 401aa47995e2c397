"""What is done wrong in an update rule, for one parameter and for the parameter i of several."""

from revise.expression import FORMULA, Node, parse, postorder
from revise.solvers.optimisation._formulas import lines

_ROOT = "the root is forgotten"
_SLIPS = {
    "theta[t-1] - eta*g[t]": {
        "up the gradient instead of down": "theta[t-1] + eta*g[t]",
        "the learning rate is forgotten": "theta[t-1] - g[t]",
    },
    "q[t] + lambda*theta[t-1]": {"the penalty is subtracted": "q[t] - lambda*theta[t-1]"},
    "beta*v[t-1] + g[t]": {
        "the old velocity is forgotten": "g[t]",
        "the other form: a moving average": "beta*v[t-1] + (1 - beta)*g[t]",
    },
    "beta*v[t-1] + (1 - beta)*g[t]": {
        "β and 1 − β are exchanged": "(1 - beta)*v[t-1] + beta*g[t]",
        "the other form: the gradients are summed": "beta*v[t-1] + g[t]",
    },
    "beta*v[t-1] - eta*g[t]": {
        "the minus is forgotten": "beta*v[t-1] + eta*g[t]",
        "the learning rate is forgotten": "beta*v[t-1] - g[t]",
    },
    "theta[t-1] - eta*v[t]": {"the velocity is added": "theta[t-1] + eta*v[t]"},
    "theta[t-1] + v[t]": {"the minus is already in v": "theta[t-1] - v[t]"},
    "theta[t-1] + beta*v[t-1]": {"no look ahead: that is plain momentum": "theta[t-1]"},
    "theta[t-1] - eta*beta*v[t-1]": {"no look ahead: that is plain momentum": "theta[t-1]"},
    "g[t] + beta*v[t]": {"plain momentum": "v[t]"},
    "theta[t-1] - beta*v[t-1] + (1 + beta)*v[t]": {"plain momentum": "theta[t-1] + v[t]"},
    "s[t-1] + g[t]^2": {
        "the gradient is not squared": "s[t-1] + g[t]",
        "the squares before are forgotten": "g[t]^2",
    },
    "-eta*g[t]/(sqrt(s[t]) + epsilon)": {_ROOT: "-eta*g[t]/(s[t] + epsilon)"},
    "-eta*g[t]/sqrt(s[t] + epsilon)": {_ROOT: "-eta*g[t]/(s[t] + epsilon)"},
    "sqrt(s[t]/t)": {"the sum instead of the mean": "sqrt(s[t])"},
    "alpha*v[t-1] + (1 - alpha)*g[t]^2": {
        "α and 1 − α are exchanged": "(1 - alpha)*v[t-1] + alpha*g[t]^2",
        "summed as in AdaGrad": "v[t-1] + g[t]^2",
    },
    "-eta*g[t]/(sqrt(v[t]) + epsilon)": {_ROOT: "-eta*g[t]/(v[t] + epsilon)"},
    "-eta*g[t]/sqrt(v[t] + epsilon)": {_ROOT: "-eta*g[t]/(v[t] + epsilon)"},
    "rho*v[t-1] + (1 - rho)*g[t]^2": {"ρ and 1 − ρ are exchanged": "(1 - rho)*v[t-1] + rho*g[t]^2"},
    "-sqrt(u[t-1] + epsilon)/sqrt(v[t] + epsilon)*g[t]": {
        "the updates before are left out: that is RMSprop with rate 1": "-g[t]/sqrt(v[t] + epsilon)",
        "the fraction is turned round": "-sqrt(v[t] + epsilon)/sqrt(u[t-1] + epsilon)*g[t]",
    },
    "rho*u[t-1] + (1 - rho)*Delta[t]^2": {
        "the gradient is squared instead of the update": "rho*u[t-1] + (1 - rho)*g[t]^2"
    },
    "beta1*m[t-1] + (1 - beta1)*g[t]": {"β₁ and 1 − β₁ are exchanged": "(1 - beta1)*m[t-1] + beta1*g[t]"},
    "beta2*v[t-1] + (1 - beta2)*g[t]^2": {
        "the gradient is not squared": "beta2*v[t-1] + (1 - beta2)*g[t]",
        "β₂ and 1 − β₂ are exchanged": "(1 - beta2)*v[t-1] + beta2*g[t]^2",
    },
    "m[t]/(1 - beta1^t)": {
        "no bias correction": "m[t]",
        "the power t is forgotten": "m[t]/(1 - beta1)",
    },
    "v[t]/(1 - beta2^t)": {
        "no bias correction": "v[t]",
        "the power t is forgotten": "v[t]/(1 - beta2)",
    },
    "-eta*m_hat[t]/(sqrt(v_hat[t]) + epsilon)": {
        _ROOT: "-eta*m_hat[t]/(v_hat[t] + epsilon)",
        "the gradient instead of its average": "-eta*g[t]/(sqrt(v_hat[t]) + epsilon)",
    },
    "-eta*m_hat[t]/sqrt(v_hat[t] + epsilon)": {_ROOT: "-eta*m_hat[t]/(v_hat[t] + epsilon)"},
    "theta[t-1] - eta*m_hat[t]/(sqrt(v_hat[t]) + epsilon)": {
        _ROOT: "theta[t-1] - eta*m_hat[t]/(v_hat[t] + epsilon)"
    },
    "theta[t-1] + Delta[t]": {"the minus is already in Δ": "theta[t-1] - Delta[t]"},
    "theta[t-1] - eta*lambda*theta[t-1] + Delta[t]": {
        "the learning rate is forgotten in the decay": "theta[t-1] - lambda*theta[t-1] + Delta[t]",
        "no decay": "theta[t-1] + Delta[t]",
    },
}  # fmt: skip


def slips(formula: str) -> dict[str, Node]:
    """What is done wrong in the line `formula` → the formula that does it."""
    for line in lines():
        if formula in (line.single, line.several) and line.single in _SLIPS:
            trees = {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[line.single].items()}
            return trees if formula == line.single else {label: spread(tree) for label, tree in trees.items()}
    return {}


def spread(tree: Node) -> Node:
    """The formula of one parameter as that of the parameter i of several: every x[t] becomes x[t,i]."""
    made: dict[int, Node] = {}
    for node in postorder(tree):
        args = tuple(made.get(id(part), part) for part in node.args)
        if node.head == "index":
            args = (*args, Node("name", ("i",)))
        made[id(node)] = Node(node.head, args, node.at)
    return made[id(tree)]
