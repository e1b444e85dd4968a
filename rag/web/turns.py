"""One question of a conversation, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rag.types import Answer, Filters


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, its limits, and the answer as far as it has come.

    `number` counts from 1 in a conversation and never changes. `problem` says in one line why
    there is no answer, where something went wrong.
    """

    number: int
    question: str
    filters: Filters = field(default_factory=Filters)
    answer: Answer | None = None
    state: Literal["running", "done", "stopped", "failed"] = "running"
    problem: str | None = None
