"""Cards, questions and short answers: the blocks `### id {kind point=slug level=1}`."""

from collections.abc import Sequence
from dataclasses import dataclass

from revise.topic import cloze
from revise.topic.fields import Fields, read_fields
from revise.topic.lines import SLUG, Fault, Line, listed, slug_like, suggest
from revise.topic.model import Card, Face, Gap, Place, Topic

KINDS: dict[str, tuple[str, ...]] = {
    "basic": ("Cards",),
    "reverse": ("Cards",),
    "cloze": ("Cards",),
    "calc": ("Cards", "Questions"),
    "choice": ("Questions",),
    "true-false": ("Questions",),
    "short": ("Short answers",),
}
"""Kinds → the sections they stand in."""
CARD_SECTIONS = {
    "cards": "Cards", "卡片": "Cards",
    "questions": "Questions", "题目": "Questions", "选择题": "Questions",
    "short answers": "Short answers", "简答": "Short answers", "简答题": "Short answers",
}  # fmt: skip
FIELDS_OF: dict[str, tuple[str, ...]] = {
    "basic": ("Q", "A"),
    "reverse": ("Q", "A"),
    "cloze": ("C",),
    "calc": ("Q", "solver", "ask"),
    "choice": ("Q",),
    "true-false": ("Q",),
    "short": ("Q", "marks"),
}
_OPTIONAL = {("calc", "Q")}
TRUE = ("true", "对", "正确", "是")
FALSE = ("false", "错", "错误", "否")
_ATTRIBUTES = ("point", "level", "was")


@dataclass
class Header:
    """What `### id {…}` says."""

    id: str
    kind: str
    point: str | None = None
    level: int | None = None
    was: tuple[str, ...] = ()


def read_card(
    title: str, braces: str | None, lines: Sequence[Line], section: str, owner: str, strict: bool, faults: Fault
) -> Card | None:
    """One block; `lines` begin with its heading. What is wrong goes to `faults`; None: nothing usable.

    `section` is the English name of the section it stands in, `owner` the key's part before its id;
    `strict` asks for a point and a level.
    """
    first = lines[0].number
    header = read_header(title, braces, first, faults)
    if header is None:
        return None
    if section not in KINDS[header.kind]:
        faults.add(first, f"a {header.kind} block belongs under `## {KINDS[header.kind][0]}`, not `## {section}`")
    before = len(faults.problems)
    fields = read_fields(header.kind, FIELDS_OF[header.kind], lines[1:], faults)
    for name in FIELDS_OF[header.kind] if fields.text or not fields.foreign else ():
        if name not in fields.text:
            if (header.kind, name) not in _OPTIONAL:
                faults.add(first, f"`{header.id}` has no line `{name}:`")
        elif not fields.text[name]:
            faults.add(fields.line[name], f"`{name}:` is empty")
    gaps = _gaps(fields, faults) if header.kind == "cloze" else ()
    _check_lists(header, fields, first, faults)
    if len(faults.problems) > before:
        faults.broken.append(header.id)
        return None
    if strict:
        for name in ("point", "level"):
            if getattr(header, name) is None:
                faults.add(first, f"`{header.id}` names no {name}: `### {header.id} {{{header.kind} point=… level=1}}`")
    return Card(
        key=f"{owner}/{header.id}",
        kind=header.kind,
        place=Place(faults.path, first),
        point=header.point,
        level=header.level or 1,
        was=header.was,
        question=fields.text.get("C" if header.kind == "cloze" else "Q", ""),
        answer=fields.text.get("A", ""),
        gaps=gaps,
        solver=fields.text.get("solver", ""),
        ask=tuple(name.strip() for name in fields.text.get("ask", "").split(",") if name.strip()),
        options=tuple(fields.options),
        marks=fields.marks,
        points=tuple(fields.points),
    )


