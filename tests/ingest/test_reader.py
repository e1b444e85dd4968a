import os
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import ArticleError
from rag.ingest import read, read_bytes
from rag.types import Article, Skipped, make_id

PAGE = (
    "<html><head><title>Bridge</title></head><body><h1>Bridge to close</h1>"
    "<p>The bridge over the Aln will close on Monday, the mayor of Alnwick said.</p>"
    "<p>Work will start in the first week of Mar"
)


def told(reader, folder):
    """What came of each place, with places relative to the folder."""
    return {
        item.where.removeprefix(f"{folder}/"): item.why
        for item in reader
        if isinstance(item, Skipped)
    }


def texts(reader):
    return [item.text for item in reader if isinstance(item, Article)]


def test_a_hostile_folder_is_read_to_its_end(tmp_path):
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "cut.html").write_text(PAGE)
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    with open(folder / "huge.txt", "wb") as file:
        file.truncate(50_000_000)
    (folder / "empty.txt").touch()
    (folder / "latin1.txt").write_bytes("Le café à Zürich".encode("latin-1"))
    (folder / "utf16.txt").write_bytes("Das Café – in Zürich".encode("utf-16"))
    (folder / "lines.jsonl").write_text('{"text": "One."}\n{"text": \n{"text": "Three."}\n')
    (folder / "loop").symlink_to(folder)
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing")
    (folder / "again.txt").symlink_to(folder / "latin1.txt")
    (folder / "deep").mkdir()
    (folder / "deep" / "up").symlink_to("..")
    (folder / "paper.docx").write_bytes(b"PK\x03\x04")
    (folder / "README").write_text("x")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / ".git").mkdir()
    (folder / ".git" / "hidden.txt").write_text("hidden")
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(folder)  # the address of a socket may not be long
        server.bind("socket.txt")

        reader = read(folder)
        assert texts(reader) == [
            "Le café à Zürich",
            "The bridge over the Aln will close on Monday, the mayor of Alnwick said.\n\n"
            "Work will start in the first week of Mar",
            *("One.", "Three."),
            "Das Café – in Zürich",
        ]
    why = told(read(folder), folder)
    assert list(why) == sorted(why)
    suffixes = ".csv .htm .html .json .jsonl .markdown .md .ndjson .tsv .txt .xhtml"
    assert why == {
        "README": f"files without a suffix are not read, only {suffixes}",
        "empty.txt": "empty",
        "gone.txt": "a link to nothing",
        "huge.txt": "50,000,000 bytes, more than the 10,000,000 that one article may have; "
        "split it into one article a file, or a line of a .jsonl",
        "lines.jsonl:2": "not JSON: Expecting value at character 11",
        "paper.docx": f".docx files are not read, only {suffixes}",
        "picture.txt": "looks binary (a picture)",
        "pipe.txt": "a named pipe, not a file",
        "self.txt": "a link that leads in a circle",
        "socket.txt": "a socket, not a file",
    }


def test_what_may_not_be_opened_is_skipped(tmp_path, monkeypatch):
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "closed.txt").write_text("x")
    (tmp_path / "folder" / "open.txt").write_text("Readable.")
    (tmp_path / "folder" / "shut").mkdir()
    (tmp_path / "folder" / "closed.txt").chmod(0)
    (tmp_path / "folder" / "shut").chmod(0)
    is_root = os.geteuid() == 0
    if is_root:  # to whom nothing is closed
        os.seteuid(65534)
    try:
        found = list(read("folder"))
    finally:
        if is_root:
            os.seteuid(0)
        (tmp_path / "folder" / "shut").chmod(0o700)
    assert [item for item in found if isinstance(item, Skipped)] == [
        Skipped("folder/closed.txt", "permission denied"),
        Skipped("folder/shut", "permission denied"),
    ]
    assert texts(found) == ["Readable."]


def test_a_name_that_is_no_text_can_still_be_reported(tmp_path):
    with open(os.fsencode(tmp_path) + b"/caf\xe9\n.txt", "wb"):
        pass
    (item,) = read(tmp_path)
    assert item.where.endswith("/caf\ufffd\ufffd.txt")
    assert item.why == "empty"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """a.txt, b.html, sub/c.txt, sub/deep/d.txt, and a link from sub/deep/up to the top."""
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    for name in ("a.txt", "sub/c.txt", "sub/deep/d.txt"):
        (tmp_path / name).write_text(f"Text of {name}")
    (tmp_path / "b.html").write_text(PAGE)
    (tmp_path / "sub" / "deep" / "up").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "sub"))
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("a.txt", ["a.txt"]),
        ("*.txt", ["a.txt"]),
        ("[a-b].txt", ["a.txt"]),
        ("s?b/*.txt", ["sub/c.txt"]),
        ("sub", ["sub/c.txt", "sub/deep/d.txt"]),
        ("sub/*", ["sub/c.txt", "sub/deep/d.txt"]),
        ("*/*.txt", ["sub/c.txt"]),
        ("**/*.txt", ["a.txt", "sub/c.txt", "sub/deep/d.txt"]),
        ("**/d.txt", ["sub/deep/d.txt"]),
        ("sub/**/deep/**", ["sub/deep/d.txt"]),
        ("~/c.txt", ["sub/c.txt"]),
        ("~/*.txt", ["sub/c.txt"]),
    ],
)
def test_patterns(tree, pattern, names):
    found = [text.removeprefix("Text of ") for text in texts(read(pattern))]
    wanted = [name for name in found if name in names]
    assert wanted == names
    if pattern not in ("sub", "sub/*", "sub/**/deep/**"):  # which the link leads out of
        assert found == names


