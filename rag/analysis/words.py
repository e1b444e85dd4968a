"""Words of a text as they are searched: lower case, without accents, cut to their stems."""

from __future__ import annotations

import re
from functools import cache

import tantivy

# "twelve" -> 12, "forty" -> 40
NUMBERS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: 10 * number
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), 2
    )
}
_WORD = re.compile(r"[a-z]+")
_DENIAL = re.compile(r"\b(?:not|no|never|none|nobody|neither|nor|without|cannot|n't)\b|n't\b")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
# Scripts without spaces between words are searched character by character.
_UNSPACED = re.compile(r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff])")
# An apostrophe and what follows it ("Macron's", "leaders'") is no part of a name.
_POSSESSIVE = re.compile(r"(?<=\w)['’]s?(?!\w)")
# "J. K." but not "plan B. A man".
_APART = re.compile(r"(?<=\b[A-Z]\.) (?=[A-Z]\.)")
_INITIALS = re.compile(r"(?<!\w)[A-Za-z](?:\.[A-Za-z])+(?!\w)")


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """The analysis that index and questions share."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("English"))
        .build()
    )


def figures(text: str) -> frozenset[str]:
    """The numbers that a text has, in digits and in words; "one" is mostly none."""
    words = {word for word in _WORD.findall(text.casefold()) if NUMBERS.get(word, 0) > 1}
    return frozenset(_FIGURE.findall(text)) | words


def denials(text: str) -> tuple[str, ...]:
    """The words of a text that turn what it says into its opposite, in order."""
    return tuple(_DENIAL.findall(text.casefold().replace("’", "'")))


def plain(text: str) -> str:
    """The text's letters and digits alone, in lower case, with a space between words."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def join_initials(text: str) -> str:
    """The text with initials next to each other: "J. K. Rowling" as "J.K. Rowling"."""
    return _APART.sub("", text)


def spaced(text: str) -> str:
    """The text made ready for the analyzer: unspaced scripts spaced, possessives and dots off.

    "U.S." is "US" too, and "J. K. Rowling" is "JK Rowling".
    """
    if "." in text:
        text = _INITIALS.sub(lambda match: match[0].replace(".", ""), join_initials(text))
    if "'" in text or "’" in text:
        text = _POSSESSIVE.sub(" ", text)
    return text if text.isascii() else _UNSPACED.sub(r" \1 ", text)


def stems(text: str) -> list[str]:
    """The searched words of a text, in order."""
    found: list[str] = analyzer().analyze(spaced(text))
    return found
