"""Shares and counts as bars of characters; the number always stands beside, so that no bar speaks alone."""

from rich.text import Text

_PARTS = " ▏▎▍▌▋▊▉"


def bar(share: float, width: int, style: str = "cyan") -> Text:
    """A bar of `width` cells of which `share` (0 to 1) is filled, its rest dotted; empty where `width` is 0."""
    if width <= 0:
        return Text()
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share > 0 and not eighths:
        eighths = 1
    if share < 1:
        eighths = min(eighths, width * 8 - 1)
    full, part = divmod(eighths, 8)
    filled = "█" * full + (_PARTS[part] if part else "")
    return Text.assemble((filled, style), ("·" * (width - len(filled)), "dim"), no_wrap=True)


def percent(share: float) -> str:
    """A share as `41 %`: 0 and 100 only where it is so."""
    whole = round(share * 100)
    if share > 0 and whole == 0:
        return "<1 %"
    if share < 1 and whole == 100:
        return "99 %"
    return f"{whole} %"


def cut(words: str, width: int) -> str:
    """`words` in at most `width` cells, cut with an ellipsis."""
    from rich.cells import cell_len, set_cell_size

    return words if cell_len(words) <= width else set_cell_size(words, max(width - 1, 0)).rstrip() + "…"


def padded(words: str, width: int) -> str:
    """`words` in exactly `width` cells."""
    from rich.cells import cell_len

    words = cut(words, width)
    return words + " " * (width - cell_len(words))
