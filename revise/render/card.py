"""A flashcard on the screen: where it belongs, its front, its back."""

from rich.text import Text

from revise.render.inline import one_line
from revise.render.page import draw_markdown
from revise.render.worked import draw_worked
from revise.render.wrap import Piece, wrap
from revise.topic.model import Face

_ASKED = {"cloze": "fill the gap", "reverse": "both ways", "calc": "calculate"}


def draw_front(face: Face, topic: str, note: str, width: int) -> list[Text]:
    """The heading line (topic, kind, `note`; not the point, which may be the answer) and the question."""
    words = [one_line(topic).plain, _ASKED.get(face.card.kind, ""), note]
    heading = wrap([Piece(" · ".join(word for word in words if word), "dim")], width)
    return [Text("─" * width, style="dim", no_wrap=True), *heading, Text(), *draw_markdown(face.front, width)]


def draw_back(face: Face, width: int) -> list[Text]:
    """The answer, marked by a bar so that it is told from the question without colour."""
    lines = draw_markdown(face.back, width - 2, draw_worked)
    return [Text.assemble(("┃ ", "green"), line, no_wrap=True) if line.plain else Text("┃", "green") for line in lines]
