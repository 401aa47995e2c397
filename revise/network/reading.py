"""Text → network: a known name, a file, or one of four notations."""

import re

from revise.errors import InputError
from revise.network.layers import Network
from revise.parameters import read_source

_NAME = re.compile(r"\s*[A-Za-z][\w.+ -]{0,40}\s*")
_CALL = re.compile(r"[A-Za-z_]\d*\(|^[ \t]*(import|from|class|def)\s|^[ \t]*(>>> )?[\w.]+[ \t]*=", re.MULTILINE)
_PRINTED = re.compile(r"^[ \t]*\([\w.-]+\): (\d+ x )?\w+\(", re.MULTILINE)


def read_network(text: str) -> Network:
    """See Network.from_text."""
    if _NAME.fullmatch(text) and (known := _known(text)) is not None:
        return known
    try:
        source, _ = read_source(text)
    except InputError as fault:
        raise InputError(f"{fault}; a network is a name such as vgg16, a file, or its layers") from None
    where = "" if source is text else "standard input" if text == "-" else text.removeprefix("@")
    try:
        return _read(source, bool(where))
    except InputError as fault:
        raise InputError(f"{where}: {fault}" if where else str(fault)) from None


def _known(text: str) -> Network | None:
    from revise.network.known import find

    return find(text)


def _read(text: str, from_file: bool) -> Network:
    from revise.network.source.text import MOST_CHARACTERS

    if len(text) > MOST_CHARACTERS:
        raise InputError(f"the text has more than {MOST_CHARACTERS:,} characters")
    bare = re.sub(r"#.*", "", text)
    if _PRINTED.search(bare):
        from revise.network.source.printed import read_printed

        network = read_printed(text)
    elif _CALL.search(bare):
        from revise.network.source.python import read_python

        network = read_python(text)
    else:
        from revise.network.compact import is_compact, read_compact

        if not from_file and _NAME.fullmatch(text) and not is_compact(text):
            from revise.network.known import unknown

            raise unknown(text)
        network = read_compact(text)
    if not network.layers:
        raise InputError("there are no layers")
    return network
