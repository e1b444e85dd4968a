"""A larger model learns the same, and the reader learns from what it says.

    python training/teach.py teacher DATA MPNET OUT
    python training/teach.py pupil DATA MPNET OUT --start CHECKPOINT

MPNET is the folder of all-mpnet-base-v2 (Apache-2.0). `teacher` writes OUT/teacher.pt, which is
kept here and not shipped. `pupil` first has it mark passages (kept as OUT/marks-*.pt from run to
run), then trains CHECKPOINT on: most of what it learns from is the mean of what the teacher and
the checkpoint itself said before, the rest is what the data says. OUT/taught.pt is the mean of
the weights before and after, which reads better than either.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import torch
from examples import Group, news, on_sentences, squad_like, wikinews, with_time, written
from model import Outputs, ReaderModel, difference, loss
from torch import Tensor
from train import (
    HERE,
    MAX_TOKENS,
    Encoder,
    Rows,
    batches,
    encoder_folder,
    forward,
    minimize,
    tensors,
)

from rag.models.minilm import MiniLM, computes_bfloat16

# The teacher's lowest layers stay as they are: a fifth less to compute.
_FROZEN = 4
_NEVER = -30.0  # a logit
_BATCHES = 1_400  # of a pupil
# Of what the reader learns from, the share of marks; of these, that of its own before.
_MARKS, _OWN_SPANS, _OWN_PASSAGE = 0.85, 0.5, 0.25


def load(folder: Path, checkpoint: Path) -> ReaderModel:
    """A trained model, to be asked only."""
    model = ReaderModel(folder)
    model.load_state_dict(torch.load(checkpoint, weights_only=True))
    return model.eval().requires_grad_(False)


def sample(data: Path, chance: random.Random, counts: Sequence[int]) -> list[Group]:
    """So many questions: of a quiz, on written articles, Wikinews, Wikipedia, single sentences."""
    count = MiniLM().count_tokens
    corpus = data / "dev/wikinews_open/corpus.jsonl"
    made = (
        news(written(HERE / "quiz_news.jsonl"), count, chance),
        news(written(HERE / "written_news.jsonl"), count, chance),
        news(wikinews(corpus, HERE / "wikinews_questions.jsonl"), count, chance),
        squad_like(data / "train", count, chance),
        on_sentences(data / "train", chance, qamr=4_000, qasrl=500),
    )
    chosen: list[Group] = []
    for groups, most in zip(made, counts, strict=True):
        if most:  # else the set is not even made
            whole = list(groups)
            chosen += chance.sample(whole, min(most, len(whole)))
    return chosen


def train_teacher(data: Path, folder: Path, out: Path, chance: random.Random) -> None:
    """General questions first, then questions on news; some 70 minutes on two cores."""
    encoder = Encoder(folder, MAX_TOKENS + 1)  # it has one mark more
    plan: list[list[Rows]] = []
    for counts in ((0, 0, 0, 2_100, 300), (0, 2_400, 600, 250, 0)):
        plan += batches(map(encoder.rows, sample(data, chance, counts)), 4096, chance)
    model = ReaderModel(folder)
    layers = model.encoder.encoder
    for part in (model.encoder.embeddings, layers.relative_attention_bias, *layers.layer[:_FROZEN]):
        part.requires_grad_(False)
    bfloat16 = computes_bfloat16()

    def losses(batch: list[Rows]) -> dict[str, Tensor]:
        read, said = tensors(batch)
        return loss(forward(model, read, bfloat16), **said)

    minimize(model, plan, len(plan), losses, 5e-5, out / "teacher.pt")


def train_pupil(data: Path, folder: Path, out: Path, start: Path, chance: random.Random) -> None:
    """The teacher marks for some 40 minutes, and the reader learns from it for as long."""
    model, before = load(encoder_folder(), start), load(encoder_folder(), start)
    model.train().requires_grad_(True)
    model.encoder.embeddings.word_embeddings.requires_grad_(False)
    marked = _marked(data, folder, out, chance)
    plan = [batch for _ in range(2) for batch in batches(marked, 4096, chance)][:_BATCHES]
    bfloat16 = computes_bfloat16()

    def losses(batch: list[Rows]) -> dict[str, Tensor]:
        read, said = tensors(batch)
        outputs = forward(model, read, bfloat16)
        with torch.no_grad():
            own = forward(before, read, bfloat16)
        marks = _mean(_marks(batch, said["allowed"].shape[1]), own, said["allowed"])
        learned = loss(outputs, **said)
        differ = difference(outputs, marks, said["allowed"], said["groups"])
        return {name: (1 - _MARKS) * part for name, part in learned.items()} | {
            f"{name} marks": _MARKS * part for name, part in differ.items()
        }

    minimize(model, plan, len(plan), losses, 1.5e-4, out / "pupil.pt")
    pupil = torch.load(out / "pupil.pt", weights_only=True)
    mean = {name: (pupil[name] + weights) / 2 for name, weights in before.state_dict().items()}
    torch.save(mean, out / "taught.pt")


def _marked(data: Path, folder: Path, out: Path, chance: random.Random) -> list[Rows]:
    """Questions as the reader reads them, every row with the teacher's `marks`."""
    groups = sample(data, chance, (4_000, 640, 560, 320, 80))
    encoder, its_own = Encoder(encoder_folder()), Encoder(folder, MAX_TOKENS + 1)
    pairs = [
        (mine, theirs)
        for asked, marked in _asked(groups, chance)
        if (mine := encoder.rows(asked)) and (theirs := its_own.rows(marked))
    ]
    read = repr([row["ids"] for _, theirs in pairs for row in theirs])
    kept = out / f"marks-{sha256(read.encode()).hexdigest()[:16]}.pt"
    if not kept.exists():
        teacher = load(folder, out / "teacher.pt")
        torch.save(_ask(teacher, [row for _, theirs in pairs for row in theirs]), kept)
    rows = [both for mine, theirs in pairs for both in zip(mine, theirs, strict=True)]
    marks = torch.load(kept, weights_only=True)
    for (row, marked), (relevance, answers, spans) in zip(rows, marks, strict=True):
        row["marks"] = (relevance, answers, _aligned(row, marked, spans))
    return [mine for mine, _ in pairs]


