"""The sparsity penalties: their formulas, their gradients, and what is written instead."""

# is there a weight → the penalty and its gradient
SUM = {True: "beta*sum(k[j] for j in 1..s)", False: "sum(k[j] for j in 1..s)"}
SLOPE = {
    True: "beta*(-rho/rho_hat[j] + (1 - rho)/(1 - rho_hat[j]))",
    False: "-rho/rho_hat[j] + (1 - rho)/(1 - rho_hat[j])",
}
TERM = "rho*log(rho/rho_hat[j]) + (1 - rho)*log((1 - rho)/(1 - rho_hat[j]))"
BY_ABSOLUTE = {
    "mean": ("lambda*A/m", "lambda/m*sign(H)"),
    "weighted": ("lambda*A", "lambda*sign(H)"),
    "plain": ("A", "sign(H)"),
}
# a right formula → what is written instead
SLIPS = {
    TERM: {
        "the second term is forgotten": "rho*log(rho/rho_hat[j])",
        "ρ and ρ̂ are exchanged": "rho_hat[j]*log(rho_hat[j]/rho) + (1 - rho_hat[j])*log((1 - rho_hat[j])/(1 - rho))",
        "the fractions are upside down": "rho*log(rho_hat[j]/rho) + (1 - rho)*log((1 - rho_hat[j])/(1 - rho))",
    },
    SUM[True]: {"the weight is forgotten": "sum(k[j] for j in 1..s)"},
    SUM[False]: {"averaged over the units": "sum(k[j] for j in 1..s)/s"},
    SLOPE[True]: {
        "the signs are turned": "beta*(rho/rho_hat[j] - (1 - rho)/(1 - rho_hat[j]))",
        "the weight is forgotten": "-rho/rho_hat[j] + (1 - rho)/(1 - rho_hat[j])",
        "the second term is forgotten": "-beta*rho/rho_hat[j]",
    },
    SLOPE[False]: {
        "the signs are turned": "rho/rho_hat[j] - (1 - rho)/(1 - rho_hat[j])",
        "the second term is forgotten": "-rho/rho_hat[j]",
    },
    "sum(abs(H))": {"without absolute values": "sum(H)", "squared: that is L2": "sum(H .* H)"},
}
