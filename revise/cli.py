"""Every command: its name, its options, its help. Bodies import their work, so that `--help` is quick."""

import errno
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from revise import __version__, completion
from revise.errors import InputError, NothingFound
from revise.untrusted import harmless

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)  # a full disk, a quota, a device that fails

app = typer.Typer(
    name="revise",
    help="Tutor and calculator for university deep-learning exams.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Plain = Annotated[bool, typer.Option("--plain", help="No colour, no drawing: for pipes and screen readers.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON value instead of text.")]
Width = Annotated[int | None, typer.Option("--width", min=20, max=1000, help="Columns to use.")]
Content = Annotated[Path | None, typer.Option("--content", help="A folder with your own topics and cards.")]
Lang = Annotated[str | None, typer.Option("--lang", help="Language of pages and cards, such as zh.")]
NoPager = Annotated[bool, typer.Option("--no-pager", help="Print a long page straight through.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"revise {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
    plain: Plain = False,
    width: Width = None,
    content: Content = None,
) -> None:
    if ctx.invoked_subcommand is not None:
        for name, given in (("plain", plain), ("width", width), ("content", content)):
            if given:
                raise InputError(f"--{name} stands after the command: revise {ctx.invoked_subcommand} --{name}")
        return
    from revise.commands import dashboard

    wanted = dashboard.run(plain=plain, width=width, content=content)
    if wanted:
        app(wanted, prog_name="revise")


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
def solve(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(hidden=True, autocompletion=completion.solvers)] = None,
) -> None:
    """A worked solution, step by step: `revise solve` lists them, `revise solve NAME --help` explains one."""
    from revise.commands import solve

    raise typer.Exit(solve.run(ctx.args if name is None else [name, *ctx.args]))


@app.command()
def topics(plain: Plain = False, json: Json = False, width: Width = None, content: Content = None) -> None:
    """The syllabus as a tree: what there is to learn, in reading order."""
    from revise.commands import topics

    raise typer.Exit(topics.run(plain=plain, json=json, width=width, content=content))


@app.command()
def show(
    topic: Annotated[
        str,
        typer.Argument(
            help="A topic's name or alias, in English or Chinese; or glossary.",
            autocompletion=completion.topics_and_glossary,
        ),
    ],
    section: Annotated[
        str | None, typer.Argument(help="One section only, such as formulas; for glossary a topic or part.")
    ] = None,
    plain: Plain = False,
    width: Width = None,
    content: Content = None,
    no_pager: NoPager = False,
    lang: Lang = None,
) -> None:
    """A topic's page; `show glossary` lists the terms of all pages in English and Chinese."""
    from revise.commands import show

    raise typer.Exit(show.run(topic, section, plain=plain, width=width, content=content, pager=not no_pager, lang=lang))


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="What to look for, in English or Chinese.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many hits.")] = 10,
    plain: Plain = False,
    json: Json = False,
    width: Width = None,
    content: Content = None,
    lang: Lang = None,
) -> None:
    """Where something is said: pages, cards and solvers, best first, each with the command that opens it."""
    from revise.commands import search

    raise typer.Exit(search.run(words, limit=limit, plain=plain, json=json, width=width, content=content, lang=lang))