def _asked(groups: Sequence[Group], chance: random.Random) -> Iterator[tuple[Group, Group]]:
    """Each question as the reader is asked and as the teacher is.

    Some get a time, and where the article's date fits it the answer stays what it was without.
    """
    for group in groups:
        at = chance.random()
        timed = with_time(group, chance, fits=at < 0.2) if at < 0.3 else None
        asked = timed or group
        yield asked, asked if asked.best is None else group


@torch.no_grad()
def _ask(teacher: ReaderModel, rows: Rows) -> list[tuple[float, float, Tensor]]:
    """Relevance, answers and spans (tokens, 2) of every row."""
    bfloat16 = computes_bfloat16()
    said: list[tuple[float, float, Tensor]] = [(0.0, 0.0, torch.empty(0))] * len(rows)
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]["ids"]))
    done = 0
    while done < len(order):
        most = max(1, 6144 // len(rows[order[min(done + 60, len(order) - 1)]]["ids"]))
        some = order[done : done + min(60, most)]
        read, _ = tensors([[rows[row] for row in some]])
        relevance, answers, spans = forward(teacher, read, bfloat16)
        for line, row in enumerate(some):
            length = len(rows[row]["ids"])
            said[row] = (relevance[line].item(), answers[line].item(), spans[line, :length].half())
        done += len(some)
        print(f"{done}/{len(rows)} passages marked", end="\r", flush=True)
    return said


def _aligned(row: dict, marked: dict, spans: Tensor) -> Tensor:
    """The teacher's spans at the reader's tokens: both have BERT's word pieces."""
    mine = [place for place, inside in enumerate(row["inside"]) if inside][1:]
    its_own = [place for place, inside in enumerate(marked["inside"]) if inside][1:]
    both = min(len(mine), len(its_own))
    placed = torch.full((len(row["ids"]), 2), _NEVER)
    placed[0] = spans[0].float()
    placed[mine[:both]] = spans[its_own[:both]].float()
    return placed


def _marks(batch: list[Rows], length: int) -> Outputs:
    rows = [row for group in batch for row in group]
    spans = torch.full((len(rows), length, 2), _NEVER)
    for line, row in enumerate(rows):
        spans[line, : len(row["ids"])] = row["marks"][2]
    relevance, answers = (torch.tensor([row["marks"][n] for row in rows]) for n in (0, 1))
    return relevance, answers, spans


def _mean(marks: Outputs, own: Outputs, allowed: Tensor) -> Outputs:
    """What is to be learned: of spans, the mean of both models' logarithms of chances."""
    relevance, answers = (
        torch.lerp(its_own, mine, _OWN_PASSAGE)
        for its_own, mine in zip(marks[:2], own[:2], strict=True)
    )
    its_own, mine = (
        spans.masked_fill(~allowed[..., None], _NEVER).log_softmax(1).clamp(min=-25)
        for spans in (marks[2], own[2])
    )
    return relevance, answers, torch.lerp(its_own, mine, _OWN_SPANS)


def main() -> None:
    """Train the teacher, or the reader by it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("who", choices=("teacher", "pupil"))
    parser.add_argument("data", type=Path)
    parser.add_argument("mpnet", type=Path, help="the folder of all-mpnet-base-v2")
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, help="the reader's checkpoint")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if options.who == "pupil" and not options.start:
        parser.error("a pupil needs --start")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    torch.manual_seed(options.seed)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    chance = random.Random(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.who == "teacher":
        train_teacher(options.data, options.mpnet, options.out, chance)
    else:
        train_pupil(options.data, options.mpnet, options.out, options.start, chance)


if __name__ == "__main__":
    main()
