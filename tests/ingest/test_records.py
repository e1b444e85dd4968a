import csv
import gzip
import io
import json
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest import read_bytes
from rag.types import Article, Day, Skipped, make_id

DAY = Day(2024, 2, 26, tzinfo=UTC)


def items(data, name, **options):
    return list(read_bytes(data if isinstance(data, bytes) else data.encode(), name, **options))


def texts(data, name):
    return [item.text if isinstance(item, Article) else item.where for item in items(data, name)]


def one(record):
    (item,) = items(json.dumps(record), "a.jsonl")
    return item


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        ({"Headline": "Bridge"}, "title", "Bridge"),
        ({"title": "A &amp; <b>B</b>\n C"}, "title", "A & B C"),
        ({"date": "2024-02-26"}, "published", DAY),
        ({"Publish Date": "26/02/2024"}, "published", DAY),
        (
            {"published_at": "2024-02-26T10:00:00Z"},
            "published",
            datetime(2024, 2, 26, 10, tzinfo=UTC),
        ),
        (
            {"pubDate": "Mon, 26 Feb 2024 10:00:00 GMT"},
            "published",
            datetime(2024, 2, 26, 10, tzinfo=UTC),
        ),
        ({"published": 1708941600}, "published", datetime(2024, 2, 26, 10, tzinfo=UTC)),
        ({"created": "2024-02-01", "date": "2024-02-26"}, "published", DAY),
        ({"published": "soon", "date": "2024-02-26"}, "published", DAY),
        ({"modified": "2024-02-26"}, "updated", DAY),
        ({"modified": "2024-02-26"}, "published", None),
        ({"date": "2 days ago"}, "published", None),
        ({"outlet": "AP"}, "source", "AP"),
        ({"source": {"id": None, "name": "AP"}}, "source", "AP"),
        ({"link": "https://a.example/b"}, "url", "https://a.example/b"),
        ({"url": "javascript:alert(1)"}, "url", None),
        ({"url": "http://[broken"}, "url", None),
        ({"author": "By Ann Lee; Bo Ek"}, "authors", ("Ann Lee", "Bo Ek")),
        ({"authors": [{"name": "Ann Lee"}, {"name": "Bo Ek"}]}, "authors", ("Ann Lee", "Bo Ek")),
        ({"authors": "['Ann Lee', \"Pat O'Hara\"]"}, "authors", ("Ann Lee", "Pat O'Hara")),
        ({"byline": "Lee, Ann"}, "authors", ("Lee, Ann",)),
        ({"lang": "EN-us"}, "language", "en"),
        ({"category": ["Local", "Roads"]}, "section", "Local"),
        ({"id": 17}, "id", "17"),
        ({"guid": "tag:a,1"}, "id", "tag:a,1"),
        ({"id": "x" * 201, "guid": "g"}, "id", "g"),
    ],
)
def test_fields_are_recognised_by_their_many_names(record, field, value):
    assert getattr(one({"text": "The bridge will close.", **record}), field) == value


@pytest.mark.parametrize("name", ["text", "Content", "BODY", "article", "full text", "articleBody"])
def test_the_text_goes_by_many_names(name):
    assert (
        one({name: "The bridge will close.", "description": "x"}).text == "The bridge will close."
    )


def test_the_whole_text_is_taken_where_a_part_of_it_stands_beside_it():
    record = {"text": "The bridge will …", "content": "The bridge will close.", "body": None}
    assert one(record).text == "The bridge will close."


def test_markup_in_a_text_becomes_text():
    assert one({"content": "<p>One &amp; two.</p><p>Three.<br/>Four.</p>"}).text == (
        "One & two.\n\nThree.\nFour."
    )
    assert one({"text": "AT&amp;T said &quot;no&quot;"}).text == 'AT&T said "no"'
    plain = "If a < b and b > c, then R&D; and <so on>."
    assert one({"text": plain}).text == plain


def test_paragraphs_in_a_list_are_one_text():
    assert one({"text": ["One.", {"text": "Two."}, ["Three."]]}).text == "One.\n\nTwo.\n\nThree."


