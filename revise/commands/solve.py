"""`revise solve`: the list, a solver's help, a worked solution, and the search for an unknown."""

import inspect
import json
from collections.abc import Mapping, Sequence
from typing import Any

from revise import catalogue
from revise.answers import answer_problems, exact_value, plain_value, value_text
from revise.catalogue import Solver, option
from revise.engines.arrays import Array
from revise.errors import InputError
from revise.finding import chosen, find, found_problems, spelled, tried, why_none
from revise.numerals import Numerals
from revise.parameters import metavar, spell
from revise.request import Options, Request, read_request, split, work_out
from revise.solution import Solution, Step, Style, style


def run(args: Sequence[str]) -> int:
    """Exit code 0, or 1 where the number sought does not exist or a check fails."""
    words, own, options = split(args)
    if not words:
        if own:
            raise InputError(catalogue.unknown(f"option --{own[0][0]}", ["json", "for", "help", "plain"], own[0][0]))
        return _help() if "help" in options.flags else _list(options)
    if " " in words[0].strip() and len(words) == 1:
        return _suggest(words[0])
    if "help" in options.flags:
        return _explain(catalogue.load(words[0]))
    if "template" in options.flags:
        return _template(catalogue.load(words[0]), options.values.get("template") or (words[1] if words[1:] else None))
    token = style.set(options.style)
    try:
        request = read_request(words, own, options)
        return _find(request, options) if request.sought else _solve(request, options)
    finally:
        style.reset(token)


def answer_matches(args: Sequence[str], answers: dict[str, str]) -> list[str]:
    """Problems of a worked fence: its command run, its answers compared as maths. Empty when all is right."""
    try:
        words, own, options = split(list(args)[2:])
        if "find" in options.values or any(each.text == "?" for each in own):
            return found_problems(read_request(words, own, options), answers)
        return answer_problems(work_out(args), answers)
    except InputError as fault:
        return [str(fault).splitlines()[0]]


def _solve(request: Request, options: Options) -> int:
    arguments = request.solver.arguments(request.given)  # once: standard input is read by it
    solution = request.solver.module.solve(**arguments)
    verdicts = _checked(request.solver, arguments) if "check" in options.flags else []
    if "json" in options.flags:
        shown = json_solution(request.solver.name, solution, options)
        if verdicts:
            shown["check"] = [{"text": line, "agrees": right} for line, right in verdicts]
        _print_json(shown)
    else:
        from revise.render.console import make_screen
        from revise.render.solution import print_solution, print_verdicts

        console = make_screen(options.whole("width", 20, 1000), "plain" in options.flags)
        print_solution(console, request.solver.summary, solution, options.numerals, "all" in options.flags)
        print_verdicts(console, verdicts)
    return 0 if all(right for _, right in verdicts) else 1


