"""Bytes to text: which encoding they are in, and the few repairs that text needs.

Bytes are taken for, in this order: what their byte order mark says, UTF-16 or UTF-32 without
one, UTF-8, what an HTML page declares, UTF-8 with a few broken bytes, and last the encodings of
before Unicode, told apart by how the bytes are spread and by the language that comes out.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
import zlib
from typing import BinaryIO, TextIO

from rag.ingest.language import detect

_END = "unexpected end of data"  # the reason that Python's decoder gives
_SAMPLE = 65_536  # bytes that are enough to tell an encoding
_CHUNK = 1 << 20

_MARKS = (  # UTF-32's mark begins with that of UTF-16, so it stands first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
)

# What no text holds; tab, line ends, form feed and the escapes of ISO-2022 are let through.
_CONTROL_BYTES = bytes(set(range(32)) - {*b"\t\n\v\f\r\x1b"}) + b"\x7f"
_MOST_CONTROLS = 0.02  # random bytes have .1, a text with a stray NUL far less
_MOST_STRANGE = 0.05  # random bytes read as UTF-16 have .15, a text with symbols of its own less

_LATIN = {  # languages whose letters Windows-1252 lacks, and the two encodings they come in
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "hr", "bs", "sl"), ("cp1250", "iso8859_2")),
    **dict.fromkeys(("tr", "az", "ku"), ("cp1254", "cp1254")),
    **dict.fromkeys(("lt", "lv", "ltg", "et"), ("cp1257", "iso8859_13")),
}
_NOT_LATIN = [
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
    *("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5"),
    *("cp1253", "cp1255", "cp1256", "cp874"),
]
_DECLARED = re.compile(
    rb"""<(?:meta\b[^<>]{0,300}?\bcharset|\?xml\b[^<>]{0,200}?\bencoding)\s*=\s*["']?\s*"""
    rb"""([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# What pages call them, and what browsers therefore read them as.
_WIDER = {
    **dict.fromkeys(("ascii", "us-ascii", "latin1", "latin-1", "iso-8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "hz-gb-2312"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "windows-949"), "cp949"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620"), "cp874"),
    "big5": "big5hkscs",
    "x-mac-roman": "mac_roman",
}
# Python knows codecs that are no alphabets ("unicode_escape", "idna"), which a page could name.
_ALPHABETS = re.compile(r"cp\d+|iso8859|koi8|gb|big5|euc_|shift_jis|iso2022_jp|mac-|utf-(?!7)")

_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x85]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


class Unreadable(Exception):
    """What was given cannot be read as an article, for the reason that is its message."""


def decode(data: bytes, *, markup: bool = False) -> str:
    """The text that the bytes hold; with `markup`, as HTML or XML may declare it.

    Raises Unreadable for bytes that are no text.
    """
    encoding, errors = sniff(data, markup=markup)
    text = data.decode(encoding, errors)
    if _controls(text[:_SAMPLE].encode("utf-8", "surrogatepass")) > _MOST_CONTROLS:
        raise Unreadable("looks binary")
    return text


def clean(text: str) -> str:
    r"""The text with its line ends as \n, and without characters that are no text.

    Removed are a byte order mark in front, control characters other than tab and \n, lone
    surrogates, and white space at the end. No letter is changed: quotes have to be verbatim.
    """
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    return _NOT_TEXT.sub("", text).rstrip()


def open_text(stream: BinaryIO) -> TextIO:
    """A stream of bytes as a stream of text, its line ends as they are.

    The stream is read once in full to find its encoding: a first byte outside of ASCII may come
    late, and a wrong guess would spoil all that follows. Raises Unreadable for a binary stream.
    """
    try:
        encoding, errors = _sniff_all(stream)
    except (EOFError, zlib.error):  # compressed data cut short: what is left is worth reading
        encoding, errors = "utf-8", "western"
    stream.seek(0)
    return io.TextIOWrapper(stream, encoding, errors, newline="")


def sniff(data: bytes, *, markup: bool = False) -> tuple[str, str]:
    """The name of the encoding that the bytes are in, and how to treat their errors.

    Raises Unreadable for bytes that are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            if _strange(data[:_SAMPLE].decode(encoding, "replace")) > _MOST_STRANGE:
                raise Unreadable("looks binary")
            return encoding, "replace"
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise Unreadable(f"looks binary ({what})")
    head = data[:_SAMPLE]
    wide = _wide(head)
    if wide:
        return wide, "replace"
    if _controls(head) > _MOST_CONTROLS:
        raise Unreadable("looks binary")
    if b"\x1b$" in head and _decodes(data, "iso2022_jp"):
        return "iso2022_jp", "strict"
    if _decodes(data, "utf-8"):
        return "utf-8", "strict"
    # UTF-8 with a cut or foreign byte here and there: its many-byte letters outnumber these.
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(re.findall(r"[^\x00-\x7f]", text)) - broken
    if whole > broken or _cut(data) > (0 if whole else 1):
        return "utf-8", "western"
    encoding = (_declared(data) if markup else None) or _before_unicode(data)
    return encoding, "western" if encoding == "cp1252" else "replace"


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by where the NUL bytes stand."""
    if not head.count(0) * 5 > len(head):
        return None
    head = head[: len(head) // 4 * 4]
    nul = [head[i::4].count(0) * 4 / max(len(head), 1) for i in range(4)]
    for encoding, empty, full in (
        ("utf-32-le", (2, 3), (0,)),
        ("utf-32-be", (0, 1), (3,)),
        ("utf-16-le", (1, 3), (0, 2)),
        ("utf-16-be", (0, 2), (1, 3)),
    ):
        if min(nul[i] for i in empty) > 0.4 and max(nul[i] for i in full) < 0.1:
            return encoding
    return None


def _controls(data: bytes) -> float:
    """The share of the bytes that are control characters."""
    return 1 - len(data.translate(None, _CONTROL_BYTES)) / len(data) if data else 0.0


def _strange(text: str) -> float:
    """The share of the characters that are no letters or signs of any script."""
    kinds = [unicodedata.category(c) for c in text]
    strange = sum(kind in ("Cn", "Co", "Cs") for kind in kinds) + text.count("\ufffd")
    return strange / len(text) if text else 0.0


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _cut(data: bytes) -> int:
    """The bytes of the last character, where all that is wrong as UTF-8 is that it is cut."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(data) - error.start if error.reason == _END else 0
    return 0


def _declared(data: bytes) -> str | None:
    """The encoding that a page says it is in, where Python knows it and the bytes agree."""
    match = _DECLARED.search(data[:_SAMPLE])
    if not match:
        return None
    name = match[1].decode("ascii", "ignore").lower()
    try:
        name = codecs.lookup(_WIDER.get(name, name)).name
    except LookupError:
        return None
    name = _WIDER.get(name, name)
    if not _ALPHABETS.match(name):
        return None
    if name == "cp1252":
        return name
    return name if data.decode(name, "replace").count("\ufffd") * 200 < len(data) else None


def _before_unicode(data: bytes) -> str:
    """The likeliest encoding of text that is not Unicode; Windows-1252 where in doubt.

    In Latin script the letters outside of ASCII stand apart; in all others they stand together.
    """
    first = re.search(rb"[\x80-\xff]", data)
    start = max(0, first.start() - 100) if first else 0
    sample = data[start : start + _SAMPLE]
    runs = sum(len(run) for run in re.findall(rb"[\x80-\xff]{3,}", sample))
    if runs * 2 > len(re.findall(rb"[\x80-\xff]", sample)):
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_isolation=_NOT_LATIN).best()
        if best is not None:
            return str(best.encoding)
    language = detect(sample.decode("cp1252", "western"))
    windows, iso = _LATIN.get(language or "", ("cp1252", "cp1252"))
    # Only the Windows encodings have letters and quotation marks from 80 to 9F.
    return windows if re.search(rb"[\x80-\x9f]", data) else iso


def _sniff_all(stream: BinaryIO) -> tuple[str, str]:
    """As `sniff`, for all that a stream holds: its beginning, else the first part that differs."""
    chunk = stream.read(_SAMPLE)
    encoding, errors = sniff(chunk)
    if encoding != "utf-8":
        return encoding, errors
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = False
    while chunk:
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return ("utf-8", "western") if is_utf8 else sniff(chunk + stream.read(_SAMPLE))
        is_utf8 = is_utf8 or not chunk.isascii()
        chunk = stream.read(_CHUNK)
    return "utf-8", "western"


def _western(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that do not decode as Windows-1252; drop its gaps and a cut last character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.reason == _END:
        return "", error.end
    return error.object[error.start : error.end].decode("cp1252", "ignore"), error.end


codecs.register_error("western", _western)
