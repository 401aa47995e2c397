"""Text from outside (arguments, pages, files) made harmless before a terminal sees it."""

import re

# C0 and C1 controls except newline and tab, bidirectional overrides and isolates, lone surrogates.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """`text` with every character that could steer a terminal shown as � instead."""
    return _UNSAFE.sub("\ufffd", text)
