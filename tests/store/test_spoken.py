"""Who said what: statements are found by speaker, word of saying, date and article."""

from dataclasses import replace
from datetime import UTC

import pytest
from makers import make_article, make_entry

from rag import Day, Filters, Statement

MARSH, WARN = "Ada Marsh", "warned"


def said(article, content, speaker=MARSH, role=None, cue="said", kind="indirect"):
    start = article.text.index(content)
    return Statement(speaker, role, cue, content, kind, start, start + len(content), article)


def keep(store, article, *statements):
    with store.writing():
        store.put([replace(make_entry(article), statements=statements)])


def contents(statements):
    return [statement.content for statement in statements]


@pytest.fixture
def spoken(store):
    """A store of three articles in which four people and a body speak."""
    old = make_article(
        1, "Ada Marsh said the dam leaks. Bo Marsh denied it leaks.", published=Day(2024, 3, 1)
    )
    new = make_article(
        2,
        "The mayor warned of a flood. The ministry called for calm. Somebody said no.",
        published=Day(2024, 3, 5, tzinfo=UTC),
    )
    undated = make_article(3, "Kremlin spokesman Dmitry Peskov is warning of escalation.")
    keep(
        store,
        old,
        said(old, "the dam leaks"),
        said(old, "it leaks", "Bo Marsh", cue="denied"),
    )
    keep(
        store,
        new,
        said(new, "calm", "The ministry", cue="called for"),
        said(new, "of a flood", MARSH, "mayor", WARN, "direct"),
        said(new, "no", None),
    )
    keep(
        store, undated, said(undated, "escalation", "Dmitry Peskov", "Kremlin spokesman", "warning")
    )
    return store


def test_all_of_them_come_back_whole_newest_first_and_in_the_order_of_the_text(spoken):
    found = spoken.statements()
    assert contents(found) == [
        "of a flood",
        "calm",
        "no",
        "the dam leaks",
        "it leaks",
        "escalation",
    ]
    first = found[0]
    assert (first.speaker, first.role, first.cue, first.kind) == (MARSH, "mayor", WARN, "direct")
    assert first.article == spoken.get("id-2")
    assert found[2].speaker is None
    for one in found:
        assert one.article.text[one.start : one.end] == one.content
    assert spoken.status().statements == 6


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Marsh", ["of a flood", "the dam leaks"]),
        ("marsh", ["of a flood", "the dam leaks", "it leaks"]),
        ("Marsh, ADA", ["of a flood", "the dam leaks"]),
        ("mayor Marsh", ["of a flood"]),
        ("Kremlin spokesman", ["escalation"]),
        ("KREMLIN spokesmen", []),
        ("Peskov", ["escalation"]),
        ("ministry", ["calm"]),
        ("Ada Peskov", []),
        ("Mar", []),
        ("", []),
        ("?", []),
        ("\ud800", []),
    ],
)
def test_a_speaker_is_found_by_any_words_of_name_and_role(spoken, name, expected):
    assert contents(spoken.statements(speaker=name)) == expected


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        ("warn", ["of a flood", "escalation"]),
        ("Warns", ["of a flood", "escalation"]),
        ("call", ["calm"]),
        ("deny", ["it leaks"]),
        ("admit", []),
        ("", []),
        ("\udfff", []),
    ],
)
def test_a_word_of_saying_is_met_in_any_form(spoken, cue, expected):
    assert contents(spoken.statements(cue=cue)) == expected


def test_dates_sources_and_articles_limit_what_is_found(spoken):
    assert contents(spoken.statements(MARSH, filters=Filters(until="2024-03-04"))) == [
        "the dam leaks"
    ]
    assert contents(spoken.statements(MARSH, WARN, Filters(since="2024-03-05"))) == ["of a flood"]
    assert spoken.statements(MARSH, filters=Filters(sources="nobody")) == []
    assert contents(spoken.statements(cue="warn", ids=["id-3", "unknown"])) == ["escalation"]
    assert spoken.statements(ids=[]) == []


def test_a_changed_article_says_what_its_newest_text_says(spoken):
    article = make_article(1, "In the end Ada Marsh said nothing leaks.", published=Day(2024, 3, 9))
    keep(spoken, article, said(article, "nothing leaks"))
    assert contents(spoken.statements("Marsh")) == ["nothing leaks", "of a flood"]
    assert spoken.status().statements == 5


def test_a_removed_article_says_nothing(spoken):
    spoken.remove(["id-1", "id-3"])
    assert contents(spoken.statements()) == ["of a flood", "calm", "no"]


def test_of_the_same_words_with_the_same_cue_one_is_kept(store):
    article = make_article(1, "Ada Marsh said no.")
    keep(store, article, said(article, "no"), said(article, "no", "Bo Lind"))
    assert [one.speaker for one in store.statements()] == [MARSH]
