"""What short answer words mean: the kinds of models, and decisions. Each is a pattern for a whole word."""

from collections.abc import Mapping

from revise.exercise.meanings_training import NOT_ASKED

_STATES = {
    "largest change": "of a value in the last sweep",
    "error bound": NOT_ASKED,
    r"\w+": "the value of this state",
}
_COSTS = {r"(plain|depthwise|pointwise|separable|grouped)-.*": "of that whole layer", "group-.*": "of one group"}

MODELS: Mapping[str, Mapping[str, str]] = {
    "conv": {"activations": "how many values the output has", "memory": "of the output for one image, in float32"},
    "conv_stack": {
        "weights": "a norm's scales among them, biases and shifts not",
        "jump": "how many pixels of the input lie between neighbours of the output",
    },
    "convolve": {r"filter (\d+)": r"channel \1 of the output, from 0", "output": "its shape"},
    "receptive_field": {"stride": "of all layers together", r"(stack|single)-weights": NOT_ASKED},
    "unpool": {"output": "its shape"},
    "dense_vs_conv": {
        "scores": "the shape of the output for the larger input, the dense layer made a convolution",
        "weight-ratio": "how many times fewer weights the convolution has than the dense layer",
        "sharing-ratio": "how many times fewer weights the convolution has than the locally connected layer",
        "multiply-add-ratio": "how many times fewer the convolution needs than the dense layer",
        r"\w+-operations": NOT_ASKED,
    },
    "separable_conv": {
        "ratio": "of its weights to those of a plain convolution",
        "saving": "how many times more weights a plain convolution has",
        **_COSTS,
    },
    "architecture": {
        "depth": "layers with weights on the longest road",
        r"net(\d+)-depth": r"of network \1: layers with weights on the longest road",
        r"net(\d+)-fc-share": r"of the parameters of network \1",
        "fc-share": "of the parameters",
        r"(.*-)?(activations|memory|early-share)": NOT_ASKED,
        r"net(\d+)-.+": r"of network \1",
    },
    "residual": {
        "weights": "of the branch F(x), without the shortcut",
        r"plain-.*": "of the branch F(x) alone",
        "additions": "where the branches meet",
        "wide-weights": "of two 3×3 layers as wide as the block instead",
        "saving": "how many times more weights two 3×3 layers as wide as the block have",
    },
    "inception": {
        "naive-.+": "without the 1×1 bottlenecks",
        "ratio": "of the multiply-adds with bottlenecks to those without",
        "saving": "how many times fewer multiply-adds with bottlenecks",
    },
    "densenet": {"channels": "that leave the block", "connections": "among the block's layers, its input counted"},
    "recurrent_params": {
        r"layer(\d+)": r"parameters of layer \1",
        "recurrent": "parameters of the recurrent layers",
        "embedding|output": "parameters of that layer",
    },
    "rnn_step": {r"h(\d+)": r"the state after input \1", r"y(\d+)": r"the output at step \1"},
    "bptt": {
        r"delta(\d+)": r"the loss's gradient by the sum before the activation, step \1",
        r".+-new": "after a step",
    },
    "rnn_gradient": {
        "sigma_max": "the largest singular value of W",
        "rho": "the greatest size of an eigenvalue of W",
        "factor": "the most that one step can stretch a gradient by",
        "bound": "on the size of the last state's derivative by the first",
        "product": "the last state's derivative by the first",
    },
    "lstm_step": {
        r"f\d+": "forget gate",
        r"i\d+": "input gate",
        r"g\d+": "candidate",
        r"o\d+": "output gate",
        r"c\d+": "the cell",
        r"h\d+": "the state",
    },
    "gru_step": {r"r\d+": "reset gate", r"z\d+": "update gate", r"n\d+": "candidate", r"h\d+": "the state"},
    "attention": {"scores": "before the softmax", "weights": "after the softmax"},
    "beam_search": {
        r"greedy-.+": "of what greedy search finds",
        "score": "of the best sentence, with its penalty for length",
        r"(log-)?probability": "of the best sentence",
    },
    "self_attention": {
        r"scores(\((\d+)\))?": "before the softmax",
        r"weights(\((\d+)\))?": "after the softmax",
    },
    "multihead_params": {
        "per-head": "weights that make Q, K and V of one head",
        "head-size": "entries of a head's query",
    },
    "positional_encoding": {r"shifted\((\d+)\)": r"pair \1 (from 0) at the shifted position"},
    "transformer_params": {
        "rough|millions": NOT_ASKED,
        "float32|int8": "memory of the parameters",
        "kv-cache": "memory at 16 bits a number",
        "lora": "parameters that LoRA trains",
        "tokens|positions|segments": "parameters of that embedding",
        r".+": "its parameters",
    },
    "attention_complexity": {
        "projections": "multiply-adds for Q, K, V and the output",
        "scores": "multiply-adds for QKᵀ",
        "weighted-sum": "multiply-adds for the weights times V",
        "even-at": "the n at which QKᵀ and the weighted sum cost as much as the projections",
        "weights": "numbers in the attention weights of all heads",
        "memory": "of the attention weights of all heads",
        "self-attention|restricted": "multiply-adds, without the projections",
        "recurrent|convolutional": "multiply-adds of such a layer",
        r"path.+": NOT_ASKED,
    },
    "pca": {
        r"ratio (\d+)": "the share of the variance that it explains",
        "kept": "the share of the variance that the components keep",
        "error": "the variance of the components dropped",
        "needed": "how many components keep the share",
    },
    "sparsity_penalty": {"penalty": "its weight included"},
    "autoencoder_params": {"encoder|decoder": "its parameters", "compression": "inputs for each number of the code"},
    "contractive_penalty": {
        "penalty": "without its weight",
        "weighted": "the penalty times its weight",
        r"unit (\d+)": "its share of the penalty",
    },
    "elbo": {"gap": "log p(x) minus the ELBO", "loss": "minus the ELBO", r"posterior (\d+)": r"p(z|x) for z number \1"},
    "multivariate_kl": {
        "trace": "of Σ₂⁻¹Σ₁",
        "distance": "the means' difference squared, measured by Σ₂",
        "log-ratio": "log(det Σ₂/det Σ₁)",
    },
    "gan_value": {"real": "E[log D(x)] over the data", "fake": "E[log(1 − D(x))] over the generator"},
    "gan_optimal_discriminator": {
        "slope": "the factor of x in log(p(x)/q(x))",
        "intercept": "what log(p(x)/q(x)) is at x = 0",
        "square": "the factor of x² in log(p(x)/q(x))",
        r"half-at.*": "an x with D* = 1/2",
        "value-by-js": NOT_ASKED,
    },
    "gan_losses": {"discriminator": "the two cross-entropies added, each a mean"},
    "gan_gradients": {
        r"ratio.*": "of the non-saturating gradient by a to the saturating one",
        r"dL_sat/.*": "of the saturating generator loss, a being D's logit",
        r"dL_ns/.*": "of the non-saturating generator loss, a being D's logit",
        r"dL_(fake|real)/.*": r"of the discriminator's loss on \1 data, a being D's logit",
    },
    "fgsm": {
        "loss": "before the attack",
        "class|prediction": "before the attack",
        r"new-\w+": "after the attack",
        "gradient": "of the loss by the input",
    },
    "linear_attack": {
        "change": "by how much the attack moves the score, without its sign",
        "smallest-epsilon": "with which the score reaches 0",
        r"new-\w+": "after the attack",
    },
    "gcn_layer": {"aggregated": "all nodes, before the weights"},
    "laplacian": {"eigenvalues": "of D − A, ascending", "components": "how many there are"},
    "bellman": {r"\w+": "the value of this state"},
    "mrp": {r"\w+": "the value of this state"},
    "policy_evaluation": _STATES,
    "value_iteration": _STATES,
    "policy_iteration": {r"\w+": "the value of this state under the last policy"},
    "q_learning": {r"Q.+": "in the end"},
    "sarsa": {r"Q.+": "in the end"},
    "td": {r"V.+": "in the end"},
    "td_lambda": {r"V.+": "in the end"},
    "bandit": {
        "surely-exploratory": "the steps, from 1, whose arm was not a best one",
        "estimates": "in the end",
    },
    "gradient_bandit": {"preferences|probabilities": "after the last step"},
    "gamma_range": {"boundary": "the discount with which both are worth the same"},
}
