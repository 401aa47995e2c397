"""What a `solve` command line asks for: a solver, what is given, what is sought, how to show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from revise import catalogue
from revise.catalogue import Solver, option, unknown
from revise.errors import InputError
from revise.numerals import Numerals
from revise.parameters import spell
from revise.solution import Solution, Style, style

FLAGS = frozenset(["json", "plain", "check", "exact", "truncate", "round-steps", "all", "help", "template", "no-pager"])
VALUES = frozenset(["width", "digits", "significant", "find", "for", "lang", "content"])
FARTHEST = 512  # how far whole numbers are tried where one is sought


@dataclass
class Request:
    """One call of a solver. `given` holds texts; `targets` the answers that `find` must bring about."""

    solver: Solver
    given: dict[str, Any] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    find: str | None = None

    def solve(self, **more: Any) -> Solution:
        return self.solver.solve(**self.given, **more)


@dataclass
class Options:
    """The common options of `solve`, read but not obeyed yet."""

    flags: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)

    def whole(self, name: str, least: int, most: int) -> int | None:
        text = self.values.get(name)
        if text is None:
            return None
        if not text.isdecimal() or not least <= int(text) <= most:
            raise InputError(f"--{name} takes a whole number from {least} to {most}, not {text!r}")
        return int(text)

    @property
    def numerals(self) -> Numerals:
        digits, significant = self.whole("digits", 0, 30), self.whole("significant", 1, 30)
        return Numerals(4 if digits is None else digits, significant, "truncate" in self.flags, "exact" in self.flags)

    @property
    def style(self) -> Style:
        return Style(self.numerals, "round-steps" in self.flags)


def split(args: Sequence[str]) -> tuple[list[str], list[tuple[str, str | None]], Options]:
    """Words, the solver's own options in order (None: no value followed), and the common options."""
    words: list[str] = []
    own: list[tuple[str, str | None]] = []
    options = Options()
    waiting = list(args)
    while waiting:
        arg = waiting.pop(0)
        if not arg.startswith("--") or arg == "--":
            words.append(arg)
            continue
        name, equals, value = arg[2:].partition("=")
        if name == "template" and equals:
            options.values[name] = value
        if name in FLAGS and (not equals or name == "template"):
            options.flags.add(name)
            continue
        follows = bool(waiting) and not waiting[0].startswith("--")
        text = value if equals else (waiting.pop(0) if follows and _takes_value(name) else None)
        if name in VALUES:
            if text is None:
                raise InputError(f"--{name} needs a value")
            options.values[name] = text
        else:
            own.append((name, text))
    return words, own, options


def _takes_value(name: str) -> bool:
    return not name.startswith("no-")


def read_request(words: list[str], own: list[tuple[str, str | None]], options: Options) -> Request:
    """The Request behind `NAME [positional…] --parameter value…`. Raises InputError naming the argument."""
    solver = catalogue.load(words[0])
    request = Request(solver, find=_parameter(options.values["find"]) if "find" in options.values else None)
    positional = list(words[1:])
    for name, text in own:
        parameter, value = _parameter(name), text
        if parameter.startswith("no_") and parameter[3:] in solver.parameters and text is None:
            parameter, value = parameter[3:], False  # type: ignore[assignment]
        elif solver.annotations.get(parameter) is bool:
            if text is not None:
                positional.insert(0, text)
            value = True  # type: ignore[assignment]
        elif text is None:
            raise InputError(
                _nameless(solver, name) if parameter not in solver.parameters else f"--{name} needs a value"
            )
        if parameter in solver.parameters:
            if parameter in request.given:
                raise InputError(f"--{name} is given twice")
            request.given[parameter] = value
        elif request.find is not None or "?" in (value_text for _, value_text in own):
            request.targets[name] = str(text)
        else:
            raise InputError(_nameless(solver, name))
    _place(request, positional)
    for name, value in list(request.given.items()):
        if value == "?":
            request.find = name
            del request.given[name]
    if request.find is not None:
        _check_find(request)
    return request


def _parameter(name: str) -> str:
    return name.replace("-", "_")


def _nameless(solver: Solver, name: str) -> str:
    return f"{solver.name}: " + unknown(f"option --{name}", [option(each) for each in solver.parameters], name)


def _place(request: Request, positional: list[str]) -> None:
    free = [name for name in request.solver.parameters if name not in request.given and name != request.find]
    if len(positional) > len(free):
        raise InputError(f"{request.solver.name}: {positional[len(free)]!r} is one word too many")
    request.given.update(zip(free, positional, strict=False))


def _check_find(request: Request) -> None:
    solver, sought = request.solver, request.find or ""
    if sought not in solver.parameters:
        raise InputError(_nameless(solver, option(sought)).replace("option --", "parameter "))
    if sought in request.given:
        raise InputError(f"--{option(sought)} is given and sought at once")
    if not request.targets:
        raise InputError(f"--find {option(sought)} needs an answer to aim at, such as --output 112")


def find(request: Request) -> list[int]:
    """Every whole number up to FARTHEST that brings about the targets, ascending.

    Raises InputError where no number at all can be tried, with the solver's own reason.
    """
    from revise.answers import matches

    assert request.find is not None
    found: list[int] = []
    fault: InputError | None = None
    answers: set[str] = set()
    for number in range(FARTHEST + 1):
        try:
            solution = request.solve(**{request.find: number})
        except InputError as refused:
            fault = fault or refused
            continue
        answers |= set(solution.answers)
        if missing := set(request.targets) - set(solution.answers):
            raise InputError(unknown(f"answer {min(missing)!r} here", sorted(solution.answers), min(missing)))
        if all(matches(solution, word, text) for word, text in request.targets.items()):
            found.append(number)
    if not answers and fault is not None:
        raise fault
    return found


def work_out(args: Sequence[str]) -> Solution:
    """The solution behind a command line `revise solve …`, as pages quote it."""
    words, own, options = split(list(args)[2:] if list(args[:2]) == ["revise", "solve"] else args)
    if not words:
        raise InputError("name a solver after `revise solve`")
    token = style.set(options.style)
    try:
        return read_request(words, own, options).solve()
    finally:
        style.reset(token)


def command_line(solver: Solver, given: Mapping[str, Any]) -> list[str] | None:
    """The words that ask `solver` for `given`; None where a value has no one-line form."""
    words = ["revise", "solve", solver.name]
    for name, value in given.items():
        if isinstance(value, bool):
            words.append(f"--{option(name)}" if value else f"--no-{option(name)}")
            continue
        text = spell(value)
        if text is None:
            return None
        words.append(f"--{option(name)}={text}")
    return words
