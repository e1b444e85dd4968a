"""Plain text and Markdown."""

from __future__ import annotations

import re

from rag.ingest.encoding import clean, decode
from rag.ingest.fields import Origin, build, known, recognise
from rag.types import Article, Skipped

_LONGEST_TITLE = 120
_LONGEST_HEADER = 100  # lines of front matter

_SENTENCE_END = tuple(".!?…:;,。！？")
_HEADING = re.compile(r"^ {0,3}#[ \t]+(.+)$", re.MULTILINE)
_SETTING = re.compile(r"([A-Za-z][\w .-]{0,40}?)[ \t]*:(?:[ \t]+(.*))?")
_LIST_ITEM = re.compile(r"\s*-[ \t]+(.*)")
_ESCAPED = re.compile(r'\\(["\\/])')


def read_text(data: bytes, origin: Origin) -> Article | Skipped:
    """The article in a text file; a short first line with a blank one after it is its title."""
    text = clean(decode(data))
    first, _, rest = text.lstrip("\n").partition("\n")
    first = first.strip()
    headline = len(first) <= _LONGEST_TITLE and not first.endswith(_SENTENCE_END)
    return build(text, {"title": [first]} if headline and rest[:1] == "\n" else {}, origin)


def read_markdown(data: bytes, origin: Origin) -> Article | Skipped:
    """The article in a Markdown file, as it stands but for its front matter."""
    text = clean(decode(data))
    settings, text = _front_matter(text)
    values = recognise(settings)
    if "title" not in values:
        heading = _HEADING.search(text.partition("```")[0])  # in code, # begins a comment
        if heading:
            title, _, closing = heading[1].strip().rpartition(" ")
            values["title"] = [title if closing.strip("#") == "" else heading[1]]
    return build(text, values, origin)


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    """The settings between two lines of --- at the top, and what follows them.

    Simple YAML is read: values, lists of values and quoted values. A text that merely opens
    with a rule has none, and stays whole.
    """
    lines = text.split("\n", _LONGEST_HEADER)
    if lines[0].rstrip() != "---":
        return {}, text
    settings: dict[str, object] = {}
    name = ""
    for number, line in enumerate(lines[1:_LONGEST_HEADER], 1):
        line = line.rstrip()
        if line in ("---", "..."):
            if not any(map(known, settings)):
                break
            return settings, "\n".join(lines[number + 1 :]).lstrip("\n")
        setting = _SETTING.fullmatch(line)
        item = _LIST_ITEM.fullmatch(line)
        if setting:
            name = setting[1]
            settings[name] = _scalar(setting[2] or "")
        elif item and name:
            items = settings[name]
            settings[name] = [*(items if isinstance(items, list) else ()), _scalar(item[1])]
        elif line and not line.startswith((" ", "\t", "#")):
            break
    return {}, text


def _scalar(value: str) -> object:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value, quote = value[1:-1], value[0]
        return _ESCAPED.sub(r"\1", value) if quote == '"' else value.replace("''", "'")
    if value.startswith("[") and value.endswith("]"):
        return [_scalar(part) for part in value[1:-1].split(",") if part.strip()]
    return value
