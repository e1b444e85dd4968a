import json
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.analysis.passages import split_passages
from rag.answering.timeline import days, make_timeline, sources, to_json, to_text
from rag.answering.timeline_plot import plot
from rag.errors import MissingDependency
from rag.types import Article, Copy, Day, Hit


def article(name, text, day="2024-02-28", source=None, title=""):
    published = Day.of(date.fromisoformat(day)) if day else None
    return Article(name, text, title, source=source, published=published, language="en")


def hits(*articles, copies=()):
    return [
        Hit(passage, one, 1.0, copies=copies)
        for one in articles
        for passage in split_passages(one, lambda texts: [len(text.split()) for text in texts], 200)
    ]


ACCIDENT = "Nine people were killed on Monday when a spillway gate at the Kessen Dam gave way."
RETOLD = "A gate at the Kessen Dam gave way on Monday, and nine people in the valley were killed."
LATER = "The director of the water authority resigned on Tuesday over the failed gate."


def test_events_are_quotes_in_the_order_of_their_dates():
    events = make_timeline(hits(article("a", f"{LATER} {ACCIDENT}")))
    assert [(str(one.since), one.quote) for one in events] == [
        ("2024-02-26", ACCIDENT),
        ("2024-02-27", LATER),
    ]
    assert [one.citations[0].marker for one in events] == [1, 2]


def test_articles_that_tell_of_one_event_share_a_line():
    events = make_timeline(
        hits(article("a", ACCIDENT, source="A"), article("b", RETOLD, source="B"))
    )
    assert [one.independent for one in events] == [2]
    assert sources(events[0]) == ["A", "B"]


def test_a_sentence_that_was_copied_counts_once():
    events = make_timeline(
        hits(article("a", ACCIDENT), article("b", f"{ACCIDENT} More rain fell."))
    )
    assert [(one.independent, len(one.citations)) for one in events] == [(1, 2)]


def test_copies_are_named_and_count_as_one():
    copy = Copy("c", "", "Courier", None, None)
    events = make_timeline(hits(article("a", ACCIDENT, source="NPB"), copies=(copy,)))
    assert [(one.independent, sources(one)) for one in events] == [(1, ["NPB", "Courier"])]


def test_other_figures_are_shown_beside_one_another():
    other = ACCIDENT.replace("Nine", "Thirty-one 31")
    assert len(make_timeline(hits(article("a", ACCIDENT), article("b", other)))) == 2


def test_the_first_sentences_have_the_articles_day_and_later_ones_none():
    text = "The long search for people missing in the flooded valley of Varrow has ended. "
    later = "The mayor thanked all the volunteers who had come from every part of the country. "
    events = make_timeline(hits(article("a", text + later * 3)))
    assert {one.stated for one in events} == {False}
    assert {one.since for one in events} == {date(2024, 2, 28)}
    assert events[0].quote == text.strip()
    assert make_timeline(hits(article("a", text, day=""))) == []


def test_what_is_said_dates_a_sentence_rather_than_when_it_is_said():
    text = "Officials said on Tuesday the gate of the old dam had failed on Saturday morning."
    assert make_timeline(hits(article("a", text)))[0].since == date(2024, 2, 24)
    text = "Fourteen people died in the flood that struck Varrow on Friday, police said on Tuesday."
    assert make_timeline(hits(article("a", text)))[0].since == date(2024, 2, 27)


def test_only_what_was_searched_for_is_told():
    found = hits(article("a", f"{ACCIDENT} The cup final in the capital was put off on Tuesday."))
    assert [one.quote for one in make_timeline(found, about="dam gate")] == [ACCIDENT]


def test_of_many_events_those_that_most_tell_of_are_kept():
    found = hits(article("a", f"{LATER} {ACCIDENT}"), article("b", RETOLD))
    assert [one.since.day for one in make_timeline(found, most=1)] == [26]


def test_text_is_eighty_columns_wide_and_names_what_is_only_reported():
    text = (
        "水" * 200 + "。The long search for people missing in the flooded valley of Varrow ended."
    )
    events = make_timeline(hits(article("a", f"{ACCIDENT}\n{text}", source="A" * 120)))
    shown = to_text(events)
    assert "2024-02-26  Nine people were killed" in shown
    assert max(len(line) + line.count("水") for line in shown.splitlines()) <= 80


def test_days_are_told_as_short_as_they_can_be():
    text = "He came here to live in May 2023 with his family. He built the big house here in 2019."
    assert [days(one) for one in make_timeline(hits(article("a", text)))] == ["2019", "2023-05"]


def test_json_has_the_exact_quote_and_its_place():
    one = article("a", f"{ACCIDENT} {LATER}")
    for row in json.loads(to_json(make_timeline(hits(one)))):
        cited = row["citations"][0]
        assert one.text[cited["start"] : cited["end"]] == cited["quote"]
        assert row["since"] <= row["until"]


def test_a_plot_is_the_same_bytes_each_time(tmp_path):
    pytest.importorskip("matplotlib")
    events = make_timeline(
        hits(article("a", f"{ACCIDENT} He paid $5 and $6 for it on Tuesday here."))
    )
    for name in ("one.svg", "two.svg"):
        plot(events, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    with pytest.raises(ValueError, match="nothing to draw"):
        plot([], tmp_path / "none.svg")


def test_without_matplotlib_the_command_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingDependency, match="pip install"):
        plot(make_timeline(hits(article("a", ACCIDENT))), tmp_path / "a.svg")


PIECES = st.sampled_from([ACCIDENT, RETOLD, LATER, "\n", " ", "In May 2023 ", "31 died. ", "No? "])


@given(st.lists(st.lists(PIECES | st.text(max_size=30), min_size=1, max_size=6), max_size=4))
def test_every_quote_stands_at_its_place_whatever_the_articles(texts):
    articles = [
        article(str(n), "x" + "".join(text))
        for n, text in enumerate(texts)
        if "\ud800" not in "".join(text)
    ]
    events = make_timeline(hits(*articles))
    for event in events:
        assert event.since <= event.until
        assert 1 <= event.independent <= len(event.citations)
        for citation in event.citations:
            assert citation.article.text[citation.start : citation.end] == citation.quote
    assert events == make_timeline(hits(*articles))
    assert json.loads(to_json(events)) is not None
    to_text(events)


def test_days_of_the_week_are_seen_from_an_update_soon_after_publication():
    text = "Rescue teams in Varrow found two more bodies on Tuesday."
    for updated, day in ((date(2026, 4, 7), 7), (date(2026, 4, 30), 31)):
        told = replace(article("a", text, day="2026-04-06"), updated=Day.of(updated))
        assert make_timeline(hits(told))[0].since.day == day


def test_what_a_correction_takes_back_is_no_event():
    wrong = "Correction: An earlier version of this article said that 31 died on 3 February."
    found = make_timeline(hits(article("a", f"{ACCIDENT} {wrong}")))
    assert [one.quote for one in found] == [ACCIDENT]
