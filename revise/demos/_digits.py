"""Small pictures of digits, drawn here: 5 × 7 dots, moved, slanted, thickened and made noisy at random."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator, Tensor, device

_DOTS = (
    "01110 10001 10001 10001 10001 10001 01110",
    "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00010 00100 01000 11111",
    "11110 00001 00001 01110 00001 00001 11110",
    "00010 00110 01010 10010 11111 00010 00010",
    "11111 10000 10000 11110 00001 00001 11110",
    "01110 10000 10000 11110 10001 10001 01110",
    "11111 00001 00010 00100 00100 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110",
    "01110 10001 10001 01111 00001 00001 01110",
)
SIDE = 12


def digits(count: int, dice: "Generator", noise: float = 0.1, classes: int = 10) -> "tuple[Tensor, Tensor]":
    """Pictures (count × 12 × 12, ink 1 on paper 0) of the digits below `classes`, and which they are (count).

    Each is a glyph scaled by 0.75 to 1.15, turned and slanted a little, moved by up to a dot and a half, with
    normal noise of standard deviation `noise`; values stay within 0 and 1. Drawn on the CPU.
    """
    import torch
    from torch.nn.functional import affine_grid, grid_sample

    glyphs = torch.tensor([[[float(dot) for dot in row] for row in glyph.split()] for glyph in _DOTS])
    labels = torch.randint(classes, (count,), generator=dice)

    def spread(low: float, high: float) -> "Tensor":
        return torch.rand(count, generator=dice) * (high - low) + low

    wide, tall, turn, slant = spread(0.75, 1.15), spread(0.75, 1.15), spread(-0.2, 0.2), spread(-0.25, 0.25)
    across, down = spread(-0.25, 0.25), spread(-0.2, 0.2)
    # grid_sample wants the way back: from the picture's coordinates (−1 to 1) to those of the glyph.
    rows = torch.stack(
        [
            torch.stack([1.7 / wide, slant + turn, across], 1),
            torch.stack([-turn, 1.35 / tall, down], 1),
        ],
        1,
    )
    places = affine_grid(rows, [count, 1, SIDE, SIDE], align_corners=False)
    ink = grid_sample(glyphs[labels].unsqueeze(1), places, align_corners=False).squeeze(1)
    ink = (1.4 * ink).clamp(0, 1) + noise * torch.randn(count, SIDE, SIDE, generator=dice)
    return ink.clamp(0, 1), labels


def rows_of_digits(count: int, dice: "Generator", place: "device") -> "tuple[Tensor, Tensor]":
    """The same as inputs of a dense net (count × 144, less 0.2, about their mean) and labels, both on `place`."""
    pictures, labels = digits(count, dice)
    return (pictures.flatten(1) - 0.2).to(place), labels.to(place)
