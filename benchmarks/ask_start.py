"""Where the seconds of `dateline ask` go, from process start to answer.

    python benchmarks/ask_start.py INDEX_FOLDER QUESTION [RUNS]

Each run is a process of its own; the median of each stage is printed, in seconds of wall time
and of processor time.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

_STAGES = """
import json, sys, time
laps = []
last = [time.perf_counter(), 0.0]
def lap(name):
    wall, cpu = time.perf_counter(), time.process_time()
    laps.append((name, wall - last[0], cpu - last[1]))
    last[:] = wall, cpu
from rag import Archive
lap("importing rag.archive")
archive = Archive.open(sys.argv[1], create=False)
lap("opening the index")
from rag.models.minilm import MiniLM
embedder = MiniLM()
embedder.embed_queries(["?"])
lap("ONNX Runtime and the embedder")
from rag.models.tagger import parse
parse(["?"])
lap("spaCy and its model")
archive.ask(sys.argv[2])
lap("search and answer, the embedder loaded a second time")
archive.ask(sys.argv[2])
lap("the same question again")
print(json.dumps(laps))
"""


def main(index: str, question: str, runs: int = 5) -> None:
    """Print the stages, then the whole command."""
    rows = []
    for _ in range(runs):
        command = [sys.executable, "-c", _STAGES, index, question]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows.append(json.loads(output.splitlines()[-1]))
    for stage in zip(*rows, strict=True):
        wall = statistics.median(row[1] for row in stage)
        cpu = statistics.median(row[2] for row in stage)
        print(f"{stage[0][0]:52} {wall:5.2f} s  {cpu:5.2f} CPU-s")
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        command = [sys.executable, "-m", "rag.cli", "--index", index, "ask", question]
        subprocess.run(command, check=False, capture_output=True)
        times.append(time.perf_counter() - started)
    print(f"{'dateline ask, the whole process':52} {statistics.median(times):5.2f} s")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:4]))
