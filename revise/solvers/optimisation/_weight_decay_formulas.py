"""The updates of weight decay by kind of penalty, and what is written instead."""

NEW = "w - eta*G"
# is the square halved, is λ divided by n → the gradient of the whole loss
L2 = {
    (True, False): "g + lambda*w",
    (False, False): "g + 2*lambda*w",
    (True, True): "g + lambda_n*w",
    (False, True): "g + 2*lambda_n*w",
}
L1 = {False: "g + mu*sign(w)", True: "g + mu_n*sign(w)"}
BOTH = {
    (True, False): "g + lambda*w + mu*sign(w)",
    (False, False): "g + 2*lambda*w + mu*sign(w)",
    (True, True): "g + lambda_n*w + mu_n*sign(w)",
    (False, True): "g + 2*lambda_n*w + mu_n*sign(w)",
}
FACTOR = {
    (True, False): "1 - eta*lambda",
    (False, False): "1 - 2*eta*lambda",
    (True, True): "1 - eta*lambda_n",
    (False, True): "1 - 2*eta*lambda_n",
}
THRESHOLD = {False: "eta*mu", True: "eta*mu_n"}
SLIPS = {
    "g + lambda*w": {
        "the penalty's gradient is forgotten": "g",
        "λ‖w‖², so 2λw": "g + 2*lambda*w",
        "the derivative of ‖w‖, not of its square": "g + lambda*w/norm(w)",
    },
    "g + 2*lambda*w": {"the 2 of the square is forgotten": "g + lambda*w"},
    "g + lambda_n*w": {"the penalty's gradient is forgotten": "g"},
    "g + mu*sign(w)": {"w instead of its sign: that is L2": "g + mu*w", "|w| instead of its sign": "g + mu*abs(w)"},
    "g + lambda*w + mu*sign(w)": {"only the L2 part": "g + lambda*w", "only the L1 part": "g + mu*sign(w)"},
    "w - eta*G": {"added instead of subtracted": "w + eta*G", "the learning rate is forgotten": "w - G"},
    "sign(u) .* relu(abs(u) - tau)": {"it runs through 0 instead of stopping there": "u - tau*sign(u)"},
}
