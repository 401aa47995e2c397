"""The sizes of published Transformers, by name."""

from typing import Any

_BERT = {"vocab_size": 30522, "max_positions": 512, "type_vocab_size": 2, "embedding_norm": True, "pooler": True}
_GPT2 = {"vocab_size": 50257, "max_positions": 1024, "final_norm": True}
_VASWANI = {"num_layers": 6, "num_decoder_layers": 6, "vocab_size": 37000}

# parameter → size, as the papers give them; the vocabularies as the released models have them
SIZES: dict[str, dict[str, Any]] = {
    "transformer-base": {**_VASWANI, "d_model": 512, "nhead": 8, "dim_feedforward": 2048},
    "transformer-big": {**_VASWANI, "d_model": 1024, "nhead": 16, "dim_feedforward": 4096},
    "bert-base": {**_BERT, "num_layers": 12, "d_model": 768, "nhead": 12},
    "bert-large": {**_BERT, "num_layers": 24, "d_model": 1024, "nhead": 16},
    "gpt2": {**_GPT2, "num_layers": 12, "d_model": 768, "nhead": 12},
    "gpt2-medium": {**_GPT2, "num_layers": 24, "d_model": 1024, "nhead": 16},
    "gpt2-large": {**_GPT2, "num_layers": 36, "d_model": 1280, "nhead": 20},
    "gpt2-xl": {**_GPT2, "num_layers": 48, "d_model": 1600, "nhead": 25},
}

# what the papers print, and why it differs
PUBLISHED = {
    "transformer-base": (
        "Vaswani et al. 2017, table 3, print 65 million. Blocks as theirs and one shared matrix for their 37,000 "
        "tokens make 63 million; they don't say how they counted (65 would be about 40,700 tokens)."
    ),
    "transformer-big": (
        "Vaswani et al. 2017, table 3, print 213 million; their 37,000 shared tokens make 214 million, and they don't "
        "say how they counted."
    ),
    "bert-base": (
        "Devlin et al. 2019, section 3, print 110 million: this, rounded. Counted as in the released BertModel, with "
        "the pooler and without the heads of pre-training."
    ),
    "bert-large": (
        "Devlin et al. 2019, section 3, print 340 million; the released BertModel has 335 million, with the pooler "
        "and without the heads of pre-training."
    ),
    "gpt2": "Radford et al. 2019, table 2, print 117 million, a slip: the released model is called 124M.",
    "gpt2-medium": "Radford et al. 2019, table 2, print 345 million; the released model is called 355M.",
    "gpt2-large": "Radford et al. 2019, table 2, print 762 million; the released model is called 774M.",
    "gpt2-xl": "Radford et al. 2019, table 2, print 1542 million; the released model is called 1558M, or 1.5B.",
}
