"""How long each stage of adding and answering takes, for whoever wants to know.

A stage is timed by `with stage("words"):` around it, which costs next to nothing while nobody
listens; `with Trace() as trace:` listens, and finds the seconds in `trace.seconds` afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from time import perf_counter
from types import TracebackType
from typing import Self

_active: ContextVar[Trace | None] = ContextVar("trace", default=None)


class Trace:
    """Collects the seconds that each stage took while it is entered, in this thread alone.

    A stage that ran several times counts with all of them; one inside another counts in both.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._token: Token[Trace | None] | None = None

    def __enter__(self) -> Self:
        self._token = _active.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _active.reset(self._token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the time of what is inside to the stage of that name, where somebody listens.

    Not to be put around a `yield`: what the caller does meanwhile would count too.
    """
    trace = _active.get()
    if trace is None:
        yield
        return
    started = perf_counter()
    try:
        yield
    finally:
        trace.seconds[name] = trace.seconds.get(name, 0.0) + perf_counter() - started
