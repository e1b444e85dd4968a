"""Limits to which articles are searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rag.errors import ConfigError
from rag.types.dates import Day, aware, parse_iso


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits to which articles are searched; None sets no limit.

    `sources` and `languages` match whole names without regard to case. `since` and `until`
    are inclusive and compare with an article's date; ISO 8601 text is accepted and a date
    alone means the whole day. An article without a date is outside any limit of dates.
    Raises ConfigError for a date that cannot be read and a name that is no text.
    """

    sources: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    languages: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("sources", "languages"):
            value = getattr(self, name)
            if value is not None:
                values = (value,) if isinstance(value, str) else tuple(value)
                for item in values:
                    _check_name(name, item)
                object.__setattr__(self, name, values or None)
        for name in ("since", "until"):
            object.__setattr__(self, name, _limit(name, getattr(self, name)))
        if self.since and self.until and self.since > self.until:
            raise ConfigError(
                f"since ({_shown(self.since)}) is later than until ({_shown(self.until)})"
            )

    def __bool__(self) -> bool:
        """Whether anything is limited."""
        return any((self.sources, self.since, self.until, self.languages))


def _shown(moment: datetime) -> str:
    """A limit as it was given: the end of a day is that day."""
    day = Day.of(moment.date())
    return str(day) if moment in (day, day.end) else moment.isoformat()


def _check_name(name: str, value: object) -> None:
    try:
        str.encode(value)  # type: ignore[arg-type]
    except (TypeError, UnicodeEncodeError):
        raise ConfigError(f"{name} has {value!r}, which is no text; give names") from None


def _limit(name: str, value: object) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = parse_iso(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, date):
        raise ConfigError(f"{name} is {value!r}; give a date such as 2024-02-26")
    moment = aware(moment)
    return moment.end if name == "until" and isinstance(moment, Day) else moment
