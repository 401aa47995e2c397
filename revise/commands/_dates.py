"""A day as people write it: read where it can mean one day only."""

import re
from datetime import date

from revise.errors import InputError
from revise.keys import normalised
from revise.untrusted import harmless

_YEAR_FIRST = re.compile(r"(\d{4})[-/. 年]\s*(\d{1,2})[-/. 月]\s*(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ]\s*(\d{1,2})[-/. ]\s*(\d{4})")
_FURTHEST = 3 * 366
"""A day further away is taken for a slip of the keyboard."""


def read_day(text: str, today: date, name: str) -> date:
    """The day that `text` names, from `today` on. Raises InputError that begins with the argument's `name`."""
    typed = normalised(text).replace("—", "-").replace("–", "-").replace("−", "-")
    found = _YEAR_FIRST.fullmatch(typed) or _COMPACT.fullmatch(typed)
    if found is not None:
        year, month, day = map(int, found.groups())
    elif (found := _YEAR_LAST.fullmatch(typed)) is not None:
        first, second, year = map(int, found.groups())
        if first <= 12 and second <= 12 and first != second:
            ways = f"{year:04}-{second:02}-{first:02} or {year:04}-{first:02}-{second:02}"
            raise InputError(f"{name} {harmless(text)} can be read two ways: write {ways}")
        month, day = (first, second) if second > 12 else (second, first)
    else:
        raise InputError(f"{name} {harmless(text)!r} is no date: write it as year-month-day, such as {_example(today)}")
    try:
        read = date(year, month, day)
    except ValueError:
        raise InputError(f"{name} {harmless(text)}: there is no such day in the calendar") from None
    if read < today:
        raise InputError(f"{name} {harmless(text)} is past: today is {today.isoformat()}")
    if (read - today).days > _FURTHEST:
        raise InputError(f"{name} {harmless(text)} is more than three years away: is the year right?")
    return read


def _example(today: date) -> str:
    return date.fromordinal(today.toordinal() + 60).isoformat()
