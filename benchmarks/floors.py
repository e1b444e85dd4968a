"""Whether reports of `dateline eval` keep to the figures that were reached before.

    python benchmarks/floors.py REPORT.json... [--record] [--lower]

Floors are kept by the digest of the data, so that only figures of the same questions meet. With
--record, floors are raised to figures that are better, and set where there are none; they are
lowered with --record --lower alone. Ends with 1 where a figure is worse than its floor or data
has no floors, with 2 for a report that cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rag.evaluation.floors import missed, raised

_FLOORS = Path(__file__).with_name("floors.json")


def main() -> int:
    """Compare, and record where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORT.json")
    parser.add_argument("--record", action="store_true", help="raise floors, set missing ones")
    parser.add_argument("--lower", action="store_true", help="with --record: lower them too")
    parser.add_argument("--floors", type=Path, default=_FLOORS, help="where they are kept")
    args = parser.parse_args()
    if args.lower and not args.record:
        parser.error("--lower goes with --record")
    kept: dict[str, Any] = {}
    if args.floors.exists():
        kept = json.loads(args.floors.read_text(encoding="utf-8"))
    failed = False
    for path in args.reports:
        report = json.loads(path.read_text(encoding="utf-8"))
        if not report["complete"]:
            parser.error(f"{path} is of a run that was interrupted")
        failed |= not _keeps(report, kept, record=args.record, lower=args.lower)
    if args.record:
        text = json.dumps(kept, indent=1, sort_keys=True)
        args.floors.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return int(failed)


def _keeps(report: dict[str, Any], kept: dict[str, Any], *, record: bool, lower: bool) -> bool:
    """Whether a report keeps to its floors, which are moved where they are to be recorded."""
    data = report["dataset"]
    name = " ".join(filter(None, (data["name"], data["part"])))
    figures = {key: figure["value"] for key, figure in report["figures"].items()}
    entry = kept.get(data["sha256"], {"floors": {}, "k": report["k"]})
    floors = entry["floors"]
    if entry["k"] != report["k"]:
        print(f"{name}: searched for {report['k']} passages, its floors are of {entry['k']}")
        return False
    if not floors and not record:
        print(f"{name}: no floors for this data; --record sets them")
        return False
    lines = [] if lower else missed(figures, floors)
    for line in lines:
        print(f"{name}: {line}")
    if record:
        new = raised(figures, floors, lower=lower)
        for key in sorted(new.keys() | floors.keys()):
            if new.get(key) != floors.get(key):
                print(f"{name}: floor of {key}: {_shown(floors, key)} -> {_shown(new, key)}")
        kept[data["sha256"]] = {"name": name, "k": report["k"], "floors": new}
    elif not lines:
        print(f"{name}: keeps to its {len(floors)} floors")
    return not lines


def _shown(floors: dict[str, float], key: str) -> str:
    return f"{floors[key]:.3f}" if key in floors else "none"


if __name__ == "__main__":
    sys.exit(main())