def _checked(solver: Solver, arguments: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """The verdicts of a second engine, on the solution without rounding on the way."""
    from revise.checking import check

    token = style.set(Style())
    try:
        return check(solver, arguments, solver.module.solve(**arguments))
    finally:
        style.reset(token)


def _find(request: Request, options: Options) -> int:
    found, ranges = find(request), tried(request)
    best, why = chosen(request, found) if found else ({}, "")
    filled = {**request.given, **best}
    verdicts = _checked(request.solver, request.solver.arguments(filled)) if found and "check" in options.flags else []
    right = bool(found) and all(agrees for _, agrees in verdicts)
    if "json" in options.flags:
        given = {option(name): str(value) for name, value in request.given.items()} | request.targets
        sought = [option(name) for name in request.sought]
        shown = [{option(name): number for name, number in choice.items()} for choice in found]
        answer: dict[str, Any] = {
            "schema": 1,
            "solver": request.solver.name,
            "given": {**given, "find": spelled(ranges) if ranges else sought[0]},
            "answer": shown if len(sought) > 1 else {sought[0]: [choice[sought[0]] for choice in shown]},
        }
        if not found:
            answer["why"] = why_none(request)
        if verdicts:
            answer["check"] = [{"text": line, "agrees": agrees} for line, agrees in verdicts]
        _print_json(answer)
        return 0 if right else 1
    from revise.render.console import make_screen, print_lines
    from revise.render.found import found_lines
    from revise.render.solution import print_solution, print_verdicts

    console = make_screen(options.whole("width", 20, 1000), "plain" in options.flags)
    print_lines(console, found_lines(request, found, console.width, letter=True, everything="all" in options.flags))
    if found:
        values = ", ".join(f"{option(name)} {number}" for name, number in best.items())
        title = f"\n{request.solver.summary.rstrip('.')}, with {values}"
        title += f": {why}" if len(found) > 1 and len(best) > 1 else ""
        solution = request.solver.solve(**filled)
        print_solution(console, title, solution, options.numerals, "all" in options.flags)
        print_verdicts(console, verdicts)
    return 0 if right else 1


def json_solution(name: str, solution: Solution, options: Options) -> dict[str, Any]:
    """The object that `--json` prints; see the README for its fields."""
    from revise.engines.latex import latex

    steps = []
    for step, written in zip(solution.steps, solution.written(), strict=True):
        steps.append(_json_step(step, written, latex))
    values = {word: solution.value(word) for word in solution.answers}
    single = len(values) == 1
    shown = {word: plain_value(value) for word, value in values.items()}
    exact = {word: exact_value(value) for word, value in values.items()}
    found = {
        "schema": 1,
        "solver": name,
        "given": {letter: _json_given(value) for letter, value in solution.given.items()},
        "steps": steps,
        "answer": next(iter(shown.values())) if single else shown,
    }
    if not any(step.rounded for step in solution.steps):
        found["exact"] = next(iter(exact.values())) if single else exact
    return found


def _json_step(step: Step, written: Any, latex: Any) -> dict[str, Any]:
    from revise.engines.text import text

    full = Numerals(digits=15)
    if step.is_note:
        return {"name": "", "why": step.why}
    shown = [text(entry, full) for entry in written.flat] if isinstance(written, Array) else written
    entry: dict[str, Any] = {"name": step.name}
    if step.at:
        entry["at"] = dict(step.at)
    formula = step.formula if isinstance(step.formula, str) else text(step.formula)
    shown = shown if isinstance(shown, list | str) else text(shown, full)
    entry |= {"formula": formula, "latex": latex(step.tree), "written": shown}
    if step.name:
        entry["value"] = plain_value(step.value)
        if not step.rounded and exact_value(step.value) != entry["value"]:
            entry["exact"] = exact_value(step.value)
    return entry | {"why": step.why}


def _json_given(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            ",".join(map(str, key)) if isinstance(key, tuple) else str(key): _json_given(v) for key, v in value.items()
        }
    return list(value) if isinstance(value, tuple) else exact_value(value)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1))


def _list(options: Options) -> int:
    wanted = options.values.get("for")
    rows = []
    capabilities = _capabilities()
    for entry in catalogue.entries():
        topics = sorted({topic for name in (entry.name, *entry.serves) for topic in capabilities.get(name, [])})
        if wanted is None or wanted in topics:
            rows.append((entry, topics))
    if wanted is not None and wanted not in {topic for topics in capabilities.values() for topic in topics}:
        known = sorted({topic for topics in capabilities.values() for topic in topics})
        raise InputError(catalogue.unknown(f"topic {wanted!r} with solvers", known, wanted))
    if "json" in options.flags:
        _print_json(
            [
                {"name": entry.name, "part": entry.part, "topics": topics, "capabilities": sorted(entry.serves),
                 "summary": entry.summary}
                for entry, topics in rows
            ]
        )  # fmt: skip
        return 0 if rows else 1
    from revise.render.console import make_screen
    from revise.render.outline import print_solvers

    print_solvers(make_screen(options.whole("width", 20, 1000), "plain" in options.flags), [entry for entry, _ in rows])
    return 0 if rows else 1


def _capabilities() -> dict[str, list[str]]:
    """What the syllabus asks for under `solve`: capability → topics."""
    from revise.topic import open_library

    topics: dict[str, list[str]] = {}
    for entry in open_library().entries:
        for name in entry.solve:
            topics.setdefault(name, []).append(entry.id)
    return topics