@app.command()
def cards(
    topics: Annotated[
        list[str] | None, typer.Argument(help="Topics to ask about; all without one.", autocompletion=completion.topics)
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="A whole part of the syllabus, such as cnn.", autocompletion=completion.parts)
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Only what is due.")] = False,
    new: Annotated[bool, typer.Option("--new", help="Only what you have not seen.")] = False,
    weak: Annotated[bool, typer.Option("--weak", help="Only what you forgot, or have begun to.")] = False,
    two: Annotated[bool, typer.Option("--two", help="Two grades, no and yes, instead of four.")] = False,
    new_per_day: Annotated[int | None, typer.Option(min=0, max=9999, help="New cards a day (20).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many cards in this sitting.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.1, help="At most so many minutes in this sitting.")] = None,
    resume: Annotated[str | None, typer.Option(help="Ask a suspended card again: its key.")] = None,
    plain: Plain = False,
    width: Width = None,
    content: Content = None,
    lang: Lang = None,
) -> None:
    """Flashcards; every grade is saved before the next card."""
    from revise.commands import cards

    if resume is not None:
        raise typer.Exit(cards.resume(resume))
    modes = [name for name, asked in (("due", due), ("new", new), ("weak", weak)) if asked]
    if len(modes) > 1:
        raise InputError(f"--{modes[0]} and --{modes[1]} can't both be asked for")
    wanted = cards.Wanted(part, modes[0] if modes else "all", two, new_per_day, limit, minutes)
    raise typer.Exit(cards.run(topics or [], wanted, plain=plain, width=width, content=content, lang=lang))


@app.command()
def quiz(
    topics: Annotated[
        list[str] | None,
        typer.Argument(help="Topics to ask about, in turn; all without one.", autocompletion=completion.topics),
    ] = None,
    number: Annotated[int, typer.Option("-n", "--number", min=1, max=999, help="So many questions.")] = 10,
    level: Annotated[
        int | None, typer.Option(min=1, max=3, help="Only easy (1), middling (2) or long (3) ones.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(min=0.1, help="A clock, as in an exam.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed, the same questions, weak topics or not.")] = None,
    part: Annotated[
        str | None, typer.Option(help="A whole part of the syllabus, such as cnn.", autocompletion=completion.parts)
    ] = None,
    kinds: Annotated[str | None, typer.Option(help="Of choice, true-false, calc, next: several with commas.")] = None,
    plain: Plain = False,
    width: Width = None,
    content: Content = None,
    lang: Lang = None,
) -> None:
    """Questions: calculations with fresh numbers, the next line of a derivation, choices; judged as maths."""
    from revise.commands import quiz

    wanted = quiz.Wanted(number, level, minutes, seed, part, kinds)
    raise typer.Exit(quiz.run(topics or [], wanted, plain=plain, width=width, content=content, lang=lang))


@app.command()
def plan(
    exam: Annotated[str | None, typer.Option(help="The day of the exam, such as 2027-01-15.")] = None,
    course: Annotated[str | None, typer.Option(help="What the course is called.")] = None,
    topics: Annotated[
        str | None, typer.Option(help="What the exam is about: topics or parts, commas between; all.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(min=1, max=1440, help="Minutes a day (30 before an exam).")] = None,
    new_per_day: Annotated[int | None, typer.Option(min=0, max=9999, help="At most so many new cards a day.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget the date and all the rest.")] = False,
    plain: Plain = False,
    json: Json = False,
    width: Width = None,
    content: Content = None,
) -> None:
    """The days up to the exam, and what would be known on that day."""
    from revise.commands import plan

    raise typer.Exit(
        plan.run(
            exam=exam, course=course, topics=topics, minutes=minutes, new_per_day=new_per_day,
            clear=clear, plain=plain, json=json, width=width, content=content,
        )
    )  # fmt: skip


@app.command()
def stats(plain: Plain = False, json: Json = False, width: Width = None, content: Content = None) -> None:
    """Where you stand: topics, retention, days, time, what is coming, what is hard."""
    from revise.commands import stats

    raise typer.Exit(stats.run(plain=plain, json=json, width=width, content=content))


@app.command(context_settings={"ignore_unknown_options": True})
def tex(
    formula: Annotated[str, typer.Argument(help="LaTeX in quotation marks; - reads one formula a line.")],
    mode: Annotated[str | None, typer.Option(help="2d, 1d or ascii; without it REVISE_MATH, else 2d.")] = None,
    width: Width = None,
) -> None:
    """A LaTeX formula laid out for the terminal."""
    from revise.commands import tex

    raise typer.Exit(tex.run(formula, mode, width))


def _show_calc_help(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        from revise.commands import calc

        print(f"{ctx.get_help()}\n\n{calc.help_table()}")
        raise typer.Exit


@app.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
def calc(
    expression: Annotated[str | None, typer.Argument(help="Such as 'diff(x*exp(x), x)'; without it, the list.")] = None,
    at: Annotated[str | None, typer.Option("--at", help='Numbers for letters: "x=2, A=[1, 2; 3, 4]".')] = None,
    steps: Annotated[bool, typer.Option("--steps/--no-steps", help="The rules of a derivative one by one.")] = True,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="How long SymPy may think.")] = 5.0,
    digits: Annotated[int, typer.Option(min=0, max=15, help="Decimal places shown.")] = 4,
    plain: Plain = False,
    json: Json = False,
    width: Width = None,
    show_help: Annotated[
        bool, typer.Option("--help", "-h", callback=_show_calc_help, is_eager=True, help="Show this and the list.")
    ] = False,
) -> None:
    """A symbolic calculator: derivatives with steps, integrals, limits, equations, matrices; nothing typed is run."""
    from revise.commands import calc

    raise typer.Exit(
        calc.run(expression, at=at, steps=steps, seconds=seconds, digits=digits, json=json, plain=plain, width=width)
    )


@app.command(context_settings={"help_option_names": []}, add_help_option=False)
def demo(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Which demo; the list without one.", autocompletion=completion.demos)
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, or what torch calls yours (cuda, mps, xpu).")] = "auto",
    seed: Annotated[int, typer.Option(help="The same seed, the same run.")] = 0,
    steps: Annotated[int | None, typer.Option(min=1, help="Training steps.")] = None,
    knobs: Annotated[list[str] | None, typer.Option("--set", help="A knob, as in --set lr=0.01.")] = None,
    save: Annotated[Path | None, typer.Option(help="The last frame as FILE.svg, or the run as FILE.json.")] = None,
    speed: Annotated[float | None, typer.Option(min=0.1, help="At most so many frames a second (10 or 20).")] = None,
    plain: Plain = False,
    json: Json = False,
    width: Width = None,
    show_help: Annotated[bool, typer.Option("--help", "-h", help="Show this, and what the knobs of NAME do.")] = False,
) -> None:
    """A tiny model trains before your eyes and shows what the exam asks about."""
    from revise.commands import demo

    if show_help:
        if name is not None:
            demo.explain(name)
        print(ctx.get_help())
        raise typer.Exit()
    raise typer.Exit(
        demo.run(
            name,
            device=device,
            seed=seed,
            steps=steps,
            knobs=knobs or [],
            save=save,
            speed=speed,
            plain=plain,
            json=json,
            width=width,
        )
    )


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="A content folder or file; the shipped one if none.")] = None,
    write_ids: Annotated[bool, typer.Option("--write-ids", help="Bring content/ids.txt up to date.")] = False,
    json: Json = False,
) -> None:
    """Validate content: every problem as `file:line: what is wrong`."""
    from revise.commands import check

    raise typer.Exit(check.run(path, write_ids=write_ids, json=json))


@app.command()
def new(
    topic: Annotated[
        str,
        typer.Argument(
            help="A topic of the syllabus, or a name for one of your own.", autocompletion=completion.topics
        ),
    ],
    content: Annotated[
        Path | None, typer.Option("--content", help="Where to: your own folder, or a checkout's content/.")
    ] = None,
) -> None:
    """Start a page, or cards of your own, for a topic."""
    from revise.commands import new

    raise typer.Exit(new.run(topic, content=content))


progress = typer.Typer(help="Your record: out, in, anew, where, away.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(progress, name="progress")


@progress.command("export")
def progress_export(
    to: Annotated[Path | None, typer.Argument(help="A file; without one, or with -, standard output.")] = None,
) -> None:
    """Every grade, undo, mark and setting as a line of JSON."""
    from revise.commands import progress

    raise typer.Exit(progress.export(to))


@progress.command("import")
def progress_import(source: Annotated[Path, typer.Argument(help="A file of export; - is standard input.")]) -> None:
    """Put an export beside what is there; what both have stands once. A copy is made first."""
    from revise.commands import progress

    raise typer.Exit(progress.take_in(source))


@progress.command("rebuild")
def progress_rebuild() -> None:
    """Compute the schedule anew from the grades."""
    from revise.commands import progress

    raise typer.Exit(progress.rebuild())


@progress.command("path")
def progress_path() -> None:
    """Where the record lies."""
    from revise.commands import progress

    raise typer.Exit(progress.path())


@progress.command("delete")
def progress_delete(yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False) -> None:
    """Delete the record; a copy is kept."""
    from revise.commands import progress

    raise typer.Exit(progress.delete(yes))


@app.command()
def doctor(plain: Plain = False, json: Json = False, width: Width = None) -> None:
    """What is installed, where, and what to mend."""
    from revise.commands import doctor

    raise typer.Exit(doctor.run(plain=plain, json=json, width=width))


def main() -> int:
    """Run the command line and give its exit code: 0, 1, 2, 70 or 130."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    return _guarded()


def _guarded() -> int:
    try:
        return _finished()
    except InputError as fault:
        _complain(str(fault))
        return 2
    except NothingFound as fault:
        _complain(str(fault))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _abandon_stdout()
        return 0
    except OSError as fault:
        if fault.errno not in UNWRITABLE:
            return _our_fault(fault)
        _abandon_stdout()
        _complain(f"the output can't be written ({fault.strerror})")
        return 1
    except Exception as fault:
        return _our_fault(fault)


def _finished() -> int:
    try:
        app(prog_name="revise", standalone_mode=True)
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # Typer and Rich turn it into exit code 1
            raise BrokenPipeError from None
        sys.stdout.flush()
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return 0


def _our_fault(fault: Exception) -> int:
    if os.environ.get("REVISE_DEBUG") == "1":
        raise fault
    _complain(
        f"a fault of ours ({type(fault).__name__}); please report the command you typed; "
        "REVISE_DEBUG=1 shows where it happened"
    )
    return 70


def _abandon_stdout() -> None:
    """Nobody reads any more: let the interpreter's last flush go nowhere instead of complaining."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> None:
    print("revise: " + harmless(message), file=sys.stderr)
