"""`content/ids.txt`: every key a student's record may hold, so that none vanishes unseen."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from revise.topic.lines import Fault, read_text, suggest
from revise.topic.model import Card, Problem, Topic

REMEDY = "run `revise check --write-ids`"


def read_ids(path: Path) -> tuple[dict[str, int], list[Problem]]:
    """Key → line of `ids.txt`; a key out of order or given twice is a problem."""
    faults = Fault(path)
    keys: dict[str, int] = {}
    last = ""
    for number, line in enumerate((read_text(path, faults) or "").split("\n"), start=1):
        key = line.strip()
        if not key:
            continue
        if key in keys:
            faults.add(number, f"the key `{key}` stands in line {keys[key]} already: {REMEDY}")
        elif key < last:
            faults.add(number, f"`{key}` is out of order: {REMEDY}")
        keys.setdefault(key, number)
        last = max(last, key)
    return keys, faults.problems


def vanished(listed: Mapping[str, int], topics: Iterable[Topic], path: Path) -> list[Problem]:
    """Listed keys that no card has and no `was` names; blocks that are broken count as there."""
    topics = list(topics)
    current = all_keys(topics)
    old = {key for topic in topics for card in topic.cards for key in _old_keys(card)}
    broken = {f"{_owner(topic)}/{name}" for topic in topics for name in topic.broken}
    faults = Fault(path)
    for key, line in listed.items():
        block = key.partition("#")[0]
        if key in current or key in old or block in old or block in broken:
            continue
        new = [card.key for topic in topics for card in topic.cards if card.key not in listed]
        hint = suggest(block, new, ": bring it back").replace("did you mean", "is it now")
        faults.add(
            line, f"the key `{key}` is gone, and with it what students know of it{hint} "
            f"(the card that replaces it says `was={block.rpartition('/')[2]}`)"
        )  # fmt: skip
    return faults.problems


def unlisted(listed: Mapping[str, int], topics: Iterable[Topic], path: Path) -> list[Problem]:
    """One problem for all keys that `ids.txt` does not have yet."""
    new = sorted(all_keys(topics) - listed.keys())
    faults = Fault(path)
    if new:
        many = f"the key `{new[0]}` is" if len(new) == 1 else f"{len(new)} keys are"
        faults.add(1, f"{many} not listed yet{'' if len(new) == 1 else f', the first is `{new[0]}`'}: {REMEDY}")
    return faults.problems


def write_ids(path: Path, keys: Iterable[str]) -> None:
    """Write `keys` sorted, one a line. Raises OSError."""
    path.write_text("".join(f"{key}\n" for key in sorted(keys)), encoding="utf-8", newline="\n")


def all_keys(topics: Iterable[Topic]) -> set[str]:
    return {key for topic in topics for card in topic.cards for key in card.keys}


def _owner(topic: Topic) -> str:
    return f"own/{topic.id}" if topic.own else topic.id


def _old_keys(card: Card) -> list[str]:
    owner = card.key.rpartition("/")[0]
    return [f"{owner}/{old}" for old in card.was]
