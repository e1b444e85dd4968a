from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag import Article, ArticleError, Citation, ConfigError, Day, Filters
from rag.types import aware, make_id, parse_iso

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


def test_a_date_alone_stays_a_day_and_compares_with_moments():
    article = Article("a", "Text.", published=date(2024, 2, 26))
    assert isinstance(article.published, Day)
    assert str(article.published) == article.published.isoformat() == "2024-02-26"
    assert article.published == datetime(2024, 2, 26, tzinfo=UTC)
    assert article.published < datetime(2024, 2, 26, 1, tzinfo=timezone(timedelta(minutes=30)))
    assert article.published.end == datetime(2024, 2, 26, 23, 59, 59, 999999, tzinfo=UTC)


def test_a_moment_without_a_zone_is_in_utc_and_another_zone_is_kept():
    naive, paris = (
        datetime(2024, 2, 26, 9),
        datetime(2024, 2, 26, 9, tzinfo=ZoneInfo("Europe/Paris")),
    )
    assert Article("a", "Text.", published=naive).published == naive.replace(tzinfo=UTC)
    assert Article("a", "Text.", published=paris).published.utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-02-26", Day(2024, 2, 26, tzinfo=UTC)),
        (" 20240226 ", Day(2024, 2, 26, tzinfo=UTC)),
        ("2024-02-26T10:00Z", datetime(2024, 2, 26, 10, tzinfo=UTC)),
        ("2024-02-26 10:00:00", datetime(2024, 2, 26, 10, tzinfo=UTC)),
    ],
)
def test_iso_dates_are_read(text, moment):
    assert parse_iso(text) == moment
    assert type(parse_iso(text)) is type(moment)


@given(st.datetimes(timezones=st.timezones()))
@example(datetime(2036, 3, 9, 2, tzinfo=ZoneInfo("America/Adak")))  # a time that the clocks skip
@example(datetime(2036, 11, 2, 1, tzinfo=ZoneInfo("America/Adak"), fold=1))  # one that comes twice
def test_what_is_written_as_iso_is_read_as_the_same_moment(moment):
    moment = aware(moment)
    again = parse_iso(moment.isoformat())
    assert (again, again.utcoffset()) == (moment, moment.utcoffset())
    day = Day.of(moment.date())
    assert repr(parse_iso(day.isoformat())) == repr(day)


def test_the_date_to_show_is_of_publication_else_of_the_update():
    first, second = date(2024, 1, 1), date(2024, 1, 2)
    assert Article("a", "Text.", published=first, updated=second).date == Day.of(first)
    assert Article("a", "Text.", updated=second).date == Day.of(second)
    assert Article("a", "Text.").date is None


def test_an_author_alone_is_one_author_and_blanks_are_not_known():
    article = Article("a", "Text.", authors="Ada Marsh", source=" ", url="", title=None)
    assert article.authors == ("Ada Marsh",)
    assert (article.source, article.url, article.title) == (None, None, "")
    assert Article("a", "Text.", authors=None).authors == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"text": " \n"},
        {"id": ""},
        {"text": b"bytes"},
        {"published": "2024-02-26"},
        {"authors": 5},
        {"authors": [None]},
        {"source": 5},
        {"title": "half \ud800 a character"},
        {"authors": ["\udfff"]},
    ],
    ids=lambda fields: "-".join(fields),
)
def test_what_is_no_article_is_refused_with_its_place(fields):
    with pytest.raises(ArticleError, match=r"^http://x/1: ") as caught:
        Article(**({"id": "a", "text": "Text.", "url": "http://x/1"} | fields))
    assert "\n" not in str(caught.value)


def test_ids_are_stable_and_tell_urls_apart():
    assert make_id("https://a.example/1") == "d817b80f9a5befb9"
    assert make_id("https://a.example/1") != make_id("https://a.example/2")


@given(TEXTS, st.data())
def test_a_citation_of_the_text_at_its_place_is_made(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = Citation(1, text[start:end], start, end, Article("a", text))
    assert citation.article.text[citation.start : citation.end] == citation.quote


@given(TEXTS, st.integers(-9, 99), st.integers(-9, 99), st.data())
def test_no_citation_has_another_place_or_quote(text, start, end, data):
    article = Article("a", text)
    inside = 0 <= start < end <= len(text)
    quote = data.draw(st.sampled_from([text[start:end], text, text.upper(), text[:1], ""]))
    if inside and quote == text[start:end]:
        assert Citation(1, quote, start, end, article)
    else:
        with pytest.raises(ValueError, match="is not the text of article a at"):
            Citation(1, quote, start, end, article)


def test_a_place_counted_from_the_end_is_no_citation():
    article = Article("a", "The dam holds.")
    for start, end in ((-6, 14), (8, 99), (8, -1)):
        quote = article.text[start:end]
        assert quote
        with pytest.raises(ValueError, match="not the text"):
            Citation(1, quote, start, end, article)


def test_filters_take_text_dates_and_one_name():
    filters = Filters(sources="AP", since="2024-02-01", until=date(2024, 2, 3))
    assert filters.sources == ("AP",)
    assert filters.since == datetime(2024, 2, 1, tzinfo=UTC)
    assert filters.until == datetime(2024, 2, 3, 23, 59, 59, 999999, tzinfo=UTC)
    assert Filters(since="2024-02-01", until="2024-02-01")


def test_filters_without_limits_are_false():
    assert not Filters()
    assert not Filters(sources=[], languages=(), since="", until=None)
    assert Filters(languages=["en"])
    assert Filters(until="2024-02-01")


@pytest.mark.parametrize(
    "fields",
    [
        {"since": "yesterday"},
        {"until": 2024},
        {"since": "2024-02-02", "until": "2024-02-01"},
        {"sources": [5]},
        {"languages": ["\ud800"]},
    ],
)
def test_filters_that_cannot_be_used_say_so(fields):
    with pytest.raises(ConfigError):
        Filters(**fields)
