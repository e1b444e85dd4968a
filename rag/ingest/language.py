"""The language of an article: as it is declared, else as its words show."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_SAMPLE = 500  # characters; more changes nothing on news and costs time
_FEWEST_LETTERS = 40  # as bytes of UTF-8, since scripts of more bytes tell more by a letter
_LEAST_CONFIDENCE = 0.5

_CODE = re.compile(r"([a-z]{2,3})(?:[-_@.].*)?", re.DOTALL)
_NAMES = {
    name: code
    for code, names in {
        "ar": "ara arabic",
        "cs": "ces cze czech",
        "da": "dan danish",
        "de": "deu ger german deutsch",
        "el": "ell gre greek",
        "en": "eng english",
        "es": "spa spanish español",
        "fa": "fas per persian farsi",
        "fi": "fin finnish",
        "fr": "fra fre french français",
        "he": "heb iw hebrew",
        "hi": "hin hindi",
        "hu": "hun hungarian",
        "id": "ind in indonesian",
        "it": "ita italian italiano",
        "ja": "jpn japanese",
        "ko": "kor korean",
        "nl": "nld dut dutch",
        "no": "nor nob nb norwegian",
        "pl": "pol polish",
        "pt": "por portuguese português",
        "ro": "ron rum romanian",
        "ru": "rus russian",
        "sv": "swe swedish",
        "tr": "tur turkish",
        "uk": "ukr ukrainian",
        "vi": "vie vietnamese",
        "zh": "zho chi cmn chinese",
    }.items()
    for name in names.split()
}
_NONE = "zxx"  # the label for text in no language
_UNKNOWN = {"und", "mul", "mis", _NONE}


def normalise(declared: str | None) -> str | None:
    """The ISO 639 code in what a language is declared as ("en-US" is "en"), None for others."""
    declared = (declared or "").strip().lower()
    match = _CODE.fullmatch(declared)
    code = match[1] if match else declared
    code = _NAMES.get(code, code)
    return code if re.fullmatch(r"[a-z]{2,3}", code) and code not in _UNKNOWN else None


def detect(text: str) -> str | None:
    """The language that a text's first 500 characters are in, None where it cannot be told."""
    sample = text[:_SAMPLE]
    if len("".join(filter(str.isalpha, sample)).encode(errors="replace")) < _FEWEST_LETTERS:
        return None
    language, confidence = _identifier().classify(sample)
    return str(language) if confidence >= _LEAST_CONFIDENCE and language != _NONE else None


@cache
def _identifier() -> Any:  # noqa: ANN401 - py3langid has no types
    """The model of py3langid, restricted to the languages with a two-letter code.

    An own instance, so that nobody's choice of languages in the module reaches here. It takes
    about a second to load, and .3 ms for an article.
    """
    import numpy as np
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    labels = [label for label in identifier.labels if len(label) == 2 or label == _NONE]
    identifier.set_languages(labels)
    # Rows are gathered from this table; after the choice of columns they lie scattered.
    identifier.nb_ptc = np.ascontiguousarray(identifier.nb_ptc)
    return identifier
