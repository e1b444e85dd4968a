"""Whether answers show the values on which sources differ, and none where they do not.

python benchmarks/disagreement.py [--part tune|report] [--show]

Every case of benchmarks/disagreement.jsonl is a few short articles from invented outlets, a
question, and the values that have to be shown, newest first; rules were made on the half `tune`.
Each is asked of an archive of its own. `--show` prints the answers too.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag import Answer, Archive, Article
from rag.models.minilm import MiniLM
from rag.models.reader import MiniLMReader
from rag.types import Position, parse_iso

_CASES = Path(__file__).with_suffix(".jsonl")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one case: how many of the wanted values were shown, and how many others."""

    wanted: int
    shown: int
    spare: int
    ordered: bool
    short: bool

    @property
    def right(self) -> bool:
        """Whether all that was wanted is shown, in order, and nothing else."""
        return self.shown == self.wanted and not self.spare and self.ordered


def articles(case: dict[str, Any]) -> list[Article]:
    """The articles of a case."""
    return [
        Article(
            f"{case['id']}-{number}",
            row["text"],
            row["title"],
            source=row["source"],
            published=parse_iso(row["published"]),
            language="en",
        )
        for number, row in enumerate(case["articles"], 1)
    ]


def judge(answer: Answer, values: list[str]) -> Result:
    """How an answer's positions compare with the values that should be shown."""
    left = list(answer.positions)
    places = []
    for value in values:
        match = next((one for one in left if _gives(one, value)), None)
        if match:
            left.remove(match)
            places.append(answer.positions.index(match))
    newest = bool(values) and values[0].casefold() in (answer.short or "").casefold()
    return Result(len(values), len(places), len(left), places == sorted(places), newest)


def _gives(position: Position, value: str) -> bool:
    """Whether a value stands in a position's, as whole words."""
    return f" {value.casefold()} " in f" {position.value.casefold()} "


def main() -> None:
    """Print the figures of both halves, or of the one that was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--part", choices=["tune", "report"])
    parser.add_argument("--show", action="store_true", help="print every answer")
    options = parser.parse_args()
    cases = [json.loads(line) for line in _CASES.read_text(encoding="utf-8").splitlines()]
    embedder, reader = MiniLM(), MiniLMReader()
    for part in [options.part] if options.part else ["tune", "report"]:
        results = []
        for case in cases:
            if case["part"] != part:
                continue
            with (
                tempfile.TemporaryDirectory() as folder,
                Archive.open(folder, embedder=embedder, reader=reader) as archive,
            ):
                archive.add(articles(case))
                answer = archive.ask(case["question"])
            result = judge(answer, case["values"])
            results.append(result)
            if options.show:
                print(f"\n{case['id']} {case['kind']}: {case['question']} {case['values']}")
                print(f"  {'right' if result.right else 'WRONG'}, short {answer.short!r}")
                print(f"  {answer.text}")
        differ = [one for one in results if one.wanted]
        same = [one for one in results if not one.wanted]
        print(
            f"{part}: {sum(one.right for one in results)} of {len(results)} cases right; "
            f"{sum(one.shown for one in differ)} of {sum(one.wanted for one in differ)} values "
            f"shown, {sum(one.spare for one in differ)} others; "
            f"false alarms in {sum(one.spare > 0 for one in same)} of {len(same)} controls; "
            f"the newest is the short answer in {sum(one.short for one in differ)} of "
            f"{len(differ)}"
        )


if __name__ == "__main__":
    main()