def test_a_name_with_the_marks_of_a_pattern_is_a_name_first(tmp_path):
    (tmp_path / "a[1].txt").write_text("The bridge.")
    assert texts(read(tmp_path / "a[1].txt")) == ["The bridge."]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nothing.txt", "nothing.txt: does not exist"),
        ("*.nothing", "*.nothing: no file matches this pattern"),
        ("nowhere/*.txt", "nowhere/*.txt: no file matches this pattern"),
        ("", "source: no path is given"),
        ("a\0b", "a\ufffdb: not a path"),
        (
            "https://aln.example/a.html",
            "https://aln.example/a.html: addresses cannot be fetched yet; "
            "save the page as .html and add that file",
        ),
        (b"bytes", "source: bytes is neither a path nor an iterable of articles"),
        (3, "source: int is neither a path nor an iterable of articles"),
    ],
)
def test_a_source_that_cannot_be_used_raises(tree, source, message):
    with pytest.raises(ArticleError) as raised:
        read(source)
    assert str(raised.value) == message


def test_a_folder_without_files_is_reported(tmp_path):
    assert list(read(tmp_path)) == [Skipped(str(tmp_path), "no files in this folder")]


def test_articles_that_are_given_pass_unchanged():
    article = Article("a", "Text \r\n in no language  ")
    skipped = Skipped("there", "because")
    reader = read(iter([article, skipped, "a.txt", None]))
    found = list(reader)
    assert found[0] is article
    assert found[1] is skipped
    assert found[2:] == [
        Skipped("item 3", "str, not an Article"),
        Skipped("item 4", "NoneType, not an Article"),
    ]
    assert reader.fraction is None


def test_a_changed_file_keeps_its_id(tmp_path):
    path = tmp_path / "a b.txt"
    path.write_text("First version.")
    (first,) = read(path)
    path.write_text("Second version.")
    (tmp_path / "link.txt").symlink_to(path)
    (second,) = read(tmp_path / "link.txt")
    assert first.id == second.id == make_id(path.resolve().as_uri())
    assert first.url is None
    (uploaded,) = read_bytes(b"First version.", "a b.txt")
    assert uploaded.id != first.id


def test_the_fraction_grows_with_the_bytes_read(tmp_path):
    line = '{"text": "The bridge."}\n'
    (tmp_path / "a.jsonl").write_text(line * 10_000)
    (tmp_path / "b.txt").write_text("x" * 10_000)
    (tmp_path / "c.docx").write_text("x" * 50_000)
    reader = read(tmp_path)
    assert reader.fraction == 0
    fractions = [reader.fraction for _ in reader]
    assert fractions == sorted(fractions)
    assert fractions[0] < 0.1
    assert 0.4 < fractions[5_000] < 0.5
    assert reader.fraction == 1
    assert len(list(reader)) == 10_002


def test_an_uploaded_file_is_told_by_its_name():
    assert texts(read_bytes(b"The bridge.", "Notes.TXT")) == ["The bridge."]
    (item,) = read_bytes(b"x", "paper.pdf")
    assert item.where == "paper.pdf"
    assert item.why.startswith(".pdf files are not read")
    (item,) = read_bytes(b"x" * 101, "a.txt", max_article_bytes=100)
    assert item.why.startswith("101 bytes, more than the 100")


PIECES = st.sampled_from(
    [
        *(
            b"{",
            b"}",
            b"[",
            b"]",
            b'"',
            b":",
            b",",
            b"\\",
            b"\n",
            b"\r",
            b"\x00",
            b"\xe9",
            b"\x1b$B",
        ),
        *(b'"text"', b'"articles": [', b'"url": "http://[x"', b'"\\ud800"', b"1e999", b"null"),
        *(b"text,title\n", b"title;text;date\n", b"---\n", b"title: x\n", b"# H\n"),
        *(b"<html><body>", b"<p>", b"</p>", b"<div>", b"&amp;", b"&#xD800;"),
        b"The mayor said on Monday that it would close.",
        b'<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024"}',
        *(b"</script>", b'<meta charset="utf-16">', b'<link rel="canonical" href="http://[">'),
        *(b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"\xc3\xa9", b"\xe2\x80\xa8", b"\x85"),
    ]
)
SUFFIXES = ["txt", "md", "html", "jsonl", "json", "csv", "tsv", "txt.gz", "jsonl.gz", "docx"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(PIECES | st.binary(max_size=20), max_size=30).map(b"".join), st.sampled_from(SUFFIXES)
)
def test_any_bytes_give_articles_or_reasons(data, suffix):
    found = list(read_bytes(data, f"a.{suffix}", max_article_bytes=500))
    assert found
    for item in found:
        assert isinstance(item, Article | Skipped)
        if isinstance(item, Article):
            assert item.text.strip()
            assert len(item.text.encode()) <= 500
        else:
            assert item.where.startswith(f"a.{suffix}")
            assert item.why
            assert item.why.isprintable()


def test_the_items_of_a_list_are_counted():
    reader = read([Article("a", "One."), Article("b", "Two.")])
    shares = [reader.fraction for _ in reader]
    assert shares == [0.5, 1.0]
    assert reader.fraction == 1.0
