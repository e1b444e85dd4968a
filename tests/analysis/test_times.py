import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.analysis.times import find_times
from rag.types import Day

WEDNESDAY = Day.of(date(2024, 2, 28))


def times(text, language="en", anchor=WEDNESDAY):
    return [
        (text[one.start : one.end], str(one.since))
        + (() if one.since == one.until else (str(one.until),))
        for one in find_times(text, anchor, language)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left on Monday (February 26).", ("Monday (February 26)", "2024-02-26")),
        ("He left last Thursday.", ("last Thursday", "2024-02-22")),
        ("He left last Wednesday.", ("last Wednesday", "2024-02-21")),
        ("He left on Wednesday.", ("Wednesday", "2024-02-28")),
        ("It opens on 3 March.", ("3 March", "2024-03-03")),
        ("He left on 3 December.", ("3 December", "2023-12-03")),
        ("He left two days ago.", ("two days ago", "2024-02-26")),
        ("A year ago he left.", ("A year ago", "2023-01-01", "2023-12-31")),
        ("He left yesterday.", ("yesterday", "2024-02-27")),
        ("He left last night.", ("last night", "2024-02-27")),
        ("He leaves next week.", ("next week", "2024-03-04", "2024-03-10")),
        ("He left in January.", ("January", "2024-01-01", "2024-01-31")),
        ("He left earlier this month.", ("earlier this month", "2024-02-01", "2024-02-28")),
        ("He left on Feb. 26, 2023.", ("Feb. 26, 2023", "2023-02-26")),
        ("Dated 2024-02-26.", ("2024-02-26", "2024-02-26")),
        ("Dated 26/02/2024.", ("26/02/2024", "2024-02-26")),
        ("Shut from 3 to 5 March.", ("3 to 5 March", "2024-03-03", "2024-03-05")),
        ("Fought from Dec. 30 to Jan. 2.", ("Dec. 30 to Jan. 2", "2023-12-30", "2024-01-02")),
        (
            "It was lost between Friday and Monday.",
            ("Friday and Monday", "2024-02-23", "2024-02-26"),
        ),
        ("They will vote on Friday.", ("Friday", "2024-03-01")),
        ("It will be held next Wednesday.", ("next Wednesday", "2024-03-06")),
        ("They will vote on Wednesday.", ("Wednesday", "2024-02-28")),
        ("It will open in two weeks.", ("two weeks", "2024-03-11", "2024-03-17")),
        ("He left in 2019.", ("2019", "2019-01-01", "2019-12-31")),
        ("He ruled from 2016 to 2018.", ("2016 to 2018", "2016-01-01", "2018-12-31")),
        ("He ruled in the 1990s.", ("1990s", "1990-01-01", "1999-12-31")),
        ("It fell on December 22, last year.", ("December 22, last year", "2023-12-22")),
        ("It rained over the weekend.", ("over the weekend", "2024-02-24", "2024-02-25")),
        ("The Jan. 6 committee met.", ("Jan. 6", "2021-01-06")),
        ("Cases rose in the past two weeks.", ("past two weeks", "2024-02-14", "2024-02-28")),
    ],
)
def test_a_time_is_found_with_its_days(text, expected):
    assert times(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Theresa May said that she may march in august company.",
        "Theresa May lost; the fall of May was near, and in May few believed it.",
        "The Sun said that Mr. Sat won 3-1, then 21-19, in the second.",
        "Black Friday and Super Tuesday are names.",
        "He is 26, paid $2019 in 2000 homes, and rang 555-2024.",
        "USA TODAY wrote so, and it is so even today.",
        "The first win in two years, every Monday.",
        "Dated 03/04/2024, or 31/02/2024, or February 30.",
        "At 2000 GMT it ended.",
    ],
)
def test_what_is_no_certain_time_is_left_out(text):
    assert times(text) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Er ging am Dienstagabend (27. Februar).", "2024-02-27"),
        ("de", "Er geht am kommenden Donnerstag.", "2024-02-29"),
        ("de", "Er ging vor zwei Tagen.", "2024-02-26"),
        ("de", "Er kam am 3. März 2023.", "2023-03-03"),
        ("de", "Er kam gestern Abend zu Frau Freitag.", "2024-02-27"),
        ("fr", "Il est parti lundi dernier.", "2024-02-26"),
        ("fr", "Il est parti le 1er mars 2023.", "2023-03-01"),
        ("fr", "Il est parti il y a deux jours.", "2024-02-26"),
        ("fr", "Il partira samedi.", "2024-03-02"),
        ("es", "Llegó el 3 de marzo de 2023.", "2023-03-03"),
        ("es", "Llegó el lunes pasado por la mañana.", "2024-02-26"),
        ("es", "Llegó hace dos días.", "2024-02-26"),
    ],
)
def test_other_languages_name_days(language, text, expected):
    assert [one[1:] for one in times(text, language)] == [(expected,)]


