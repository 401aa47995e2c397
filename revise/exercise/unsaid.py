"""What a question takes for granted and has to say: where things start, and what a convention's name stands for."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Unsaid(NamedTuple):
    """Words for a parameter that is `missing`; only for answers like `asked`, and where given ones fit `where`."""

    missing: str
    words: str
    asked: str = ""
    where: Mapping[str, str] = {}


_LAYERS = Unsaid("", "| parts layers", where={"weights": r".*\|.*"})
_LABEL = "update label: w = w + ηyx where the output is wrong"
_ERROR = "update error: w = w + η(y − o)x with the output o"
_MIXED = r"[nh]\d+"
_DECAY = Unsaid("", "weight decay λ adds λθ to the gradient", where={"weight_decay": ".+"})
_START = Unsaid("h0", "h₀ 0")
_FOR_EVER = "... goes on with the part in brackets, or the last reward, for ever"
_VALUES = Unsaid("start", "values start at 0")
_NORM = (Unsaid("eps", "eps 0"), Unsaid("gamma", "γ 1", "y|slope|shift|dL.+"), Unsaid("beta", "β 0", "y|slope|shift"))

_MOMENTUM = {
    "sum": "v = βv + g, θ = θ − ηv",
    "average": "v = βv + (1 − β)g, θ = θ − ηv",
    "velocity": "v = βv − ηg, θ = θ + v",
}
_NESTEROV = {
    "pytorch": "θ = θ − η(g + βv), gradient at θ",
    "look-ahead": "gradient at the look-ahead point",
    "shifted": "θ = θ − βv(old) + (1 + β)v(new), gradient at θ",
}
_RATES = {"exp": "η₀ e^(−kt)", "inverse-time": "η₀/(1 + kt)", "inverse-sqrt": "η₀/√(t + 1)"}
_VELOCITY = r"v.*"

UNSAID: Mapping[str, Sequence[Unsaid]] = {
    "logistic_regression": (Unsaid("start", "weights start at 0"), Unsaid("start_bias", "bias starts at 0")),
    "hinge": (Unsaid("margin", "margin 1"),),
    "perceptron": (
        Unsaid("start", "weights start at 0"),
        Unsaid("start_bias", "bias starts at 0", where={"bias": "(?!none).*"}),
        Unsaid("update", _LABEL, where={"target": ".*-1.*"}),
        Unsaid("update", _ERROR, where={"target": "(?!.*-1).*"}),
        Unsaid("", _LABEL, where={"update": "label"}),
        Unsaid("", _ERROR, where={"update": "error"}),
    ),
    "activation": (
        Unsaid("alpha", "alpha 0.01", where={"function": "leaky-relu"}),
        Unsaid("alpha", "alpha 1", where={"function": "elu"}),
    ),
    "gradient_flow": (Unsaid("upstream", "gradient 1 at the end"),),
    "activation_variance": (Unsaid("input_variance", "mean square 1 at the start (backwards: variance 1)"),),
    "convolve": (Unsaid("", "| parts channels, || filters", where={"kernel": r".*\|.*"}),),
    "conv_backward": (Unsaid("", "| parts channels, || filters", where={"kernel": r".*\|.*"}),),
    "mlp_forward": (_LAYERS,),
    "mlp_backprop": (_LAYERS,),
    "boolean_network": (_LAYERS,),
    "regularised_loss": (Unsaid("", "| parts layers", where={"w": r".*\|.*"}),),
    "batchnorm": _NORM,
    "batchnorm_backward": _NORM,
    "layernorm": (*_NORM, Unsaid("", "| parts channels", where={"x": r".*\|.*"})),
    "pool": (Unsaid("stride", "stride as the kernel"),),
    "rnn_step": (_START,),
    "bptt": (_START,),
    "lstm_step": (
        _START,
        Unsaid("c0", "c₀ 0"),
        Unsaid("wi", "rows in the order i, f, g, o", where={"weight_ih": ".+"}),
    ),
    "gru_step": (
        _START,
        Unsaid("wr", "rows in the order r, z, n", where={"weight_ih": ".+"}),
        Unsaid("reset", "reset before: W(r ⊙ h)", _MIXED, {"weight_ih": ""}),
        Unsaid("reset", "reset after: r ⊙ (Wh)", _MIXED, {"weight_ih": ".+"}),
        Unsaid("", "reset before: W(r ⊙ h)", _MIXED, {"reset": "before"}),
        Unsaid("", "reset after: r ⊙ (Wh)", _MIXED, {"reset": "after"}),
        Unsaid("", "update keep: h = z ⊙ h + (1 − z) ⊙ n", r"h\d+", {"update": "keep"}),
        Unsaid("", "update renew: h = (1 − z) ⊙ h + z ⊙ n", r"h\d+", {"update": "renew"}),
    ),
    "recurrent_params": (Unsaid("", "biases counts the bias vectors of each sum"),),
    "transformer_params": (Unsaid("dim_feedforward", "feed-forward 4 times as wide"),),
    "attention": (Unsaid("values", "the values are the keys"),),
    "lr_schedule": (
        Unsaid("epoch", "epoch 10", "rate", {"schedule": "(?!plateau).*"}),
        *(Unsaid("", f"{name}: {rate}", "rate", {"schedule": name}) for name, rate in _RATES.items()),
        Unsaid("gamma", "gamma 0.1", "rate", {"schedule": "step|multistep"}),
        Unsaid("power", "power 1", "rate", {"schedule": "polynomial"}),
        Unsaid("t_mult", "t mult 1", "rate", {"schedule": "warm-restarts"}),
        Unsaid("start_factor", "start factor 0", "rate", {"schedule": "warmup"}),
        Unsaid("", "after a linear warm-up t starts at 0", "rate", {"schedule": "(?!noam).*", "warmup": ".+"}),
    ),
    "gradient_descent": (_DECAY,),
    "adagrad": (_DECAY,),
    "rmsprop": (_DECAY,),
    "adadelta": (_DECAY,),
    "momentum": (
        _DECAY,
        *(Unsaid("", f"form {form}: {rule}", where={"form": form}) for form, rule in _MOMENTUM.items()),
        *(Unsaid("", f"nesterov {way}: {rule}", where={"nesterov": way}) for way, rule in _NESTEROV.items()),
        Unsaid("form", _MOMENTUM["velocity"], _VELOCITY, {"nesterov": "look-ahead|shifted"}),
        Unsaid("form", "v = βv + g", _VELOCITY, {"nesterov": "(?!look-ahead|shifted).*"}),
    ),
    "beam_search": (
        Unsaid(
            "", "finished aside: a finished sentence leaves the beam, which gets narrower", where={"finished": "aside"}
        ),
        Unsaid("", "finished compete: a finished sentence keeps its place in the beam", where={"finished": "compete"}),
        Unsaid("", "gnmt: divided by ((5 + L)/6)^α, the end counted", "score", {"penalty": "gnmt"}),
        Unsaid("", "divided by L^α, the end counted", "score", {"penalty": "power", "alpha": ".+"}),
    ),
    "pca": (Unsaid("share", "share 0.95", "needed"),),
    "init": (Unsaid("gain", "PyTorch's gain", where={"nonlinearity": "tanh|selu"}),),
    "policy_evaluation": (Unsaid("policy", "actions equally likely where no policy is given"), _VALUES),
    "value_iteration": (_VALUES,),
    "q_learning": (_VALUES,),
    "sarsa": (_VALUES,),
    "td": (Unsaid("start", "values start at 0", where={"alpha": ".+"}),),
    "td_lambda": (_VALUES,),
    "bandit": (Unsaid("start", "estimates start at 0"),),
    "bellman": (Unsaid("policy", "actions equally likely where no policy is given"),),
    "gamma_range": (
        Unsaid("", _FOR_EVER, where={"first": r".*\.\.\."}),
        Unsaid("", _FOR_EVER, where={"first": r"(?!.*\.\.\.).*", "second": r".*\.\.\."}),
    ),
    "gradient_bandit": (Unsaid("start", "preferences start at 0"),),
}