def _suggest(text: str) -> int:
    from revise.commands import _content
    from revise.commands.search import look_up
    from revise.search import Query
    from revise.suggestions import suggested, telling

    solvers = suggested(text)
    words = telling(text)
    found = look_up(_content.library(None), Query.of(words), 200, "en").hits if words else ()
    pages = list(dict.fromkeys(hit.command for hit in found if hit.kind in ("page", "section")))[:3]
    lines = [(f"revise solve {entry.name} --help", entry.summary) for entry in solvers]
    lines += [(f"revise {' '.join(command)}", "") for command in pages]
    print(
        "Nothing is computed from prose. "
        + ("These may be what you mean:" if lines else "`revise solve` lists the solvers, `revise topics` the pages.")
    )
    widest = max((len(command) for command, _ in lines), default=0)
    for command, summary in lines:
        print(f"  {command:<{widest}}  {summary}".rstrip())
    return 0 if lines else 1


def _help() -> int:
    print("Usage: revise solve [NAME [OPTIONS]]\n")
    print("A worked solution, step by step. Without a name: the list (--json, --for TOPIC).\n")
    print("Options of every solver:")
    for name, text in _COMMON.items():
        print(f"  {name:<20} {text}")
    print("\n`revise solve NAME --help` explains one solver and its own options.")
    return 0


def _explain(solver: Solver) -> int:
    print(f"Usage: revise solve {solver.name} [OPTIONS]\n\n{solver.summary}\n")
    body = inspect.cleandoc(solver.module.solve.__doc__ or "").partition("\nRaises")[0].strip()
    print(body + "\n\nOptions:")
    for name, parameter in solver.parameters.items():
        annotation = solver.annotations[name]
        spelled = f"--{option(name)}" + ("" if annotation is bool else f" {metavar(annotation)}")
        if annotation is bool:
            spelled = f"--{option(name)}/--no-{option(name)}"
        default = parameter.default
        note = (
            "needed"
            if default is inspect.Parameter.empty
            else ""
            if default is None
            else f"default {_default(default)}"
        )
        print(f"  {spelled:<44} {note}".rstrip())
    print("\nOptions of every solver:")
    for name, text in _COMMON.items():
        print(f"  {name:<20} {text}")
    print(f"\nSource: {solver.module.SOURCE}")
    return 0


def _default(value: Any) -> str:
    """A default as it is typed."""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, Array):
        return value_text(value, Numerals()).strip("[]")
    return spell(value) or str(value)


def _template(solver: Solver, wanted: str | None) -> int:
    """Print the solver's example files, or only the one called `wanted`."""
    from revise.parameters import kinds

    parts = [kind for annotation in solver.annotations.values() for kind in kinds(annotation)]
    templates: dict[str, str] = next((kind.TEMPLATES for kind in parts if hasattr(kind, "TEMPLATES")), {})
    if not templates:
        raise InputError(f"{solver.name} reads no file of its own, so it has no template")
    if wanted is not None and wanted not in templates:
        raise InputError(catalogue.unknown(f"template {wanted!r}", list(templates), wanted))
    for name, text in templates.items():
        if wanted is None and len(templates) > 1:
            print(f"# ---- {name} (alone: --template={name}) ----")
        if wanted in (None, name):
            print(text.strip() + ("\n" if wanted is None else ""))
    return 0


_COMMON = {
    "--find NAME": "seek whole numbers: --find padding --output 112; kernel-size=1..7,stride",
    "--digits N": "decimal places shown (4)",
    "--significant N": "significant digits instead",
    "--truncate": "cut instead of rounding",
    "--round-steps": "carry each step's rounded value on",
    "--exact": "keep fractions as fractions",
    "--check": "work it out by a second engine too",
    "--all": "every line, however long",
    "--template": "print the files it reads, to start from; --template=NAME only one",
    "--json": "one object for programs",
    "--plain": "text only",
    "--width N": "columns to use",
}