def test_months_and_weeks_in_other_languages():
    assert times("Er ging letzte Woche.", "de")[0][1:] == ("2024-02-19", "2024-02-25")
    assert times("Il est parti en janvier.", "fr")[0][1:] == ("2024-01-01", "2024-01-31")
    assert times("Llegó la semana pasada.", "es")[0][1:] == ("2024-02-19", "2024-02-25")


def test_without_the_day_of_the_article_only_a_named_year_tells():
    text = "On Monday, March 4, two days ago; on March 4, 2024; in May 2023; in 2022."
    assert [one[1] for one in times(text, anchor=None)] == [
        "2024-03-04",
        "2023-05-01",
        "2022-01-01",
    ]


def test_unknown_languages_have_dates_in_figures_alone():
    assert times("Monday, 2024-02-26", "zh") == [("2024-02-26", "2024-02-26")]


def test_the_day_is_that_of_the_articles_own_zone():
    late = datetime(2024, 2, 28, 23, 30, tzinfo=timezone(timedelta(hours=-8)))
    assert times("He left yesterday.", anchor=late) == [("yesterday", "2024-02-27")]


def test_nothing_depends_on_this_machines_zone_or_language():
    program = (
        "from datetime import datetime, UTC; from rag.analysis.times import find_times;"
        "print(find_times('He left on Monday, in Sept., yesterday.', datetime(2024, 2, 28,"
        " tzinfo=UTC)))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "TZ": zone, "LC_ALL": locale},
            capture_output=True,
            check=True,
        ).stdout
        for zone, locale in [("Pacific/Kiritimati", "C"), ("America/Adak", "de_DE.UTF-8")]
    }
    assert len(printed) == 1


PIECES = st.sampled_from(
    [
        "Monday ",
        "(February 26)",
        "May ",
        "3 ",
        "March ",
        "31 ",
        "2024",
        "-02-",
        "from ",
        "to ",
        "and ",
    ]
    + [
        "between ",
        "last ",
        "next ",
        "year ",
        "two ",
        "weeks ago",
        "in ",
        "will ",
        ", ",
        "99 ",
        "of ",
    ]
    + [
        "30/02/2024",
        "vor ",
        "Tagen ",
        "31. ",
        "Februar ",
        "il y a ",
        "ans ",
        "mars ",
        "hace ",
        "999 ",
    ]
    + ["años ", "lunes ", "\n", "1500", "–", "10th ", "today ", "weekend ", "years "]
)
ANY_TEXT = st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join)
ANY_DAY = st.none() | st.datetimes(timezones=st.just(UTC))


@given(ANY_TEXT, ANY_DAY, st.sampled_from([None, "en", "de", "fr", "es", "zh", "xx"]))
def test_spans_are_in_order_and_apart_whatever_the_text(text, anchor, language):
    position = 0
    for one in find_times(text, anchor, language):
        assert position <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == text[one.start : one.end].strip()
        assert one.since <= one.until
        position = one.end
