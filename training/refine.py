"""The reader goes on, on questions that it has not seen, and is held to what it said before.

    python training/refine.py DATA CHECKPOINT OUT

Half of what it learns is what the data says, half what CHECKPOINT itself says of the same
passages: without that it forgets more than it learns. OUT is a mean of the weights before and
after, which forgets less than the weights after alone.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from examples import Group, news, on_sentences, squad_like, wikinews, written
from model import ReaderModel, difference, loss
from torch import Tensor
from train import HERE, Encoder, Rows, batches, encoder_folder, forward, minimize, tensors

from rag.models.minilm import MiniLM, computes_bfloat16

# Questions of a quiz, on written articles, on Wikinews, on Wikipedia, on single sentences: some
# 3,200 batches, 100 minutes on two cores.
_COUNTS = (11_500, 3_000, 3_000, 2_000, 800)
_UNANSWERED = 0.35  # the share of questions without an answer, where a set has so many
_OWN = 0.5  # the share of what it said before
_AFTER = 0.5  # the weight of the weights after
_NEVER = -30.0  # a logit


def load(checkpoint: Path) -> ReaderModel:
    """A trained model."""
    model = ReaderModel(encoder_folder())
    model.load_state_dict(torch.load(checkpoint, weights_only=True))
    return model


def sample(data: Path, chance: random.Random, counts: Sequence[int] = _COUNTS) -> list[Group]:
    """So many questions of each set, a share of them without an answer."""
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
        answered, not_answered = [], []
        for group in groups:
            spans = any(candidate.spans for candidate in group.candidates)
            (answered if spans else not_answered).append(group)
        few = min(len(not_answered), int(most * _UNANSWERED))
        chosen += chance.sample(not_answered, few)
        chosen += chance.sample(answered, min(most - few, len(answered)))
    return chosen


def refine(
    data: Path, checkpoint: Path, out: Path, chance: random.Random, most: int | None
) -> None:
    """Train on `most` batches, or on all that there are."""
    encoder = Encoder(encoder_folder())
    plan = list(batches(map(encoder.rows, sample(data, chance)), 4096, chance))[:most]
    model, before = load(checkpoint), load(checkpoint).eval().requires_grad_(False)
    model.encoder.embeddings.word_embeddings.requires_grad_(False)
    bfloat16 = computes_bfloat16()

    def losses(batch: list[Rows]) -> dict[str, Tensor]:
        read, said = tensors(batch)
        outputs = forward(model, read, bfloat16)
        with torch.no_grad():
            relevance, answers, spans = forward(before, read, bfloat16)
            spans = spans.masked_fill(~said["allowed"][..., None], _NEVER).log_softmax(1)
        own = relevance, answers, spans.clamp(min=-25)
        learned = loss(outputs, **said)
        differ = difference(outputs, own, said["allowed"], said["groups"])
        return {name: (1 - _OWN) * part for name, part in learned.items()} | {
            f"{name} own": _OWN * part for name, part in differ.items()
        }

    minimize(model, plan, len(plan), losses, 1.5e-4, out)
    after, mean = torch.load(out, weights_only=True), {}
    for name, weights in before.state_dict().items():
        whole = not weights.is_floating_point()
        mean[name] = weights if whole else torch.lerp(weights, after[name], _AFTER)
    torch.save(mean, out)


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--batches", type=int, help="stop after so many")
    parser.add_argument("--seed", type=int, default=31)
    options = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    torch.manual_seed(options.seed)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    chance = random.Random(options.seed)
    refine(options.data, options.checkpoint, options.out, chance, options.batches)


if __name__ == "__main__":
    main()
