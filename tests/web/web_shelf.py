"""An archive in memory, for what is hard to bring about with a real one: delays and errors."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from rag import (
    Answer,
    Article,
    Citation,
    Coverage,
    Day,
    Filters,
    Hit,
    IngestReport,
    Passage,
    Progress,
    Skipped,
    Status,
)


class Shelf:
    """An archive in memory that answers any question with the first sentences it holds.

    A question with "nothing" in it is one that the articles do not answer. With a `gate`, it
    waits there after each quote and each added article, so that a test can act in between.
    """

    def __init__(self, articles: Iterable[Article] = ()):
        self._gate: threading.Event | None = None
        self.reset(articles)

    def reset(self, articles: Iterable[Article] = (), gate: threading.Event | None = None) -> None:
        """Begin anew, and let go whoever still waits."""
        if self._gate is not None:
            self._gate.set()
        self._articles = {article.id: article for article in articles}
        self._gate = gate
        self.error: Exception | None = None

    def _wait(self) -> None:
        if self._gate is not None:
            assert self._gate.wait(timeout=60)

    def status(self) -> Status:
        coverage = self._coverage()
        languages = [article.language for article in self._articles.values() if article.language]
        return Status(
            path="shelf",
            articles=coverage.articles,
            passages=coverage.articles,
            coverage=coverage,
            sources=dict.fromkeys(coverage.sources, 1),
            languages=dict.fromkeys(languages, 1),
            embedder="none",
            generation=1,
            size=0,
        )

    def _coverage(self, filters: Filters | None = None) -> Coverage:
        articles = list(self.articles(filters))
        dates = [article.date for article in articles if article.date]
        return Coverage(
            len(articles),
            min(dates, default=None),
            max(dates, default=None),
            tuple(dict.fromkeys(article.source for article in articles if article.source)),
            len(articles) - len(dates),
        )

    def articles(self, filters: Filters | None = None) -> Iterator[Article]:
        for article in self._articles.values():
            if not filters or not filters.sources or article.source in filters.sources:
                yield article

    def get(self, article_id: str) -> Article | None:
        if self.error:
            raise self.error
        return self._articles.get(article_id)

    def put(self, article: Article) -> None:
        self._articles[article.id] = article

    def remove(self, article_id: str) -> None:
        del self._articles[article_id]

    def search(self, query: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        return [
            Hit(Passage(a.id, 0, 0, len(a.text), a.text, ()), a, 0.5)
            for a in self.articles(filters)
        ][:k]

    def ask(self, question: str, filters: Filters | None = None) -> Answer:
        *_, answer = self.stream(question, filters)
        return answer

    def stream(self, question: str, filters: Filters | None = None) -> Iterator[Answer]:
        if self.error:
            raise self.error
        answer = Answer(question, "", searched=self._coverage(filters))
        if "nothing" in question:
            yield replace(
                answer,
                text="Not in these articles. Searched some.",
                abstained=True,
                nearest=tuple(self.search(question, 3, filters)),
            )
            return
        for article in self.articles(filters):
            for quote in article.text.split("\n\n")[:2]:
                start = article.text.index(quote)
                marker = len(answer.citations) + 1
                cited = Citation(marker, quote, start, start + len(quote), article)
                answer = replace(
                    answer,
                    text=f"{answer.text} “{quote}” [{marker}]".strip(),
                    citations=(*answer.citations, cited),
                )
                yield answer
                self._wait()

    def add(self, source, *, progress=None) -> IngestReport:
        if self.error:
            raise self.error
        added, skipped = [], []
        for item in source:
            if isinstance(item, Skipped):
                skipped.append(item)
            else:
                self.put(item)
                added.append(item.id)
            if progress:
                progress(Progress(len(added), len(added), len(skipped)))
                self._wait()
        if progress:
            progress(Progress(len(added), len(added), len(skipped)))
        return IngestReport(added=tuple(added), skipped=tuple(skipped))


def article(number: int, text: str, **about) -> Article:
    known = {
        "title": f"Title {number}",
        "source": "The Post",
        "published": Day.of(date(2024, 2, number)),
    }
    return Article(f"a{number}", text, **{**known, **about})
