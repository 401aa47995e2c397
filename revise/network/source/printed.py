"""What print(model) of PyTorch shows → network."""

import ast
import re
from dataclasses import replace

from revise.errors import InputError
from revise.network.assembly import Assembly, Piece
from revise.network.flattening import missing_flatten
from revise.network.layers import MOST_LAYERS, Network
from revise.network.source.arguments import Given
from revise.network.source.text import Source, unwrapped
from revise.network.source.torch_layers import LAYERS
from revise.untrusted import harmless

_LINE = re.compile(r"(\s*)\(([\w.-]+)\): (?:(\d+) x )?(\w+)\((.*)")
_ORDER = "a printed model has its layers in the order of assignment, without what forward does beside them"


def read_printed(text: str) -> Network:
    """Raises InputError naming line and column."""
    lines, taken = unwrapped(text)
    assembly, path, named = Assembly(), list[str](), ""
    here, chained, flattened = -1, True, False
    for row, line in enumerate(lines):
        match = _LINE.match(line)
        if match is None:
            bare = line.strip()
            if bare == ")" and path:
                path.pop()
            elif opened := re.fullmatch(r"(\w+)\(", bare):
                named, chained = opened[1], chained and opened[1] == "Sequential"
            elif bare not in ("", ")"):
                raise InputError(f"line {row + 1}, column 1: {harmless(bare[:40])!r} is no line of a printed model")
            continue
        title, times, called, rest = match[2], match[3], match[4], match[5]
        place = f"line {row + 1}, column {match.start(4) + 1 + taken[row]}"
        if times:
            raise InputError(f"{place}: {times} x {called}: a list of layers doesn't say how they follow one another")
        if title in ("downsample", "shortcut"):
            raise InputError(f"{place}: {title}: a printed model doesn't say where a branch goes; give its source")
        if not rest.rstrip():
            path.append(title)
            chained = chained and called == "Sequential"
            continue
        if rest.strip() == ")" and called not in LAYERS:
            continue  # an empty Sequential
        piece = _layer(called, rest, place, row)
        if not chained and (flat := missing_flatten(assembly.layers, piece)):
            here = assembly.add(flat, "flatten", (here,))
            flattened = True
        if piece.dims:
            assembly.set_dims(piece.dims, lambda reason, place=place: InputError(f"{place}: {reason}"))  # type: ignore[misc]
        if len(assembly.layers) >= MOST_LAYERS:
            raise InputError(f"more than {MOST_LAYERS:,} layers")
        for template, suffix in zip(piece.templates, piece.suffixes, strict=True):
            here = assembly.add(template, ".".join([*path, title]) + suffix, (here,))
    notes = [] if chained else [_ORDER, *(["the flattening is assumed"] if flattened else [])]
    return assembly.network(None, "; ".join(notes), "" if named == "Sequential" else named)


def _layer(called: str, rest: str, place: str, row: int) -> Piece:
    known = LAYERS.get(called)
    if known is None:
        raise InputError(f"{place}: {called} is no layer known here")
    try:
        source = Source(f"{called}({rest}")
    except InputError:
        raise InputError(f"{place}: these arguments can't be read") from None
    body = source.tree.body
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if not isinstance(call, ast.Call):
        raise InputError(f"{place}: these arguments can't be read")
    if called == "Identity":
        call = ast.Call(call.func, [], [])
    text = known.signature
    if called.startswith("Lazy") and "in_channels" not in text:
        call.args = call.args[1:]
    try:
        built = known.build(Given(called, call, text, known.dims, source, _value))
    except (InputError, ValueError) as fault:
        reason = re.sub(r"^line \d+, column \d+: ", "", str(fault))
        raise InputError(f"{place}: {reason}") from None
    column = int(place.rpartition(" ")[2])
    piece = built if isinstance(built, Piece) else Piece((built,))
    if piece.wires:
        raise InputError(f"{place}: {called} branches; give its source")
    layers = tuple(replace(layer, line=row + 1, column=column) for layer in piece.templates)
    return replace(piece, templates=layers, dims=known.dims if known.spatial else None)


def _value(node: ast.expr) -> object:
    """A number, a word (padding=same is printed so), or a tuple of them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float | str | None):
        return node.value
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(map(_value, node.elts))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value  # type: ignore[operator]
    raise ValueError("these arguments can't be read")
