"""How many times are found in articles, at what cost, and samples of them to read.

python benchmarks/times.py DATA [--show N] [--half tune|rest] [--seed S]

Runs over DATA/dev/wikinews_open and DATA/dev/rtqa_dev_2022a. `--show` prints a random sample of
mentions with what stands around them and the days they are taken for; `--half` keeps to every
other article, so that what rules were made on stays apart from what they are judged on.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from datetime import timedelta
from pathlib import Path

from rag.analysis.times import TimeMention, find_times
from rag.types import Article, parse_iso

_SETS = ("wikinews_open", "rtqa_dev_2022a")
_NEAR = timedelta(days=30)
_CONTEXT = 90


def load(path: Path) -> list[Article]:
    """The articles of a corpus, with their dates."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Article(row["id"], row["text"], row["title"], published=parse_iso(row["date"]))
        for row in rows
        if row["date"]
    ]


def show(article: Article, mention: TimeMention) -> str:
    """One mention in its context, with the days it is taken for."""
    text, start, end = article.text, mention.start, mention.end
    before = " ".join(text[max(0, start - _CONTEXT) : start].split(" "))
    around = f"{before}[[{text[start:end]}]]{text[end : end + _CONTEXT]}".replace("\n", " / ")
    days = f"{mention.since:%a %Y-%m-%d}"
    if mention.until != mention.since:
        days += f"..{mention.until}"
    return f"({article.id}, {article.published:%a %Y-%m-%d}) {days}\n    {around}"


def main() -> None:
    """Print figures for each set, and the sample that was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--show", type=int, default=0, metavar="N")
    parser.add_argument("--half", choices=["tune", "rest"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", choices=_SETS)
    options = parser.parse_args()
    for name in [options.set] if options.set else _SETS:
        articles = load(options.data / "dev" / name / "corpus.jsonl")
        if options.half:
            articles = articles[options.half == "rest" :: 2]
        for article in articles[:20]:  # names of months and weekdays are read once
            find_times(article.text, article.published)
        found: list[tuple[Article, TimeMention]] = []
        costs: list[float] = []
        near = words = 0
        for article in articles:
            started = time.process_time()
            mentions = find_times(article.text, article.published)
            costs.append(1000 * (time.process_time() - started))
            words += len(article.text.split())
            found += [(article, mention) for mention in mentions]
            if article.published:
                day = article.published.date()
                near += sum(one.since - _NEAR <= day <= one.until + _NEAR for one in mentions)
        print(
            f"{name}: {len(articles)} articles of {words / len(articles):.0f} words, "
            f"{len(found) / len(articles):.1f} mentions each, {near / len(found):.0%} within 30 "
            f"days of the article's; {statistics.fmean(costs):.2f} ms an article, "
            f"{600 * sum(costs) / words:.2f} ms for 600 words"
        )
        sample = random.Random(options.seed).sample(found, min(options.show, len(found)))
        for number, (article, mention) in enumerate(sample, 1):
            print(f"{number:>3}. {show(article, mention)}")


if __name__ == "__main__":
    main()
