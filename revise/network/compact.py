"""The short notation: `conv 3 64 p1, relu, pool 2, 2*(conv 3 128 same, relu), flatten, fc 10`.

    network  item, item, …        separated by , ; -> or a new line; # begins a comment
    item     3*item or 3*(network), or a word with its numbers and options
    conv K F [s S] [p P|same] [d D] [g G] [nobias]     also deconv (op O), dwconv K [m M], sepconv K F; 1-D: conv1d
    pool K [s S] [p P|same] [ceil]                     also avgpool; gap, gmp, adaptive N
    fc N [nobias], bn, ln, in, gn G, lrn, flatten, reshape 7x7x128, dropout, zeropad P, upsample F, identity,
    relu, leakyrelu, prelu, elu, gelu, selu, silu, sigmoid, tanh, softmax, softplus

K, S, P, D are a number, a letter, or one for each side: 3x5. `conv 3 64 1 1` has stride and padding in this order.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from revise.errors import InputError
from revise.network.assembly import Assembly
from revise.network.compact_words import WORDS, Token, base_name, check_word, layers_of, plain
from revise.network.layers import MOST_LAYERS, Layer, Network

_TOKEN = re.compile(r"#[^\n]*|(?P<end>[,;，；\n]|->|→)|(?P<bracket>[()])|(?P<word>(?:(?!->)[^\s,;，；()#→])+)")
_TIMES = re.compile(r"(\d+)[*×](.*)")


def is_compact(text: str) -> bool:
    """Whether it begins with a word of the notation."""
    first = re.match(r"\s*([\w-]+)", text)
    return first is not None and plain(first[1]) in WORDS


def read_compact(text: str) -> Network:
    """Raises InputError naming line and column."""
    items = _items(text)
    dims = {WORDS[plain(item[0].text)][1] for item in items} - {None}
    if len(dims) > 1:
        raise InputError("1-D and 2-D layers in one network")
    axes = dims.pop() if dims else 2
    assembly = Assembly()
    assembly.dims = axes
    made: dict[int, dict[str, Layer]] = {}
    bases = Counter(base_name(item[0].text) for item in items)
    met: Counter[str] = Counter()
    for item in items:
        layers = made.get(id(item))
        if layers is None:
            layers = made[id(item)] = layers_of(item, axes or 2)
        base = base_name(item[0].text)
        met[base] += 1
        for suffix, layer in layers.items():
            name = f"{base}{met[base]}" if bases[base] > 1 else base
            assembly.add(layer, name + suffix, (len(assembly.layers) - 1,))
    return assembly.network()


def _items(text: str) -> list[list[Token]]:
    """The items in their order, repetitions written out."""
    frames: list[tuple[list[list[Token]], int, Token | None]] = [([], 1, None)]
    item: list[Token] = []
    times = 1
    closed = False  # an item can't go on after )

    def finish() -> None:
        nonlocal item, times, closed
        if item:
            check_word(item[0])
            _repeat(frames[-1][0], [item], times, item[0])
        elif times != 1:
            raise last.fault("there is nothing to repeat")
        item, times, closed = [], 1, False

    last = Token("", 1, 1)
    for kind, token in _tokens(text):
        last = token
        if kind == "end":
            finish()
        elif kind == "word":
            word = token.text
            while not item and (match := _TIMES.fullmatch(word)):
                times = _times(match[1], times, token)
                word = match[2]
            if closed:
                raise token.fault("a comma is missing after )")
            if word:
                item.append(replace(token, text=word))
        elif token.text == "(":
            if item or closed:
                raise token.fault("a bracket follows a number and *, as in 2*(conv 3 64, relu)")
            frames.append(([], times, token))
            times = 1
        else:
            finish()
            body, count, opened = frames.pop()
            if opened is None:
                raise token.fault(") without (")
            if not body:
                raise opened.fault("the brackets are empty")
            _repeat(frames[-1][0], body, count, opened)
            closed = True
    finish()
    if frames[-1][2] is not None:
        raise frames[-1][2].fault("( is never closed")
    return frames[0][0]


def _tokens(text: str) -> Iterator[tuple[str, Token]]:
    line, start = 1, 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup:
            yield match.lastgroup, Token(match[0], line, match.start() - start + 1)
        if match[0] == "\n":
            line, start = line + 1, match.end()


def _times(digits: str, before: int, token: Token) -> int:
    count = int(digits[:9]) * before
    if not 0 < count <= MOST_LAYERS or len(digits) > 9:
        raise token.fault(f"a network is repeated 1 to {MOST_LAYERS:,} times")
    return count


def _repeat(into: list[list[Token]], body: list[list[Token]], times: int, token: Token) -> None:
    if len(into) + len(body) * times > MOST_LAYERS:
        raise token.fault(f"more than {MOST_LAYERS:,} layers")
    into.extend(body * times)
