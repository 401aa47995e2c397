"""Does this terminal draw every sign as wide as it is counted? Rows whose right edges then stand in one line."""

from rich.text import Text

from revise.maths.cells import display_width

ROWS = (
    ("letters", "abcdefghijklmnop"),
    ("Greek", "α β γ δ λ μ σ Ω"),
    ("signs", "∑ ∏ ∫ ∂ ∇ √ ∈ ≤"),
    ("arrows", "← → ⇒ ∞ − × · ⊙"),
    ("brackets", "⎛⎜⎝⎞⎟⎠⎡⎢⎣⎧⎨⎩⌊⌋⟨⟩"),
    ("lines", "─│┌┐└┘├┤╭╯╱╲═┃▀█"),
    ("scripts", "xₕ aₜ xⁿ e⁻² wᵀ"),
    ("accents", "x̂ W̃ h̄ 𝔼 ℝ ℒ ℓ"),
    ("marks", "✓ ✗ ● ○ ■ □ △ …"),
    ("Chinese", "卷积，池化（图）"),
)
SIGNS = 16  # cells of the longest row
LABEL = max(len(label) for label, _ in ROWS)


def ruler(width: int) -> list[Text]:
    """The rows, each ended by a bar; under 28 cells their names are left out."""
    lines: list[Text] = []
    for label, signs in ROWS:
        row = f"{signs}{' ' * (SIGNS - display_width(signs))} |"
        if width >= LABEL + SIGNS + 6:
            row = f"  {label:<{LABEL}}  {row}"
        lines.append(Text(row, no_wrap=True))
    return lines
