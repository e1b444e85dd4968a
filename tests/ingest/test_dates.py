from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.ingest.dates import parse_date
from rag.types import Day

NOON = datetime(2024, 2, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2024-02-26",
        "20240226",
        20240226,
        "2024/02/26",
        "2024.2.26",
        "26/02/2024",
        "02/26/2024",
        "26.02.2024",
        "February 26, 2024",
        "Feb. 26, 2024",
        "26 Feb 2024",
        "26-Feb-24",
        "Monday 26 February 2024",
        "Mon 26/02/2024",
        "26. Februar 2024",
        "26 février 2024",
        "26 de febrero de 2024",
        "26 февраля 2024 г.",
        "2024年2月26日",
        "June 17, 2022 at 5:32 p.m. ET".replace("June 17, 2022", "February 26, 2024"),
        date(2024, 2, 26),
    ],
)
def test_a_day_is_read_and_stays_a_day(value):
    found = parse_date(value)
    assert isinstance(found, Day)
    assert found == Day(2024, 2, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2024-02-26T12:00:00Z",
        "2024-02-26T13:00:00+01:00",
        "2024-02-26T12:00:00.000+0000",
        "2024-02-26 12:00",
        "Mon, 26 Feb 2024 12:00:00 GMT",
        "Mon, 26 Feb 2024 07:00:00 -0500",
        "Mon, 26 Feb 2024 04:00:00 PST",
        "Feb. 26, 2024 7:00 AM EST",
        "2/26/2024 12:00:00",
        "26.02.2024, 12:00",
        "2024-02-26 12:00:00 UTC",
        "20240226120000",
        "202402261200",
        1708948800,
        1708948800.0,
        1708948800000,
        "1708948800",
        "1708948800000",
        datetime(2024, 2, 26, 12, 0),
    ],
)
def test_a_moment_is_read_with_its_zone_or_in_utc(value):
    found = parse_date(value)
    assert found == NOON
    assert not isinstance(found, Day)


def test_the_zone_of_a_moment_is_kept():
    assert parse_date("2024-02-26T23:30:00-05:00").tzinfo == timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    "value",
    [
        "2 days ago",
        "yesterday",
        "Monday",
        "in 3 days",
        "hace 2 días",
        "today 2024",
        "03/04/2024",
        "Mon 03/04/2024",
        "3.4.2024 10:00",
        "26.02.24",
        "February 2024",
        "2024",
        "2024-02",
        "2024-W09",
        "Feb 30, 2024",
        "31/02/2024",
        "12:30",
        "Updated 5:32 PM ET, Fri June 17, 2022",
        "0001-01-01T00:00:00",
        "9999-12-31",
        0,
        -5,
        12345,
        True,
        float("nan"),
        float("inf"),
        1e300,
        None,
        [],
        "",
        "no date here",
    ],
)
def test_what_names_no_one_day_is_no_date(value):
    assert parse_date(value) is None


@settings(deadline=None)  # the first call loads dateparser
@given(st.one_of(st.text(), st.integers(), st.floats(), st.text("0123456789 -/.:TZ+", max_size=25)))
@example("0000-00-00")
@example("99999999999999")
@example("2024-02-26T12:00:00+99:99")
def test_nothing_makes_it_fail_or_gives_a_moment_without_zone(value):
    found = parse_date(value)
    assert found is None or found.tzinfo is not None


@settings(deadline=None)
@given(st.datetimes(datetime(1500, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_every_iso_moment_comes_back(moment):
    assert parse_date(moment.isoformat()) == moment
