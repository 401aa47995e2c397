"""What a network is made of: one `Layer` for each row of a layer table."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

KINDS = frozenset(
    "conv transposed-conv max-pool avg-pool adaptive-avg-pool adaptive-max-pool global-avg-pool global-max-pool linear "
    "flatten reshape dropout activation prelu batch-norm layer-norm group-norm instance-norm lrn add concat zero-pad "
    "upsample identity select embedding rnn attention last".split()
)
MOST_LAYERS = 10**5


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer. Numbers are ints or, for a letter, a Node; per-axis tuples have one entry for each spatial axis.

    kind            one of KINDS
    name            unique in the network
    inputs          positions of the layers it reads, -1 for the network's input
    out             filters, units, a PReLU's slopes, how many channels a select takes; `last` (a step of a
                    sequence): the features it gives, None for all;
                    the channel multiplier where `groups` is "depthwise"
    padding         zeros on each side, or a pair (before, after); "same" keeps ceil(n/stride), n*stride transposed
    size            adaptive pooling: output sides; upsample: factors; reshape: H, W, C;
                    layer-norm: the shape normalised, H, W, C, where it is more than the last axis;
                    select: the channels taken, from 0 (as many as `out`)
    groups          also of a group-norm; "depthwise" is as many as there are input channels
    bias            of a norm: whether it has a shift beside its scale
    affine          of a norm: whether it has a scale (and, with `bias`, a shift)
    running         batch-norm: keeps a mean and a variance for each channel, not learnt
    says            input channels or features that the text states; a flatten's: the features it gives
    gates           of an rnn: 1 (plain), 3 (GRU), 4 (LSTM); its `out` is the hidden size of one direction
    directions      of an rnn
    biases          of an rnn: bias vectors for each gate, 2 in PyTorch, 1 in Keras (a GRU has 2)
    steps           of an rnn: "all" gives every step's output, "last" the last one's
    inner           of an attention: heads times the width of a head; its second input, if any, is what it looks at
    rows            of an embedding: how many vectors of length `out`
    word            how tables call it
    line, column    where it stands in the text, from 1; 0 for named networks
    """

    kind: str
    name: str
    inputs: tuple[int, ...]
    out: Any = None
    kernel: tuple[Any, ...] = ()
    stride: tuple[Any, ...] = ()
    padding: tuple[Any, ...] | Literal["same"] = ()
    dilation: tuple[Any, ...] = ()
    output_padding: tuple[Any, ...] = ()
    size: tuple[Any, ...] = ()
    groups: Any = 1
    bias: bool = True
    ceil: bool = False
    affine: bool = True
    running: bool = True
    says: int | None = None
    gates: int = 0
    directions: int = 1
    biases: int = 0
    steps: Literal["all", "last"] = "all"
    inner: Any = None
    rows: Any = None
    word: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, eq=False)
class Network:
    """Layers in an order in which each reads only earlier ones.

    input  H, W, C (L, C with one axis; features alone), where the text or the name says it
    dims   spatial axes
    note   a convention or an assumption, in one sentence
    """

    layers: tuple[Layer, ...]
    name: str = ""
    input: tuple[int, ...] | None = None
    dims: int = 2
    note: str = ""

    METAVAR: ClassVar[str] = "NETWORK"

    @classmethod
    def from_text(cls, text: str) -> "Network":
        """A known name (`vgg16`), `-`, a file (`@net.py`, `net.py`), or the text of a network itself.

        Text is a layer list (`conv 3 64 p1, relu, pool 2`), PyTorch or Keras source, or a printed PyTorch model.
        Raises InputError naming line and column.
        """
        from revise.network.reading import read_network

        return read_network(text)
