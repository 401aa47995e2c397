"""A worked problem of a page or card: its command, and the steps as `revise solve` shows them."""

from rich.text import Text

from revise.errors import InputError
from revise.render.page import draw_command, draw_statement
from revise.topic.model import Worked


def draw_worked(worked: Worked, width: int) -> list[Text]:
    """The problem with its steps; where its solver is not built, with the answers the page states."""
    from revise.request import read_request, split

    words, own, options = split(list(worked.argv)[2:])
    try:
        request = read_request(words, own, options)
        if request.find is None:
            from revise.render.solution import solution_lines

            drawn = solution_lines(request.solve(), width, options.numerals)
        else:
            from revise.render.found import found_lines

            # what the page states; `revise check` has searched for it
            stated = [int(part) for part in worked.answers[0].text.split(",") if part.strip().isdecimal()]
            drawn = found_lines(request, stated, width)
    except InputError:
        return draw_statement(worked, width)
    return [*draw_command(worked, width), Text(), *drawn]
