"""Text from outside (arguments, pages, files) made harmless before a terminal sees it."""

import re

# C0 and C1 controls except newline and tab, what has no width (U+200B–D, U+2060–4, U+FEFF: words that look alike
# and are not), bidirectional overrides and isolates, lone surrogates.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def harmless(text: str) -> str:
    """`text` with every character that could steer a terminal, or hide in it, shown as � instead."""
    return _UNSAFE.sub("\ufffd", text)
