"""What a `solve` command line asks for: a solver, what is given, what is sought, how to show it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Parameter
from typing import Any, NamedTuple

from revise import catalogue
from revise.catalogue import Solver, option, unknown
from revise.errors import InputError
from revise.numerals import Numerals
from revise.parameters import EXPRESSION, NUMBER, SHAPE, Kind, kinds, spell
from revise.solution import Solution, Style, style

FLAGS = frozenset(["json", "plain", "check", "exact", "truncate", "round-steps", "all", "help", "template", "no-pager"])
VALUES = frozenset(["width", "digits", "significant", "find", "for", "lang", "content"])
_SOUGHT = re.compile(r"([\w-]+?)(?:\s*=\s*(\d{1,18})(?:\s*(?:\.{2,3}|…|-|–)\s*(\d{1,18}))?)?")
_TRUTH = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}


@dataclass
class Request:
    """One call of a solver. `given` holds texts; `targets` the answers that the numbers sought must bring about.

    `sought` has the numbers to try for each unknown; None where the command names none.
    """

    solver: Solver
    given: dict[str, Any] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    sought: dict[str, range | None] = field(default_factory=dict)

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


class Own(NamedTuple):
    """An option of the solver's own: `text` is None where no value followed, `joined` where = did.

    `place` counts the words before it.
    """

    name: str
    text: str | None
    joined: bool = False
    place: int = 0


def split(args: Sequence[str]) -> tuple[list[str], list[Own], Options]:
    """Words, the solver's own options in order, and the common options."""
    words: list[str] = []
    own: list[Own] = []
    options = Options()
    waiting = list(args)
    while waiting:
        arg = waiting.pop(0)
        if arg == "-h":
            options.flags.add("help")
            continue
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
            own.append(Own(name, text, bool(equals), len(words)))
    return words, own, options


def _takes_value(name: str) -> bool:
    return not name.startswith("no-")


def read_request(words: list[str], own: Sequence[Own], options: Options) -> Request:
    """The Request behind `NAME [positional…] --parameter value…`. Raises InputError naming the argument."""
    solver = catalogue.load(words[0])
    request = Request(solver, sought=_read_sought(options.values["find"]) if "find" in options.values else {})
    seeks = bool(request.sought) or any(each.text == "?" for each in own)
    positional = list(words[1:])
    for each in own:
        name, text = each.name, each.text
        parameter, value = _read_option(solver, each, positional)
        if parameter in solver.parameters:
            if parameter in request.given:
                raise InputError(f"--{name} is given twice")
            request.given[parameter] = value
        elif seeks and text is not None:
            request.targets[name] = text
        else:
            raise InputError(_nameless(solver, name))
    _place(request, positional)
    for name, value in list(request.given.items()):
        if value == "?":
            request.sought.setdefault(name, None)
            del request.given[name]
    for name in request.sought:
        _check_sought(request, name)
    return request


def _read_sought(text: str) -> dict[str, range | None]:
    """The unknowns of `--find kernel-size=1..7,stride=1..2,padding`, with the ranges they have."""
    sought: dict[str, range | None] = {}
    for part in (piece.strip() for piece in re.split("[,;，；]", text)):
        match = _SOUGHT.fullmatch(part)
        if match is None:
            raise InputError(f"--find: {part!r} is no unknown; write padding, or padding=0..5, with commas between")
        name, least, most = _parameter(match[1]), match[2], match[3] or match[2]
        if name in sought:
            raise InputError(f"--find: {option(name)} is sought twice")
        if least and int(least) > int(most):
            raise InputError(f"--find: {part} has no numbers; write the smaller one first: {match[1]}={most}..{least}")
        sought[name] = range(int(least), int(most) + 1) if least else None
    return sought


def _read_option(solver: Solver, own: Own, positional: list[str]) -> tuple[str, Any]:
    """The parameter behind `--name text` and its value; the word behind a switch is a positional one."""
    parameter, text = _parameter(own.name), own.text
    if parameter.startswith("no_") and parameter[3:] in solver.parameters and text is None:
        return parameter[3:], False
    if solver.annotations.get(parameter) is bool:
        truth = _TRUTH.get((text or "true").lower())
        if truth is not None:
            return parameter, truth
        if own.joined or text is None:
            raise InputError(f"--{own.name} is a switch: --{own.name} or --no-{own.name}, not {text!r}")
        positional.insert(own.place - 1, text)
        return parameter, True
    if text is None:
        known = parameter in solver.parameters
        raise InputError(f"--{own.name} needs a value" if known else _nameless(solver, own.name))
    return parameter, text


def _parameter(name: str) -> str:
    return name.replace("-", "_")


def _nameless(solver: Solver, name: str) -> str:
    return f"{solver.name}: " + unknown(f"option --{name}", [option(each) for each in solver.parameters], name)


def _place(request: Request, positional: list[str]) -> None:
    """Words without an option go to the needed parameters, in order."""
    solver = request.solver
    free = [
        name
        for name, parameter in solver.parameters.items()
        if parameter.default is Parameter.empty and name not in request.given and name not in request.sought
    ]
    for place, word in enumerate(positional):
        if place >= len(free):
            raise InputError(f"{solver.name}: {word!r} is one word too many")
        signed = len(word) > 1 and word[0] == "-" and not (word[1].isdigit() or word[1] in ".(")
        if signed and EXPRESSION not in kinds(solver.annotations[free[place]]):
            raise InputError(f"{solver.name}: there is no option {word}; options have two hyphens")
        request.given[free[place]] = word


def _check_sought(request: Request, name: str) -> None:
    solver = request.solver
    if name not in solver.parameters:
        raise InputError(_nameless(solver, option(name)).replace("option --", "parameter "))
    if name in request.given:
        raise InputError(f"--{option(name)} is given and sought at once")
    if not {NUMBER, SHAPE} & {kind for kind in kinds(solver.annotations[name]) if isinstance(kind, Kind)}:
        raise InputError(f"--find {option(name)}: only a whole number can be sought")
    if not request.targets:
        listed = ",".join(map(option, request.sought))
        raise InputError(f"--find {listed} needs an answer to aim at, such as --output 112")


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
