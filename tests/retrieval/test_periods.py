from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.periods import Period, asks_latest, find_periods, names_time

# A Wednesday.
ASKED = date(2024, 2, 28)


def read(text, asked=ASKED):
    """What a text names: the words, the first and the last day."""
    return [
        (text[start:end].split(), str(period.since), str(period.until))
        for start, end, period in find_periods(text, asked)
    ]


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("What did Macron say yesterday?", "2024-02-27", "2024-02-27"),
        ("What happened last week?", "2024-02-19", "2024-02-25"),
        ("What happened this week?", "2024-02-26", "2024-03-03"),
        ("Who resigned this month?", "2024-02-01", "2024-02-29"),
        ("Who resigned last month?", "2024-01-01", "2024-01-31"),
        ("Who won last year?", "2023-01-01", "2023-12-31"),
        ("Who spoke on Monday?", "2024-02-26", "2024-02-26"),
        ("What burned two weeks ago?", "2024-02-12", "2024-02-18"),
        ("Who resigned in the past three months?", "2023-11-01", "2024-02-28"),
        ("Who won in June?", "2023-06-01", "2023-06-30"),
        ("Who won in February 2021?", "2021-02-01", "2021-02-28"),
        ("Who won in 2022?", "2022-01-01", "2022-12-31"),
        ("Who spoke on March 3?", "2023-03-03", "2023-03-03"),
        ("Who spoke on Feb. 26?", "2024-02-26", "2024-02-26"),
        ("Who spoke on 3 March 2021?", "2021-03-03", "2021-03-03"),
        ("the report of October 18th, 2023", "2023-10-18", "2023-10-18"),
        ("published at 2023-12-12T22:38:05+00:00", "2023-12-12", "2023-12-12"),
        ("What changed since June 2021?", "2021-06-01", "None"),
        ("published after November 6, 2023", "2023-11-06", "None"),
        ("Who ruled before 2020?", "None", "2020-12-31"),
    ],
)
def test_a_time_is_the_period_that_is_meant(text, since, until):
    assert [found[1:] for found in read(text)] == [(since, until)]


def test_several_times_are_each_found_in_their_place():
    found = read("between October 1, 2023, and November 5, 2023, or last week")
    assert [words for words, *_ in found] == [
        ["October", "1,", "2023"],
        ["November", "5,", "2023"],
        ["last", "week"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "may they march in march step",
        "Did the May cabinet last?",
        "a 1999.5 mile run for $2000 with 2000%, or 2000,000",
        "Black Friday and Friday Night Lights",
        "the last man of the week",
        "in 20000 homes",
        "February 31",
        "the 1990s",
        "the month of mourning",
    ],
)
def test_what_only_looks_like_a_time_is_none(text):
    assert read(text) == []


def test_without_a_day_to_see_it_from_a_time_needs_its_year():
    text = "last week, in June, on March 3, on March 3, 2021, in May 2020 and in 2022"
    assert [since for _, since, _ in read(text, None)] == ["2021-03-03", "2020-05-01", "2022-01-01"]


@pytest.mark.parametrize(
    ("text", "latest"),
    [
        ("What is the latest on the dam?", True),
        ("the most recent warning", True),
        ("What has changed since the vote?", True),
        ("since Macron spoke", True),
        ("two years since the pandemic began", False),
        ("Which state was the first since the ruling?", False),
        ("What changed since June 2021?", False),
        ("Who came later?", False),
    ],
)
def test_latest(text, latest):
    assert asks_latest(text) is latest


DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@given(DAYS, st.integers(0, 800), DAYS)
def test_what_lies_within_fits_and_what_is_farther_fits_less(since, days, day):
    period = Period(since, since + timedelta(days=days))
    fit = period.fit(day)
    assert 0 <= fit <= 1
    assert (fit == 1) == (period.since <= day <= period.until)
    assert fit == 0 or period.since - period.margin <= day <= period.until + period.margin
    further = timedelta(days=-1 if day < since else 1)
    if fit < 1:
        assert period.fit(day + further) <= fit


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("between 3 May 2023 and 9 May 2023", [("2023-05-03", "2023-05-09")]),
        ("from June 2023 to October 2023", [("2023-06-01", "2023-10-31")]),
        ("from June to October 2023", [("2023-06-01", "2023-10-31")]),
        ("between November and January", [("2023-11-01", "2024-01-31")]),
        ("between 3 May and 9 May", [("2023-05-03", "2023-05-09")]),
        ("from 2021 to 2023", [("2021-01-01", "2023-12-31")]),
        ("between November 2023 and May 2023", [("2023-05-01", "2023-11-30")]),
        (
            "in June 2023 and in July 2023",
            [("2023-06-01", "2023-06-30"), ("2023-07-01", "2023-07-31")],
        ),
    ],
)
def test_from_one_time_to_another_is_one_time(text, days):
    found = list(find_periods(f"What fell {text}?", date(2024, 2, 28)))
    assert [(str(one.since), str(one.until)) for _, _, one in found] == days


def test_a_longer_period_reaches_farther():
    june = Period(date(2023, 6, 1), date(2023, 6, 30))
    assert june.fit(date(2023, 7, 5)) > 0.5
    assert Period(date(2023, 6, 30), date(2023, 6, 30)).fit(date(2023, 7, 5)) == 0
    assert june.fit(date(2023, 9, 1)) == 0
    assert Period(date(2023, 6, 1), None).fit(date(2033, 1, 1)) == 1


@pytest.mark.parametrize(
    ("days", "text", "named"),
    [
        (("2024-02-26", "2024-02-26"), "The summit of February 26 ended.", True),
        (("2024-02-26", "2024-02-26"), "It ended on Feb. 26, 2024.", True),
        (("2024-02-26", "2024-02-26"), "It ended on 26 February.", True),
        (("2024-02-26", "2024-02-26"), "It ended on February 2.", False),
        (("2024-02-26", "2024-02-26"), "It ended on February 26, 2023.", False),
        (("2023-06-01", "2023-06-30"), "Since June it has rained.", True),
        (("2023-06-01", "2023-06-30"), "Since June 2021 it has rained.", False),
        (("2023-06-01", "2023-06-30"), "Juneau had rain.", False),
        (("2022-01-01", "2022-12-31"), "The vote of 2022 was close.", True),
        (("2022-01-01", "2022-12-31"), "Some 12022 voted.", False),
        (("2024-02-19", "2024-02-25"), "Last week, in February 2024", False),
    ],
)
def test_a_text_that_names_the_very_time(days, text, named):
    assert Period(*map(date.fromisoformat, days)).named_in(text) is named


@given(st.text(max_size=80), st.dates())
def test_any_text_on_any_day_is_read(text, asked):
    for before in ("", "last week ", "ten years ago ", "since May ", "in "):
        for start, end, period in find_periods(before + text, asked):
            assert 0 <= start < end
            assert period.since or period.until
    asks_latest(text)
    names_time(text)
