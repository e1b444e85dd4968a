"""From named values, wherever they stand, to an Article.

Records, front matter and web pages call the same thing by many names, and wrap it in lists and
objects; here they become the fields of an Article, cleaned, or the reason why they cannot.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

from rag.ingest import language
from rag.ingest.dates import parse_date
from rag.ingest.encoding import clean
from rag.types import Article, Skipped, make_id

_T = TypeVar("_T")

# In order of preference, as letters and digits only: "Published_At" and "publishedAt" are one.
NAMES = {
    "text": "fulltext text contenttext body articlebody bodytext maintext content article story "
    "contenthtml bodyhtml html",
    "title": "headline title",
    "published": "publishedat datepublished published publishdate publisheddate publicationdate "
    "publishedon publishtime pubdate firstpublished dategmt date createdat datecreated created",
    "updated": "updatedat dateupdated updated modifiedat datemodified modifiedgmt modified "
    "lastmodified lastupdated lastmod",
    "source": "source outlet publisher publication newspaper sitename site",
    "url": "url link canonicalurl articleurl weburl permalink",
    "authors": "authors author byline creator",
    "language": "language lang inlanguage",
    "section": "section sectionname articlesection category",
    "id": "id guid",
}
_FIELD = {name: field for field, names in NAMES.items() for name in names.split()}
_RANK = {name: rank for names in NAMES.values() for rank, name in enumerate(names.split())}
_INSIDE = ("name", "rendered", "value", "text", "html", "content", "title", "href", "url", "$date")

_LONGEST_LINE = 500
_LONGEST_ID = 200
_MARKUP = re.compile(
    r"</(?:p|div|a|b|i|u|h[1-6]|ul|ol|li|em|strong|span|blockquote|table|figure)\s*>"
    r"|<(?:p|br|hr|img|div|li)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BETWEEN_AUTHORS = re.compile(r"\s*[;|\n]\s*")
_QUOTED = re.compile(r"""(['"])(.+?)\1(?=\s*[,\]])""")
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid)(?:=|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something was read from, and the most bytes that one article may have.

    `uri` is that of a file which holds one article and whose text may change.
    """

    where: str
    limit: int
    uri: str | None = None

    def at(self, place: str | int) -> Origin:
        """One record inside of this origin."""
        return replace(self, where=f"{self.where}:{place}", uri=None)

    def skip(self, why: str) -> Skipped:
        """The report that this was not added."""
        return Skipped(self.where, why)

    def too_large(self, size: int) -> Skipped:
        """The report that this is more than one article may be."""
        why = f"{size:,} bytes, more than the {self.limit:,} that one article may have"
        return self.skip(f"{why}; split it into one article a file, or a line of a .jsonl")


def known(name: str) -> str | None:
    """The field of an Article that goes by this name, None for other names."""
    return _FIELD.get(_plain(name))


def recognise(record: Mapping[str, object]) -> dict[str, list[object]]:
    """For each field of an Article the values that a record has for it, the likeliest first."""
    found: dict[str, list[tuple[int, object]]] = {}
    for name, value in record.items():
        plain = _plain(name)
        if plain in _FIELD and value not in (None, "", [], {}):
            found.setdefault(_FIELD[plain], []).append((_RANK[plain], value))
    return {
        field: [value for _, value in sorted(values, key=lambda pair: pair[0])]
        for field, values in found.items()
    }


def from_record(record: Mapping[str, object], origin: Origin) -> Article | Skipped:
    """The article that a record holds, its markup turned into text."""
    values = recognise(record)
    # A text beside its own summary or opening is the longer of the two.
    text = max((body(value) for value in values.get("text", ())), key=len, default="")
    if not text.strip():
        names = ", ".join(filter(None, (_line(name) for name in list(record)[:8])))
        if any(known(name) == "text" for name in record):
            return origin.skip(f"no text in its fields: {names}")
        return origin.skip(f"no text, only: {names}" if names else "no text")
    return build(text, values, origin)


def build(text: str, values: Mapping[str, list[object]], origin: Origin) -> Article | Skipped:
    """An article of a text and of what is known of it, or why it is none."""
    text = clean(text)
    if not text.strip():
        return origin.skip("empty")
    if len(text) * 4 > origin.limit:
        size = len(text.encode())
        if size > origin.limit:
            return origin.too_large(size)
    title = _first(values, "title", _line) or ""
    url = _first(values, "url", _url)
    own_id = _first(values, "id", _own_id)
    if own_id and own_id.isdigit() and url:
        own_id = None  # a row number, which the next export gives to another article
    return Article(
        id=own_id or make_id(canonical(url) if url else origin.uri or f"{title}\n{text}"),
        text=text,
        title=title,
        url=url,
        source=_first(values, "source", _line),
        authors=_first(values, "authors", _authors) or (),
        published=_first(values, "published", _date),
        updated=_first(values, "updated", _date),
        language=_first(values, "language", _language) or language.detect(text),
        section=_first(values, "section", _line),
    )


def canonical(url: str) -> str:
    """The URL under which an article is the same: no fragment, no tracking, host in lower case."""
    parts = urlsplit(url)
    query = "&".join(part for part in parts.query.split("&") if not _TRACKING.match(part))
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, query, ""))


def body(value: object) -> str:
    """The text in a value: of a string, of a list of paragraphs, or of an object around one."""
    if isinstance(value, list):
        return "\n\n".join(filter(None, map(body, _flat(value))))
    text = _inside(value)
    if not isinstance(text, str):
        return ""  # a number is no article
    if _MARKUP.search(text):
        from rag.ingest.markup import to_text  # lxml is only loaded where it is needed

        return to_text(text)
    return html.unescape(text) if _ENTITY.search(text) else text


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _first(
    values: Mapping[str, list[object]], field: str, convert: Callable[[object], _T | None]
) -> _T | None:
    """The first of a field's values that can be used."""
    return next(filter(None, map(convert, values.get(field, ()))), None)


def _flat(value: object, depth: int = 3) -> Iterator[object]:
    """The values in a list and in the lists inside of it, as far down as anybody would mean."""
    if not isinstance(value, list | tuple):
        yield value
    elif depth:
        for part in value:
            yield from _flat(part, depth - 1)


def _string(value: object) -> str:
    """The string or whole number that a value is or holds, as a string; else none."""
    value = _inside(value)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _inside(value: object) -> object:
    """What an object or a list is wrapped around, such as the name in {"name": ...}."""
    for _ in range(4):
        if isinstance(value, Mapping):
            value = next((value[key] for key in _INSIDE if value.get(key)), None)
        elif isinstance(value, list | tuple):
            value = value[0] if value else None
        else:
            break
    return value


def _line(value: object) -> str | None:
    """A value as one line of text, of 500 characters at most."""
    text = _string(value)[: _LONGEST_LINE * 8]
    if "<" in text or "&" in text:
        text = body(text)
    text = " ".join(clean(text).split())
    return text[:_LONGEST_LINE].rstrip() or None


def _authors(value: object) -> tuple[str, ...]:
    names = (name for part in _flat(value) for name in _author_names(part))
    return tuple(dict.fromkeys(filter(None, map(_line, names))))


def _author_names(value: object) -> Iterator[str]:
    text = _string(value)[: _LONGEST_LINE * 8].strip()
    if text.startswith("[") and text.endswith("]"):  # a list that was printed into a CSV
        yield from (match[2] for match in _QUOTED.finditer(text))
        return
    for name in _BETWEEN_AUTHORS.split(re.sub(r"(?i)^by[:\s]\s*", "", text)):
        if not name.startswith(("http://", "https://")):
            yield name


def _url(value: object) -> str | None:
    """A web address; anything else is none, since it may be followed by a click."""
    text = _string(value).strip()
    if not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def _own_id(value: object) -> str | None:
    text = _string(value).strip()
    return text if text.isprintable() and len(text) <= _LONGEST_ID else None


def _date(value: object) -> datetime | None:
    if isinstance(value, Mapping | list):
        return parse_date(_string(value))
    return parse_date(value)


def _language(value: object) -> str | None:
    return language.normalise(_string(value))