def test_an_id_comes_from_the_url_without_what_tracks_readers():
    ids = {
        one({"text": text, "url": url}).id
        for text, url in [
            ("First version.", "https://a.example/b?id=3"),
            ("Second version.", "HTTPS://A.example/b?utm_source=x&id=3&fbclid=y#top"),
            ("Third version.", "https://a.example/b?gclid=1&id=3"),
        ]
    }
    assert ids == {make_id("https://a.example/b?id=3")}
    assert one({"text": "x", "url": "https://a.example/b?id=4"}).id not in ids


def test_an_id_comes_from_title_and_text_where_nothing_else_is_known():
    first = one({"title": "A", "text": "Same."})
    assert first.id == one({"text": "Same.", "headline": "A", "source": "AP"}).id
    assert first.id != one({"title": "B", "text": "Same."}).id


def test_a_broken_line_is_reported_by_its_number_and_the_rest_goes_on():
    data = (
        '{"text": "First."}\n\n{"text": "cut\n[1, 2]\n{"title": "no text", "lead": "x"}\n'
        + "[" * 100_000
        + '\n{"text": "Last.", "n": '
        + "9" * 5_000
        + '}\n{"text": "Last."}'
    )
    found = items(data, "a.jsonl")
    assert [item.where if isinstance(item, Skipped) else item.text for item in found] == [
        *("First.", "a.jsonl:3", "a.jsonl:4", "a.jsonl:5", "a.jsonl:6", "a.jsonl:7", "Last.")
    ]
    assert found[1].why.startswith("not JSON")
    assert found[2].why == "list, not an object with fields"
    assert found[3].why == "no text, only: title, lead"


def test_half_a_line_tells_where_it_breaks_off():
    (found,) = items('{"text": "half', "a.jsonl")
    assert found.why == "not JSON: Unterminated string starting at character 10"


def test_a_record_whose_text_is_no_text_is_reported_by_its_fields():
    for text in (12, True, "", " ", [3], {"rendered": 4}, None):
        found = items(json.dumps({"title": "A", "text": text}), "a.jsonl")
        assert [item.why for item in found] == ["no text in its fields: title, text"]
    assert one({"text": ["A paragraph.", "Another."], "title": 12}).title == "12"


def test_too_large_articles_are_reported_and_the_rest_goes_on():
    lines = [{"text": "First."}, {"text": "x" * 2000}, {"text": "y" * 20_000}, {"text": "Last."}]
    rows = [["text"], *([line["text"]] for line in lines)]
    sheet = io.StringIO()
    csv.writer(sheet).writerows(rows)
    for name, data in [
        ("a.jsonl", "\n".join(map(json.dumps, lines))),
        ("a.json", json.dumps(lines)),
        ("a.csv", sheet.getvalue()),
    ]:
        found = items(data, name, max_article_bytes=1000)
        assert [type(item) for item in found] == [Article, Skipped, Skipped, Article]
        assert "2,000 bytes, more than the 1,000" in found[1].why
        assert "more than 4,000 characters" in found[2].why


json_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda text: text.strip() and not set("<&") & set(text)
)


@settings(deadline=None)
@given(st.lists(st.tuples(json_text, json_text, st.booleans()), min_size=1, max_size=5))
def test_records_come_back_from_every_format(records):
    rows = [{"headline": title, "body": f"{text}\n\n“{text}”"} for title, text, _ in records]
    escaped = records[0][2]
    lines = "\n".join(json.dumps(row, ensure_ascii=escaped) for row in rows)
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, ["headline", "body"])
    writer.writeheader()
    writer.writerows(rows)
    wanted = [(" ".join(row["headline"].split())[:500], row["body"]) for row in rows]
    for name, data in [
        ("a.jsonl", lines),
        ("a.json", json.dumps(rows, ensure_ascii=escaped, indent=1)),
        ("a.json", json.dumps({"status": "ok", "articles": rows}, ensure_ascii=escaped)),
        ("a.json", lines),
        ("a.csv", sheet.getvalue()),
    ]:
        found = items(data, name)
        assert [(item.title, item.text) for item in found] == [
            (title.rstrip(), text.removeprefix("\ufeff").rstrip()) for title, text in wanted
        ]


