"""A worked problem of a page or card: its command, and the steps as `revise solve` shows them."""

from rich.text import Text

from revise.errors import InputError
from revise.render.page import draw_command, draw_statement
from revise.topic.model import Worked


def draw_worked(worked: Worked, width: int) -> list[Text]:
    """The problem with the steps to the answers that the page names; without a solver, the page's own answers."""
    from revise.request import read_request, split

    words, own, options = split(list(worked.argv)[2:])
    try:
        request = read_request(words, own, options)
        if not request.sought:
            from revise.render.solution import solution_lines

            solution = request.solve()
            named = [answer.name for answer in worked.answers if answer.name in solution.answers]
            drawn = solution_lines(solution.towards(named) if named else solution, width, options.numerals)
        else:
            from revise.render.found import found_lines

            # what the page states; `revise check` has searched for it
            lines = {answer.name.replace("-", "_"): answer.text for answer in worked.answers}
            columns = [
                [int(part) for part in lines.get(name, worked.answers[0].text).split(",") if part.strip().isdecimal()]
                for name in request.sought
            ]
            stated = [dict(zip(request.sought, numbers, strict=True)) for numbers in zip(*columns, strict=False)]
            drawn = found_lines(request, stated, width)
    except InputError:
        return draw_statement(worked, width)
    return [*draw_command(worked, width), Text(), *drawn]
