"""What short answer words mean: foundations, networks, optimisation. Each is a pattern for a whole word."""

from collections.abc import Mapping

NOT_ASKED = ""
"""Instead of a meaning: not unique, given away, or not to be understood without the solution before it."""

_PLACE = {r"(\d)": r"coordinate \1 after the last step", r"theta|[a-z]\w?": "after the last step"}
_POINT = {"f": "its value after the last step", **_PLACE}
_DESCENT = {**_POINT, r"[a-z](_max)?\(\w+\)": "after the last step"}

TRAINING: Mapping[str, Mapping[str, str]] = {
    "bias_variance": {
        "bias-squared": "averaged over the points",
        "variance": "of the models' predictions, divided by their number, averaged over the points",
        "error": "the mean squared error of the models, without noise",
        "total": "the expected squared error of a new y, noise included",
    },
    "logistic_regression": {
        r"(logit|odds|probability|class)-(\d+)": r"of example \2",
        r"point-\w+": "of the new point",
        "slope": "of the boundary written as x₂ = m x₁ + k",
        "intercept": "of the boundary written as x₂ = m x₁ + k",
        "boundary": "the x at which the probability is 1/2",
        "odds-ratio": "what one unit more of a feature multiplies the odds by",
        "weights|bias": "after the training",
    },
    "cross_entropy": {
        "start": "the loss where all classes are equally probable",
        r"loss-(\d+)": r"of example \1 alone",
        r"gradient-(\d+)": r"of the whole loss, by what is given for example \1",
        r"probabilities-(\d+)": r"of example \1",
    },
    "bce": {
        "start": "the loss where every p is 1/2",
        r"loss-(\d+)": r"of example \1 alone",
        r"gradient-(\d+)": r"of the whole loss, by what is given for example \1",
    },
    "hinge": {
        "start": "the loss where all scores are 0",
        r"loss-(\d+)": r"of example \1 alone",
        r"gradient-(\d+)": r"of the whole loss, by the scores of example \1",
        r"violated-(\d+)": r"how many margins of example \1 are violated",
        "violated": "how many margins are violated",
    },
    "mse": {"gradient": "of the loss by the predictions"},
    "entropy": {"maximum": "the most that so many values can have", "kl": "KL(P || Q)", "cross-entropy": "H(P, Q)"},
    "js": {
        r"kl\(p,m\)": "KL(P || M) with M = (P + Q)/2",
        r"kl\(q,m\)": "KL(Q || M) with M = (P + Q)/2",
        "distance": "the root of the divergence",
    },
    "confusion": {
        r"(precision|recall|specificity|f1)-(\w+)": r"of class \2",
        "npv": "negative predictive value",
        "fpr": "false-positive rate",
        "mcc": "Matthews' correlation",
        "kappa": "Cohen's kappa",
    },
    "regression_metrics": {
        "sse": "the sum of squared residuals",
        "mse": "mean squared error",
        "rmse": "root mean squared error",
        "mae": "mean absolute error",
        "mape": "mean absolute percentage error",
        "bias": "the mean residual, actual minus predicted",
    },
    "roc_auc": {
        "pairs": "the share of pairs of a positive and a negative in the right order, a tie half",
        "baseline": "the precision of scores that know nothing",
        "threshold": "the highest one that has the recall given",
        "best-accuracy": "of all thresholds",
        "recall|precision|fpr|tpr": NOT_ASKED,
    },
    "perplexity": {
        "bits": "the cross-entropy in bits",
        "total": "minus the logarithm of the whole text's probability",
        "joint": "the probability of the whole text",
        "by-geometric-mean": NOT_ASKED,
    },
    "perceptron": {
        "weights": "at the end, the bias first where it is among them",
        "bias": "at the end",
        "updates": "how many there are",
        "bound": NOT_ASKED,
    },
    "boolean_network": {"outputs": "from input 0…0 to 1…1", r".+": NOT_ASKED},
    "linearly_separable": {r".+": NOT_ASKED},
    "mlp_forward": {
        r"z(\d+)": r"layer \1 before its activation",
        r"a(\d+)": r"layer \1 after its activation",
        r"class(\d*)": "counted from 0",
    },
    "mlp_params": {"memory": "of the parameters"},
    "activation": {"greatest-derivative": "over all x"},
    "softmax": {"shifted": NOT_ASKED, "class": "counted from 0", "gradient": "by the logits"},
    "mlp_backprop": {r"delta(\d+)": r"the gradient by z of layer \1", r".+-new": "after the step"},
    "gradient_check": {"relative error .": NOT_ASKED, "numerical .+": "by the centred difference"},
    "taylor": {"truth": "the true value at the new point", "error": "of the approximation, without its sign"},
    "jacobian": {"J": "the Jacobian, a row for each function", "gradient": "as a column"},
    "hessian": {
        "H": "the Hessian",
        "eigenvalue 1": "the greater one",
        "eigenvalue 2": "the smaller one",
        "det": "of the whole Hessian",
    },
    "gradient_flow": {
        "first-delta": "the gradient by z of the first layer",
        "gradient": "by the input of the chain",
        "bound": "on the gradient by the input, from the weights and the greatest slope",
        "output": "of the last layer",
    },
    "clip": {
        r"factor(-\d+)?": "what the gradient is multiplied by",
        r"(clipped|norm)-(\d+)": r"of part \2",
    },
    "gradient_descent": {
        "largest-lr": "below it the descent converges",
        "condition-number": "of the Hessian",
        "loss": "of all examples, at the end",
        **_POINT,
    },
    "epochs": {
        "left-out": "how many examples an epoch leaves out",
        "last-batch": "how many examples the last batch of an epoch has",
        "as-epochs": "the iterations as a number of epochs, not rounded",
        "into-the-next": "iterations done of the next epoch",
    },
    "momentum": _DESCENT,
    "adagrad": _DESCENT,
    "rmsprop": _DESCENT,
    "adadelta": _DESCENT,
    "adam": _DESCENT,
    "lr_schedule": {"rate": "the index is the epoch; the first epoch is 0", "best": NOT_ASKED},
    "weight_decay": {
        "w-new": "the weights at the end",
        "factor": "what one step leaves of a weight without a data gradient",
        "gradient": "of data and penalty together",
    },
    "regularised_loss": {
        "total": "loss and penalty together",
        "gradient": "of loss and penalty together",
        r"gradient-(\d+)": r"of loss and penalty together, by layer \1",
        r"penalty-gradient-(\d+)": r"by layer \1",
    },
    "dropout": {
        "mean|variance": "of each output over all masks",
        "mean-z|variance-z": "of the next unit's input over all masks",
        "z": "the next unit's input",
        "masks": "how many different masks there are",
    },
    "init": {"bound": "a of the uniform distribution on −a to a", "std": "standard deviation"},
    "activation_variance": {
        "variance": "of the layer in the index",
        "mean-square": "of the activations of the layer in the index",
        "ratio": "what all layers multiply the mean square by (backwards: the gradient's variance)",
        "ratio-std": "the root of what all layers multiply the mean square or variance by",
    },
    "batchnorm": {
        "x-hat": "normalised, before scale and shift",
        "slope|shift": "of the whole layer written as y = a x + b",
        r"running-\w+": "after this batch",
    },
    "layernorm": {
        "mean|variance|rms": "one for each set of values that is normalised together",
        "x-hat": "normalised, before scale and shift",
    },
    "norm_params": {
        "values": "how many values each mean is taken over",
        "means": "how many means are computed",
        "learnable": "how many parameters are learnt",
        "running": "how many running values are kept",
        "total": "all that is stored",
    },
}