@pytest.mark.parametrize(
    "data",
    [
        [{"text": "One."}, {"text": "Two."}],
        {"articles": [{"text": "One."}, {"text": "Two."}]},
        {"status": "ok", "Results": [{"text": "One."}, {"text": "Two."}], "next": None},
        {"response": {"docs": [{"text": "One."}, {"text": "Two."}], "numFound": 2}},
        {"hits": {"total": {"value": 2}, "hits": [{"text": "One."}, {"text": "Two."}]}},
        {"a1": {"text": "One."}, "a2": {"text": "Two."}},
    ],
)
def test_json_in_its_usual_shapes(data):
    for layout in (None, 2):
        assert texts(json.dumps(data, indent=layout), "a.json") == ["One.", "Two."]
        assert texts(json.dumps(data, indent=layout), "a.jsonl")[-2:] == ["One.", "Two."] or (
            layout is None and isinstance(data, dict)
        )


def test_one_object_is_one_article():
    record = {"title": "Bridge", "text": "One.", "data": {"likes": 3}, "items": ["a", "b"]}
    (article,) = items(json.dumps(record), "a.json")
    assert (article.title, article.text) == ("Bridge", "One.")


def test_a_wordpress_export():
    record = {
        "id": 5,
        "date": "2024-02-26T10:00:00",
        "date_gmt": "2024-02-26T09:00:00",
        "modified_gmt": "2024-02-27T09:00:00",
        "link": "https://a.example/p",
        "title": {"rendered": "Bridge &#8211; closed"},
        "content": {"rendered": "<p>One.</p>", "protected": False},
    }
    (article,) = items(json.dumps([record]), "a.json")
    assert (article.title, article.text) == ("Bridge – closed", "One.")
    assert article.published == datetime(2024, 2, 26, 9, tzinfo=UTC)
    assert article.updated == datetime(2024, 2, 27, 9, tzinfo=UTC)


def test_a_broken_element_of_a_list_is_reported_and_the_rest_goes_on():
    data = '[{"text": "One."}, {"text": nope}, 3, {"title": "x"}, {"text": "Two."},]'
    assert texts(data, "a.json") == [
        *("One.", "a.json:record 2", "a.json:record 3", "a.json:record 4", "Two.")
    ]


@pytest.mark.parametrize("end", ['{"text": "cut', '{"text": "a", ', "", '{"text": {"a": [1'])
def test_json_cut_short_gives_what_is_whole(end):
    found = items('{"articles": [{"text": "One."}, ' + end, "a.json")
    assert found[0].text == "One."
    assert [item.why for item in found[1:]] in (
        ["the file ends in the middle of a record"],
        ["the file ends in the middle of a list"],
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", "hello"),
        ("a.json", "{}"),
        ("a.json", '{"articles": []}'),
        ("a.json", "[]"),
        ("a.json", "{name: 'x'}"),
        ("a.jsonl", "\n\n"),
        ("a.csv", "text,title\n"),
        ("a.csv", "a,b\n1,2\n"),
        ("a.csv", "\x00\x01\x02\x03" * 50),
        ("a.jsonl", "\x00\x01\x02\x03" * 50),
    ],
)
def test_a_file_without_articles_says_so_once(name, data):
    (item,) = items(data, name)
    assert isinstance(item, Skipped)
    assert item.why


def test_a_value_across_the_parts_in_which_a_file_is_read():
    text = 'a "quoted" \\ word {[, ' * 60_000  # more than a part of 1 MB, full of what can split
    data = json.dumps([{"text": text}, {"text": text}])
    assert [item.text for item in items(data, "a.json")] == [text.rstrip()] * 2


def test_a_csv_of_quoted_text_with_lines_and_commas():
    sheet = 'Headline,Body,Publish Date,Outlet\nA,"One, two.\n\n""Three.""",2024-02-26,AP\n'
    (article,) = items(sheet, "a.csv")
    assert (article.title, article.text) == ("A", 'One, two.\n\n"Three."')
    assert (article.published, article.source) == (DAY, "AP")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_columns_may_be_parted_by_other_marks(mark, name):
    sheet = f"title{mark}text{mark}date\nA{mark}One.{mark}2024-02-26\n"
    (article,) = items(sheet, name)
    assert (article.title, article.text, article.published) == ("A", "One.", DAY)


