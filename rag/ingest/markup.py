"""The text of HTML, as a browser would lay it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from rag.ingest.encoding import clean

# The tags of HTML, and of the tree that trafilatura gives.
_PARAGRAPHS = frozenset(
    "p div section article main header footer aside nav h1 h2 h3 h4 h5 h6 ul ol dl blockquote "
    "figure figcaption table pre hr address head list quote code".split()
)
_LINES = frozenset("br lb li item dt dd tr row option".split())
_CELLS = frozenset("td th cell".split())
_NO_TEXT = ("script", "style", "template", "noscript", "title")

_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(" {2,}")
_AROUND_TAB = re.compile(" ?\t ?")
_BLANK_LINES = re.compile(r"\n{3,}")


def to_text(markup: str) -> str:
    """The text of a piece of HTML, with a blank line between paragraphs."""
    tree = parse(f"<div>{clean(markup)}</div>")
    return "" if tree is None else flatten(tree)


def parse(source: str) -> Any:  # noqa: ANN401 - lxml has no types
    """The tree of a page, or None for one that has no element at all."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(source.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def flatten(tree: Any) -> str:  # noqa: ANN401
    """The text below an element, in lines and paragraphs as a browser would show them."""
    etree.strip_elements(tree, *_NO_TEXT, with_tail=False)
    text = _AROUND_TAB.sub("\t", _SPACES.sub(" ", "".join(_pieces(tree))))
    text = "\n".join(line.strip(" \t") for line in text.split("\n"))
    return clean(_BLANK_LINES.sub("\n\n", text).strip())


def _pieces(tree: Any) -> Iterator[str]:  # noqa: ANN401
    preformatted = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if tag == "pre":
            preformatted += 1 if event == "start" else -1
        if tag in _PARAGRAPHS:
            yield "\n\n"
        elif tag in _LINES and event == "start":
            yield "\n"
        elif tag in _CELLS and event == "end":
            yield "\t"
        piece = element.text if event == "start" else element.tail
        if piece and not (event == "end" and element is tree):
            yield piece if preformatted else _SPACE.sub(" ", piece)
