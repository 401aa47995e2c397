"""A student's day turns at 4 o'clock in the morning, local time."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

TURN = time(4)
EXAM = time(9)
"""When an exam begins, as nobody says it more exactly than by its day."""


def beginning(day: date, zone: tzinfo | None = None) -> datetime:
    """The instant, in UTC, at which `day` begins; `zone` is the computer's own where it is None."""
    return _instant(day, TURN, zone)


def exam_begins(day: date, zone: tzinfo | None = None) -> datetime:
    """The instant, in UTC, for which recall on an exam's day is predicted."""
    return _instant(day, EXAM, zone)


def day_of(at: datetime, zone: tzinfo | None = None) -> date:
    """The day that `at` belongs to: `beginning(day) <= at < beginning(day + 1)`, also where clocks change."""
    day = (at.astimezone(zone).replace(tzinfo=None) - timedelta(hours=TURN.hour)).date()
    while at < beginning(day, zone):
        day -= timedelta(days=1)
    while at >= beginning(day + timedelta(days=1), zone):
        day += timedelta(days=1)
    return day


def _instant(day: date, hour: time, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
