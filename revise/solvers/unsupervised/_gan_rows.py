"""The gradients of the GAN's losses, one row each: as single steps, and as tables over several D."""

from typing import NamedTuple


class Row(NamedTuple):
    """One quantity: its step for a single D, its step in a table over several, and what must hold."""

    one: tuple[str, str]
    many: tuple[str, str]
    why: str
    of: tuple[str, str] | None = None
    law: tuple[str, str] | None = None


ROWS: dict[str, list[Row]] = {
    "slope of the sigmoid": [
        Row(("dD_da", "D*(1 - D)"), ("dD_da[d]", "D[d]*(1 - D[d])"), "D = σ(a), and σ′(a) = σ(a)(1 − σ(a))"),
    ],
    "saturating loss": [
        Row(("L_sat", "log(1 - D)"), ("L_sat[d]", "log(1 - D[d])"), "saturating, from the minimax game; G descends it"),
        Row(
            ("dL_sat_dD", "-1/(1 - D)"), ("dL_sat_dD[d]", "-1/(1 - D[d])"),
            "log′ is 1/(1 − D), times the inner derivative −1", of=("L_sat", "D"),
        ),
    ],
    "non-saturating loss": [
        Row(("L_ns", "-log(D)"), ("L_ns[d]", "-log(D[d])"), "non-saturating; G descends it, so it ascends log D"),
        Row(("dL_ns_dD", "-1/D"), ("dL_ns_dD[d]", "-1/D[d]"), "log′ is 1/D, with the minus", of=("L_ns", "D")),
    ],
    "gradients by the logit": [
        Row(
            ("dL_sat_da", "-1/(1 - D)*(D*(1 - D))"), ("dL_sat_da[d]", "dL_sat_dD[d]*dD_da[d]"),
            "chain rule, ∂L/∂D times ∂D/∂a: −D is left", of=("L_sat", "a"),
            law=("dL_sat_da = -D", "dL_sat_da[d] = -D[d]"),
        ),
        Row(
            ("dL_ns_da", "-1/D*(D*(1 - D))"), ("dL_ns_da[d]", "dL_ns_dD[d]*dD_da[d]"),
            "chain rule, ∂L/∂D times ∂D/∂a: −(1 − D) is left", of=("L_ns", "a"),
            law=("dL_ns_da = -(1 - D)", "dL_ns_da[d] = -(1 - D[d])"),
        ),
        Row(
            ("ratio", "dL_ns_da/dL_sat_da"), ("ratio[d]", "dL_ns_da[d]/dL_sat_da[d]"),
            "(1 − D)/D: positive, so the two point the same way",
            law=("ratio > 0", "ratio[d] > 0"),
        ),
    ],
}  # fmt: skip
BY_X = [
    Row(("dL_sat_dx", "dL_sat_da*da_dx"), ("dL_sat_dx[d]", "dL_sat_da[d]*da_dx"), "on to x = G(z): times ∂a/∂x"),
    Row(("dL_ns_dx", "dL_ns_da*da_dx"), ("dL_ns_dx[d]", "dL_ns_da[d]*da_dx"), "the same factor, so the same ratio"),
]
BY_THETA = [
    Row(("dL_sat_dtheta", "dL_sat_dx*dx_dtheta"), ("dL_sat_dtheta[d]", "dL_sat_dx[d]*dx_dtheta"), "times ∂x/∂θ"),
    Row(("dL_ns_dtheta", "dL_ns_dx*dx_dtheta"), ("dL_ns_dtheta[d]", "dL_ns_dx[d]*dx_dtheta"), "times ∂x/∂θ"),
]
OF_D = [
    Row(
        ("dL_fake_da", "1/(1 - D)*(D*(1 - D))"), ("dL_fake_da[d]", "1/(1 - D[d])*dD_da[d]"),
        "the discriminator's −log(1 − D) of a fake: D, minus the saturating one; descending it lowers a",
        law=("dL_fake_da = D", "dL_fake_da[d] = D[d]"),
    ),
]  # fmt: skip
