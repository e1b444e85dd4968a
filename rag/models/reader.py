"""The reader: one small encoder that reads a question with a passage, trained for Dateline.

In one pass it tells how well the passage fits, whether it answers, and with which words. It
started from all-MiniLM-L6-v2; `training/` makes it again, docs/reader.md says what it was trained
on and how good it is. Its weights are of 8 bits and read by ONNX Runtime, whose kernels use what
the processor has for that (AMX, VNNI, AVX2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.models.minilm import batches, check_sha256, minilm_folder, open_graph
from rag.types import Found, Passage, Reading, Span, merge_readings

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

WEIGHTS = Path(__file__).parent / "reader.onnx"
SHA256 = "88919dd6b7e768a000ca26126d6517ee33a1b1d52f89b947c8830c43b787ea4f"
# As it was trained: a question longer than this has its end cut off, a passage longer than what
# is left is read in windows that overlap.
_QUESTION_TOKENS = 64
_MAX_TOKENS = 224
_OVERLAP = 48
_ANSWER_TOKENS = 24
# What is one word although its tokens are several words to the tokenizer: "41,206", "2:40", "a.m.".
_ONE_WORD = re.compile(r"\d+(?:[.,:]\d+)+|(?:[^\W\d_]\.){2,}")
_BROKEN = -50.0  # so that a part of a word is an answer only where there is nothing else


@dataclass(slots=True)
class _Window:
    """A part of a passage: its tokens, and where in the passage's text each stands."""

    row: int
    encoding: Encoding
    head: int


class MiniLMReader:
    """Reads questions with passages; safe to call from several threads.

    Raises BackendError where its weights are not those that were pinned, and MissingDependency
    where the package with its tokenizer is not installed.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._opened: InferenceSession | None = None

    def read(
        self, question: str, passages: Sequence[Passage], headers: Sequence[str]
    ) -> list[Reading]:
        """A reading of each passage, in their order."""
        question = self._cut(question)
        windows = [
            window
            for row, (passage, header) in enumerate(zip(passages, headers, strict=True))
            for window in self._windows(row, question, header, passage.text)
        ]
        read: list[list[Reading]] = [[] for _ in passages]
        for window, relevance, answers, spans in self._run(windows):
            found = _best_of_each_sentence(window, passages[window.row], spans)
            read[window.row].append(Reading(relevance, answers, found))
        return [whole for parts in read if (whole := merge_readings(parts))]

    def _cut(self, question: str) -> str:
        """The question as far as it is read."""
        offsets = self._counter.encode(question, add_special_tokens=False).offsets
        if len(offsets) <= _QUESTION_TOKENS:
            return question
        return question[: offsets[_QUESTION_TOKENS - 1][1]]

    def _windows(self, row: int, question: str, header: str, text: str) -> Iterator[_Window]:
        head = f"{header}\n" if header else ""
        encoding = self._tokenizer.encode(question, head + text)
        yield _Window(row, encoding, len(head))
        for further in encoding.overflowing:
            yield _Window(row, further, len(head))

    def _run(
        self, windows: Sequence[_Window]
    ) -> Iterator[tuple[_Window, float, float, NDArray[np.float32]]]:
        """Each window with its relevance, answerability and logits of shape (tokens, 2)."""
        lengths = np.array([len(window.encoding) for window in windows], np.int64)
        for rows in batches(lengths):
            ids = np.zeros((len(rows), lengths[rows].max()), np.int64)
            mask, kinds = np.zeros_like(ids), np.zeros_like(ids)
            for line, row in enumerate(rows):
                encoding, length = windows[row].encoding, lengths[row]
                ids[line, :length] = encoding.ids
                kinds[line, :length] = encoding.type_ids
                mask[line, :length] = 1
            relevance, answers, spans = self._session.run(
                ["relevance", "answers", "spans"],
                {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds},
            )
            for line, row in enumerate(rows):
                yield (
                    windows[row],
                    float(relevance[line]),
                    float(answers[line]),
                    spans[line, : lengths[row]],
                )

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_MAX_TOKENS, stride=_OVERLAP, strategy="only_second")
        return tokenizer

    @cached_property
    def _counter(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @property
    def _session(self) -> InferenceSession:
        if self._opened is None:
            with self._lock:
                if self._opened is None:
                    check_sha256(WEIGHTS, SHA256)
                    self._opened = open_graph(WEIGHTS)
        return self._opened


def _best_of_each_sentence(
    window: _Window, passage: Passage, logits: NDArray[np.float32]
) -> tuple[Found, ...]:
    """The best words of every sentence that stands in the window."""
    offsets = np.array(window.encoding.offsets, np.int64) - window.head
    inside = np.array(window.encoding.type_ids, bool) & (offsets[:, 0] >= 0)
    inside &= offsets[:, 1] > offsets[:, 0]
    allowed = inside.copy()
    allowed[0] = True  # the first token stands for "no answer here"
    logs = logits.astype(np.float64)
    logs = logs - np.logaddexp.reduce(logs[allowed], axis=0)
    begins, closes = _whole_words(window, passage.text, offsets)
    starts = logs[:, 0] + np.where(begins, 0.0, _BROKEN)
    ends = logs[:, 1] + np.where(closes, 0.0, _BROKEN)
    found = []
    for sentence in passage.sentences:
        first, last = sentence.start - passage.start, sentence.end - passage.start
        tokens = np.flatnonzero(inside & (offsets[:, 0] < last) & (offsets[:, 1] > first))
        if not len(tokens):
            continue
        scores = starts[tokens][:, None] + ends[tokens][None, :]
        # An end stands at or after its start, and not far from it.
        band = np.triu(np.ones_like(scores, bool)) & ~np.triu(
            np.ones_like(scores, bool), _ANSWER_TOKENS
        )
        scores[~band] = -np.inf
        start, end = np.unravel_index(int(scores.argmax()), scores.shape)
        words = Span(
            passage.start + max(first, int(offsets[tokens[start], 0])),
            passage.start + min(last, int(offsets[tokens[end], 1])),
        )
        found.append(Found(sentence, words, float(scores[start, end])))
    return tuple(found)


def _whole_words(
    window: _Window, text: str, offsets: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which tokens begin a word of the passage, and which are the end of one."""
    words = np.array([-1 if word is None else word for word in window.encoding.word_ids])
    apart = np.concatenate(([True], words[1:] != words[:-1], [True]))
    begins, closes = apart[:-1], apart[1:]
    for one in _ONE_WORD.finditer(text):
        begins = begins & ~((offsets[:, 0] > one.start()) & (offsets[:, 0] < one.end()))
        closes = closes & ~((offsets[:, 1] > one.start()) & (offsets[:, 1] < one.end()))
    return begins, closes
