"""Days and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timezone


class Day(datetime):
    """A date without a time of day: midnight UTC of that day, and marked as a whole day.

    It compares with any timezone-aware datetime; `isoformat` gives the date alone.
    """

    @classmethod
    def of(cls, day: date) -> Day:
        """The whole day on which `day` falls."""
        return cls(day.year, day.month, day.day, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The last instant of the day."""
        return datetime.combine(self.date(), time.max, tzinfo=UTC)

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        """The date alone, as YYYY-MM-DD."""
        return self.date().isoformat()

    def __str__(self) -> str:
        """The date alone, as YYYY-MM-DD."""
        return self.isoformat()


def parse_iso(text: str) -> datetime:
    """The timezone-aware datetime, or the `Day`, that an ISO 8601 text names.

    A time without a zone is taken as UTC. Raises ValueError for anything else.
    """
    text = text.strip()
    try:
        return Day.of(date.fromisoformat(text))
    except ValueError:
        return aware(datetime.fromisoformat(text))


def aware(moment: date) -> datetime:
    """The same moment, timezone-aware: a date becomes its `Day`, a naive datetime is in UTC.

    Of a zone its offset at that moment is kept, which compares and is stored exactly.
    """
    if not isinstance(moment, datetime):
        return Day.of(moment)
    if isinstance(moment.tzinfo, timezone):
        return moment
    offset = moment.utcoffset()
    return moment.replace(tzinfo=UTC if offset is None else timezone(offset), fold=0)