def read_header(title: str, braces: str | None, line: int, faults: Fault) -> Header | None:
    """`id` and `{kind point=slug level=1 was=old}` of a block; None where there is no known kind."""
    if not SLUG.fullmatch(title):
        faults.add(line, f"`{title}` is no id (small letters, digits, hyphens): did you mean `{slug_like(title)}`?")
    words = (braces or "").split()
    kinds = [word for word in words if "=" not in word]
    if braces is None or not kinds:
        faults.add(line, f"`{title}` does not say its kind: `### {slug_like(title)} {{basic point=… level=1}}`")
        return None
    if kinds[0] not in KINDS:
        faults.add(line, f"unknown kind `{kinds[0]}`" + suggest(kinds[0], KINDS, f"; kinds are {listed(KINDS)}"))
        return None
    if len(kinds) > 1:
        faults.add(line, f"`{kinds[1]}` stands alone: one kind, then point=… level=… was=…")
    header = Header(title if SLUG.fullmatch(title) else slug_like(title), kinds[0])
    for word in words:
        name, sign, value = word.partition("=")
        if sign:
            _attribute(header, name, value, line, faults)
    return header


def _attribute(header: Header, name: str, value: str, line: int, faults: Fault) -> None:
    if name not in _ATTRIBUTES:
        faults.add(line, f"unknown attribute `{name}`" + suggest(name, _ATTRIBUTES, "; known: point, level, was"))
    elif name == "was":
        header.was += tuple(old for old in value.split(",") if old)
    elif (header.point if name == "point" else header.level) is not None:
        faults.add(line, f"`{name}` is given twice")
    elif name == "level":
        if value in ("1", "2", "3"):
            header.level = int(value)
        else:
            header.level = 0
            faults.add(line, f"level={value}: a level is 1, 2 or 3")
    else:
        header.point = value


def _gaps(fields: Fields, faults: Fault) -> tuple[Gap, ...]:
    text, first = fields.text.get("C", ""), fields.line.get("C", 0)
    gaps, wrong = cloze.find_gaps(text)
    for offset, message in wrong:
        faults.add(first + text.count("\n", 0, offset), message)
    if text and not gaps and not wrong:
        faults.add(first, "nothing is hidden: write {{1:the words}} round what is asked")
    return tuple(gaps)


def _check_lists(header: Header, fields: Fields, first: int, faults: Fault) -> None:
    if header.kind == "choice":
        if fields.items < 2:
            faults.add(
                first,
                f"`{header.id}` needs two options at least: lines `- [x] right — why`, `- [ ] wrong — why`",
            )
        elif fields.options and not any(option.right for option in fields.options):
            faults.add(fields.options[0].place.line, "no option is right: mark it `- [x]`")
    elif header.kind == "true-false":
        words = [option.text.casefold() for option in fields.options]
        if len(words) != 2 or words[0] not in TRUE or words[1] not in FALSE:
            faults.add(first, f"`{header.id}` has two lines, `- [x] true — why` and `- [ ] false — why`, in this order")
        elif fields.options[0].right == fields.options[1].right:
            faults.add(fields.options[0].place.line, "mark either true or false with `[x]`, not both, not none")
    elif header.kind == "short" and fields.points and fields.marks:
        total = sum(point.marks for point in fields.points)
        if total != fields.marks:
            faults.add(fields.line["marks"], f"marks: {fields.marks}, but the points below add up to {total}")
    elif header.kind == "short" and not fields.items:
        faults.add(first, f"`{header.id}` has no point to look for: lines `- (1) what the answer must say`")


def faces(card: Card) -> tuple[Face, ...]:
    """What a flashcard sitting asks of `card`; empty for kinds it cannot ask without a solver or a quiz."""
    if card.kind == "basic":
        return (Face(card.key, card.question, card.answer, card),)
    if card.kind == "reverse":
        there, back = card.keys
        return (Face(there, card.question, card.answer, card), Face(back, card.answer, card.question, card))
    if card.kind == "cloze":
        return tuple(
            Face(
                f"{card.key}#{number}",
                cloze.front(card.question, card.gaps, number),
                cloze.back(card.question, card.gaps, number),
                card,
            )
            for number in card.numbers
        )
    return ()


def asked_keys(topic: Topic) -> frozenset[str]:
    """The keys that a sitting of flashcards can ask: questions and short answers are the quiz's."""
    kinds = ("basic", "reverse", "cloze", "calc")
    return frozenset(key for card in topic.cards if card.kind in kinds for key in card.keys)