def test_a_broken_row_is_reported_by_its_line_and_the_rest_goes_on():
    sheet = 'title,text\nA,One.\nB,Two, three.\nC\nD,"Four.\nE,Five.\nF,"Six"x\nG,Seven.\n'
    found = items(sheet, "a.csv")
    assert [item.where if isinstance(item, Skipped) else item.text for item in found] == [
        *("One.", "a.csv:3", "a.csv:4", "a.csv:5", "Five.", "a.csv:7", "Seven.")
    ]
    assert found[1].why == "3 fields, and 2 in the header"


def test_a_long_csv_field_is_read():
    text = "A word and more. " * 20_000  # over the 131,072 characters of the csv module
    (article,) = items(f'title,text\nA,"{text}"\n', "a.csv")
    assert article.text == text.rstrip()


def test_a_csv_of_another_encoding_and_with_a_mark_in_front():
    sheet = "title;text\nBrücke;Die Brücke wird für größere Fahrzeuge gesperrt.\n"
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        (article,) = items(sheet.encode(encoding), "a.csv")
        assert article.title == "Brücke"
        assert article.text == "Die Brücke wird für größere Fahrzeuge gesperrt."


def test_a_file_that_is_no_jsonl_is_not_reported_line_by_line_for_ever():
    found = items("a line of a log\n" * 5_000, "a.jsonl")
    assert len(found) == 1_001
    assert "the rest is not tried" in found[-1].why
    good = '{"text": "One."}\n' + "broken\n" * 5_000 + '{"text": "Two."}\n'
    assert items(good, "a.jsonl")[-1].text == "Two."


def test_compressed_files_are_read():
    line = b'{"text": "The bridge will close."}\n'
    assert texts(gzip.compress(line * 3), "a.jsonl.gz") == ["The bridge will close."] * 3
    assert texts(gzip.compress(b"The bridge."), "A.TXT.GZ") == ["The bridge."]


def test_a_compressed_file_cut_short_gives_what_it_holds():
    data = gzip.compress(b"".join(b'{"text": "Number %d."}\n' % n for n in range(5_000)), 1)
    found = items(data[: len(data) // 2], "a.jsonl.gz")
    assert found[0].text == "Number 0."
    assert len(found) > 100
    assert found[-1].where.startswith("a.jsonl.gz")
    assert "damaged" in found[-1].why
    (item,) = items(gzip.compress(b"x" * 1000)[:-12], "a.txt.gz")
    assert "damaged" in item.why


def test_a_compressed_text_is_not_unpacked_beyond_the_limit():
    (item,) = items(gzip.compress(b"word " * 10_000_000), "a.txt.gz", max_article_bytes=1000)
    assert "more than the 1,000" in item.why


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_reading_takes_no_memory_for_what_has_been_read(name):
    rows = [{"title": str(number), "text": f"{number} word " * 500} for number in range(2_500)]
    if name == "a.csv":
        sheet = io.StringIO()
        csv.DictWriter(sheet, ["title", "text"]).writerows(
            [{"title": "title", "text": "text"}, *rows]
        )
        data = sheet.getvalue().encode()
    else:
        data = (json.dumps(rows) if name == "a.json" else "\n".join(map(json.dumps, rows))).encode()
    del rows
    reading = read_bytes(data, name)
    next(reading)  # loads what is loaded once
    tracemalloc.start()
    try:
        assert sum(1 for _ in reading) == 2_499
        assert tracemalloc.get_traced_memory()[1] < len(data) / 2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("a.json", b'[{"text": "One."}, {"text": "', b'"}, {"text": "Two."}]'),
        ("a.jsonl", b'{"text": "One."}\n{"text": "', b'"}\n{"text": "Two."}'),
        ("a.csv", b"title,text\nA,One.\nB,", b"\nC,Two.\n"),
        ("a.txt.gz", b"", b""),
    ],
)
def test_what_is_too_large_takes_no_memory(name, start, end):
    data = start + b"word " * 5_000_000 + end
    data = gzip.compress(data, 1) if name.endswith(".gz") else data
    found = items("title,text\nA,One.\n", "a.csv")  # loads what is loaded once
    tracemalloc.start()
    try:
        found = items(data, name, max_article_bytes=1000)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    assert [item.text for item in found if isinstance(item, Article)] == (
        [] if name == "a.txt.gz" else ["One.", "Two."]
    )
