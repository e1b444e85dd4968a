import io
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.encoding import Unreadable, clean, decode, open_text

SHORT = "café à Zürich, naïve – “quotes”"
GERMAN = (
    "Der Bürgermeister erklärte am Montag, dass die Brücke für größere Fahrzeuge gesperrt werde."
)
POLISH = (
    "Prezydent powiedział w poniedziałek, że ustawa zostanie przyjęta przed końcem września. "
    "Żadna z partii nie zgłosiła sprzeciwu, mimo że środki są ograniczone."
)
TURKISH = (
    "Cumhurbaşkanı pazartesi günü yaptığı açıklamada yasanın yıl sonundan önce kabul "
    "edileceğini söyledi. Hiçbir parti itiraz etmedi."
)
RUSSIAN = (
    "Президент заявил в понедельник, что закон будет принят до конца года. Ни одна из партий "
    "не выступила против, хотя средства ограничены."
)
JAPANESE = (
    "首相は月曜日、法律が年末までに成立すると述べた。どの政党も反対しなかったが、"
    "予算は限られている。次の会議は東京で開かれる予定だ。"
)
CHINESE = "总统星期一表示，该法律将在年底前通过。没有任何政党提出反对，下一次会议将在北京举行。"
GREEK = "Ο πρόεδρος δήλωσε τη Δευτέρα ότι ο νόμος θα εγκριθεί πριν από το τέλος του έτους."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SHORT, "utf-8"),
        (SHORT, "utf-8-sig"),
        (SHORT, "cp1252"),
        ("café à Zürich, naïve", "latin-1"),
        ("Ende: Café", "latin-1"),
        (GERMAN, "latin-1"),
        (GERMAN, "cp1252"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859_2"),
        (TURKISH, "cp1254"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (GREEK, "cp1253"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (CHINESE, "gb18030"),
        (SHORT, "utf-16"),
        (SHORT, "utf-16-le"),
        (SHORT, "utf-16-be"),
        (SHORT, "utf-32"),
        (SHORT, "utf-32-le"),
        (SHORT, "utf-32-be"),
    ],
)
def test_text_comes_out_right_from_its_encoding(text, encoding):
    assert clean(decode(text.encode(encoding))) == text


def test_utf8_cut_in_the_middle_of_a_letter_stays_utf8():
    assert decode("Zürich – né".encode()[:-1]) == "Zürich – n"


def test_a_foreign_byte_does_not_spoil_the_letters_around_it():
    assert decode("Zürich – “née” ".encode() + b"caf\xe9.") == "Zürich – “née” café."


def test_a_page_is_read_as_it_declares():
    text = "Ελλάδα"  # too short to guess from
    page = f'<meta charset="windows-1253"><p>{text}</p>'.encode("cp1253")
    assert text in decode(page, markup=True)
    page = f'<?xml version="1.0" encoding="iso-8859-7"?><p>{text}</p>'.encode("iso8859_7")
    assert text in decode(page, markup=True)


def test_a_page_that_declares_a_wrong_or_odd_encoding_is_read_all_the_same():
    for declared in ("utf-8", "unicode_escape", "no-such-thing", "utf-16"):
        page = f'<meta charset="{declared}"><p>{GERMAN} \\x41</p>'.encode("cp1252")
        assert GERMAN + " \\x41" in decode(page, markup=True)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"\x7fELF\x02\x01\x01" + bytes(100),
        b"%PDF-1.7\n1 0 obj << >> endobj",
        b"PK\x03\x04 word/document.xml",
        bytes((i * 7919 + 13) % 251 for i in range(4000)),
        bytes(1000),
        b"\xff\xfe" + Random(1).randbytes(400),
        b"\xfe\xff" + Random(2).randbytes(4000),
        b"\xef\xbb\xbf" + Random(3).randbytes(4000),
    ],
)
def test_binary_data_is_no_text(data):
    with pytest.raises(Unreadable, match="looks binary"):
        decode(data)


def test_a_stray_nul_does_not_make_a_text_binary():
    assert clean(
        decode(b"The bridge is\x00 closed for all of the winter, they said on Monday")
    ) == ("The bridge is closed for all of the winter, they said on Monday")


def test_cleaning_changes_line_ends_and_controls_but_no_letter():
    letters = "cafe\u0301 ﬁ Å \u00a0 \u200b “x” \u2028 𝒳"
    assert clean(f"\ufeff{letters}") == letters
    assert clean("a\r\nb\rc\fd\x85e\tf") == "a\nb\nc\nd\ne\tf"
    assert clean("a\x00b\x07c\x7fd\x9be\ud800f") == "abcdef"
    assert clean("  a\n\n \n") == "  a"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")


def opened(data):
    with open_text(io.BytesIO(data)) as stream:
        return stream.read()


def test_a_stream_keeps_its_encoding_when_the_first_odd_letter_comes_late():
    for encoding, text in (("cp1252", GERMAN), ("cp1251", RUSSIAN), ("utf-8", RUSSIAN)):
        ascii_before = "All quiet. " * 30_000
        data = (ascii_before + text).encode(encoding)
        assert opened(data) == ascii_before + text


def test_one_line_in_another_encoding_leaves_a_utf8_stream_utf8():
    data = f"{RUSSIAN}\n".encode() * 600 + b"caf\xe9\n" + f"{RUSSIAN}\n".encode()
    assert opened(data).splitlines()[-3:] == [RUSSIAN, "café", RUSSIAN]
    much_later = b"All quiet.\n" * 200_000
    assert opened(RUSSIAN.encode() + much_later + b"caf\xe9\n").startswith(RUSSIAN)


def test_a_stream_in_utf16():
    assert opened(SHORT.encode("utf-16")) == SHORT
