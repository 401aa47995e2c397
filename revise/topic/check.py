"""Everything that can be wrong with a whole library, beyond what one page shows by itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from revise.topic import ids
from revise.topic.library import Library, normalised, page_files
from revise.topic.lines import SLUG, suggest
from revise.topic.model import Card, Entry, Place, Problem, Topic, Worked
from revise.topic.reader import read_topic

Compare = Callable[[list[str], dict[str, str]], list[str]]
"""(words of the command `revise solve …`, name → answer) → what is wrong, in sentences; empty when all is right."""
Draw = Callable[[str, tuple[str, ...]], str]
"""(solver, answers a card asks for) → what is wrong, or nothing."""


@dataclass
class Report:
    """What a check found; `notes` say what is planned and do not fail it."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    pages: int = 0
    keys: int = 0


NOT_READ = "this is not read: a page is `<part>/<topic>.md`"


class Checker:
    """One check of `library`: `built` are the solvers there are, `compare` runs worked problems."""

    def __init__(
        self, library: Library, built: frozenset[str], compare: Compare | None = None, draw: Draw | None = None
    ) -> None:
        self.draw = draw
        self.library = library
        self.built = built
        self.compare = compare
        self.planned = frozenset(name for entry in library.entries for name in entry.solve)
        self.report = Report()
        self.topics: list[Topic] = []

    def run(self, strays: bool = True) -> Report:
        """Problems and notes by file and line; without `strays` no file is looked for but pages."""
        self.report.problems += self.library.syllabus[1]
        for folder, own in [(self.library.root, False), *((folder, True) for folder in self.library.own)]:
            if strays:
                self._stray_files(folder, own)
            for path in page_files(folder):
                topic, problems = read_topic(path, own)
                self.report.problems += problems
                self.topics.append(topic)
        for topic in self.topics:
            if not topic.unread:
                self._topic(topic)
        self._names()
        self._keys()
        for folder in (self.library.root, *self.library.own):
            self._ids(folder)
        self.report.problems = sorted(set(self.report.problems))
        self.report.notes = sorted(set(self.report.notes))
        return self._counted(self.report, self.topics)

    def about(self, path: Path) -> Report:
        """The part of the report, and of what it counts, that is `path` or files under it."""
        part = Report(
            [it for it in self.report.problems if it.where.file.is_relative_to(path)],
            [it for it in self.report.notes if it.where.file.is_relative_to(path)],
        )
        return self._counted(part, [topic for topic in self.topics if topic.path.is_relative_to(path)])

    def reads(self, path: Path) -> bool:
        """Whether the file `path` is content: a page, the syllabus or a list of keys."""
        folders = (self.library.root, *self.library.own)
        pages = any(path == folder / "ids.txt" or path in page_files(folder) for folder in folders)
        return pages or path == self.library.root / "syllabus.toml"

    def _counted(self, report: Report, topics: Sequence[Topic]) -> Report:
        report.pages = sum(not topic.unread for topic in topics)
        report.keys = len(ids.all_keys(topic for topic in topics if topic.language == "en"))
        return report

    def _add(self, where: Place, message: str) -> None:
        self.report.problems.append(Problem(where, message))

    def _note(self, where: Place, message: str) -> None:
        self.report.notes.append(Problem(where, message))

    def _stray_files(self, folder: Path, own: bool) -> None:
        known = {*page_files(folder), folder / "ids.txt", *([] if own else [folder / "syllabus.toml"])}
        for path in sorted(folder.rglob("*")):
            words = path.suffix.lower() in (".md", ".markdown", ".mdown", ".txt", ".toml")
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if words and not hidden and path not in known and path.name.lower() != "readme.md" and not path.is_dir():
                self._add(Place(path, 1), NOT_READ)

    def _topic(self, topic: Topic) -> None:
        entry = next((entry for entry in self.library.entries if entry.id == topic.id), None)
        if topic.own:
            self._own(topic, entry)
        else:
            self._shipped(topic, entry)
        if topic.language != "en":
            self._translation(topic)
        elif not topic.extends and not any(it.name.casefold() == "summary" for it in topic.sections):
            self._add(Place(topic.path, 1), "the page has no `## Summary`: what it is about and why, first")
        if entry is not None and topic.language == "en":
            self._points(topic, entry)
        for section in topic.sections:
            for worked in section.worked:
                self._worked(worked)
        for card in topic.cards:
            built = card.kind == "calc" and self._solver(card.solver, card.place)
            if built and self.draw is not None and (fault := self.draw(card.solver, card.ask)):
                self._add(card.place, fault)

    def _shipped(self, topic: Topic, entry: Entry | None) -> None:
        name = "extends" if topic.extends else "id"
        stem = topic.path.name.split(".")[0]
        if entry is None or entry.own:
            known = [it.id for it in self.library.entries]
            self._add(topic.place(name), f"`{topic.id}` is not in the syllabus{suggest(topic.id, known)}")
            return
        if stem != topic.id:
            self._add(topic.place(name), f"the page of `{topic.id}` is `{topic.id}.md`, this is `{topic.path.name}`")
        folder = "" if topic.path.parent == self.library.root else topic.path.parent.name
        if folder != entry.part:
            self._add(
                Place(topic.path, 1), f"`{topic.id}` belongs in the folder `{entry.part}`, this is `{folder or '.'}`"
            )

    def _own(self, topic: Topic, entry: Entry | None) -> None:
        known = [it.id for it in self.library.entries if not it.own]
        if topic.extends and topic.id not in known:
            hint = suggest(topic.id, known)
            self._add(topic.place("extends"), f"`{topic.id}`, which this page extends, is no shipped topic{hint}")
        elif not topic.extends and entry is not None and not entry.own:
            self._add(topic.place(), f'`{topic.id}` is a shipped topic: to add to it write extends = "{topic.id}"')
        elif not topic.extends and not topic.title:
            self._add(topic.place(), 'a topic of your own has a title: title = "…"')
        every = [it.id for it in self.library.entries]
        for need in topic.needs:
            if need not in every:
                self._add(topic.place("needs"), f"`{topic.id}` needs the unknown topic `{need}`{suggest(need, every)}")
        if topic.extends:
            shipped = {
                card.id for other in self.topics if not other.own and other.id == topic.id for card in other.cards
            }
            for card in topic.cards:
                if card.id in shipped:
                    self._add(
                        card.place, f"the id `{card.id}` is one of the shipped cards of `{topic.id}`: choose another"
                    )

    def _translation(self, topic: Topic) -> None:
        original = next(
            (it for it in self.topics if it.id == topic.id and it.language == "en" and it.own == topic.own), None
        )
        if not topic.title:
            self._add(topic.place(), 'a translation has its own title: title = "…"')
        if original is None:
            self._add(topic.place(), f"there is no page `{topic.id}.md` that this could translate")
            return
        cards = {card.id: card for card in original.cards}
        for card in topic.cards:
            if card.id not in cards and card.id not in original.broken:
                self._add(card.place, f"`{card.id}` is not in `{original.path.name}`{suggest(card.id, cards)}")
            elif card.id in cards and (wrong := _difference(card, cards[card.id])):
                self._add(card.place, f"`{card.id}` {wrong} in `{original.path.name}`")
        missing = [name for name in cards if name not in {card.id for card in topic.cards} | set(topic.broken)]
        if missing:
            self._note(topic.place(), f"planned: {len(missing)} cards not translated yet, the first is `{missing[0]}`")

    def _points(self, topic: Topic, entry: Entry) -> None:
        if entry.own:
            return
        for card in topic.cards:
            if card.point is not None and card.point not in entry.slugs:
                self._add(card.place, self._no_point(card.point, entry))
        for section in topic.sections:
            for point, line in section.points:
                if point not in entry.slugs:
                    self._add(Place(topic.path, line), self._no_point(point, entry))
        taught = {card.point for card in topic.cards}
        bare = [slug for slug in entry.slugs if slug not in taught]
        if bare and not topic.extends:
            self._note(topic.place(), f"planned: no card yet for the points {', '.join(bare)}")

    def _no_point(self, point: str, entry: Entry) -> str:
        hint = suggest(point, entry.slugs, "" if SLUG.fullmatch(point) else ": slugs are small letters and hyphens")
        return f"`{point}` is no point of `{entry.id}` in the syllabus{hint}"

    def _solver(self, name: str, place: Place) -> bool:
        """Whether the solver `name` is there to be run; says so where it is not."""
        if name in self.built:
            return True
        if name in self.planned:
            self._note(place, f"planned: the solver `{name}` is in the syllabus but not built yet")
        else:
            self._add(place, f"there is no solver `{name}`{suggest(name, self.built | self.planned)}")
        return False

    def _worked(self, worked: Worked) -> None:
        if not self._solver(worked.argv[2], worked.place) or self.compare is None or not worked.answers:
            return
        wrong = self.compare(list(worked.argv), worked.expected)
        for answer in worked.answers if wrong and len(worked.answers) > 1 else ():
            for message in self.compare(list(worked.argv), {answer.name: answer.text}):
                self._add(answer.place, message)
                wrong = [other for other in wrong if other != message]
        for message in wrong:
            self._add(worked.answers[0].place if len(worked.answers) == 1 else worked.place, message)

    def _names(self) -> None:
        """No two topics share a name; no page gives one twice; no two pages are one topic."""
        owners = {normalised(name): entry.id for entry in self.library.entries for name in (entry.title, entry.id)}
        pages: dict[tuple[str, str, bool], Topic] = {}
        terms: dict[str, str] = {}
        for topic in self.topics:
            if not topic.extends:
                twin = pages.setdefault((topic.id, topic.language, topic.own), topic)
                if twin is not topic:
                    self._add(topic.place(), f"`{topic.id}` has a page already: {twin.path}")
            seen: set[str] = set()
            for alias in topic.aliases:
                name = normalised(alias)
                owner = owners.setdefault(name, topic.id)
                if owner != topic.id:
                    self._add(topic.place("aliases"), f"the alias `{alias}` belongs to `{owner}` already")
                elif name in seen:
                    self._add(topic.place("aliases"), f"the alias `{alias}` is given twice")
                seen.add(name)
            for term in topic.terms:
                owner = terms.setdefault(normalised(term.term), topic.id)
                if owner != topic.id:
                    self._add(topic.place("terms"), f"the term `{term.term}` is explained by `{owner}` already")

    def _keys(self) -> None:
        """Keys are unique over all files, and `was` names ids that are gone."""
        first: dict[str, Card] = {}
        claimed: dict[str, Card] = {}
        originals = [card for topic in self.topics if topic.language == "en" for card in topic.cards]
        for card in originals:
            twin = first.setdefault(card.key, card)
            if twin is not card:
                self._add(card.place, f"the id `{card.id}` is used already at {twin.place}")
        for card in originals:
            for old in card.was:
                key = f"{card.key.rpartition('/')[0]}/{old}"
                if key in first:
                    self._add(card.place, f"was={old}: `{old}` is still there, in line {first[key].place.line}")
                elif claimed.setdefault(key, card) is not card:
                    self._add(
                        card.place, f"was={old}: `{claimed[key].id}` says so already; only one card takes its place"
                    )

    def _ids(self, folder: Path) -> None:
        path = folder / "ids.txt"
        own = folder != self.library.root
        topics = [it for it in self.topics if it.language == "en" and it.path.is_relative_to(folder)]
        if not path.is_file():
            if not own and ids.all_keys(topics):
                self._add(Place(path, 1), f"the list of keys is missing: {ids.REMEDY}")
            return
        listed, problems = ids.read_ids(path)
        unread = {f"own/{topic.id}" if topic.own else topic.id for topic in topics if topic.unread}
        kept = {key: line for key, line in listed.items() if key.rpartition("/")[0] not in unread}
        self.report.problems += problems + ids.vanished(kept, topics, path) + ids.unlisted(listed, topics, path)


def _difference(card: Card, original: Card) -> str:
    if card.kind != original.kind:
        return f"is {card.kind}, but {original.kind}"
    if card.numbers != original.numbers:
        return f"hides {_numbers(card.numbers)}, but {_numbers(original.numbers)}"
    if [option.right for option in card.options] != [option.right for option in original.options]:
        return "has other right options, or another order, than"
    if [point.marks for point in card.points] != [point.marks for point in original.points]:
        return "has other marks than"
    return ""


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
