"""The reader as PyTorch sees it, and what it learns from."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel

# Relevance and answers (batch,), and spans (batch, tokens, 2), as logits.
Outputs = tuple[Tensor, Tensor, Tensor]
# Chances are compared as if the models were less sure, for what comes second to be learned too.
_TEMPERATURE = 2.0


class ReaderModel(nn.Module):
    """An encoder of (question, passage) with three heads.

    `relevance` and `answers` are read off the first token, `spans` (start, end) off every one.
    """

    def __init__(self, encoder_folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            encoder_folder, add_pooling_layer=False, hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )  # fmt: skip
        # Rare words would be moved by few examples, and common ones need no moving.
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        self._knows_kinds = hasattr(self.encoder.embeddings, "token_type_embeddings")
        width = self.encoder.config.hidden_size
        self.pooled = nn.Sequential(nn.Linear(width, width), nn.GELU())
        self.passage = nn.Linear(width, 2)
        self.spans = nn.Linear(width, 2)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Outputs:
        """What is said of each row."""
        kinds = {"token_type_ids": token_type_ids} if self._knows_kinds else {}
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, **kinds
        ).last_hidden_state
        passage = self.passage(self.pooled(states[:, 0]))
        return passage[:, 0], passage[:, 1], self.spans(states)


def loss(
    outputs: Outputs,
    allowed: Tensor,
    starts: Tensor,
    ends: Tensor,
    answers: Tensor,
    groups: Tensor,
    best: Tensor,
) -> dict[str, Tensor]:
    """The parts of what is minimized.

    `allowed` (batch, tokens) marks the first token and those of the passage's text, `starts` and
    `ends` (batch, tokens) the true places (the first token where none), `answers` (batch,) is 1 or
    0, `groups` (batch,) numbers the questions and `best` (batch,) marks the row that ranks first
    (none, where no row of a group is marked).
    """
    relevance, answered, spans = outputs
    hidden = torch.finfo(spans.dtype).min / 4
    parts = {}
    total = torch.zeros(())
    for row, gold in enumerate((starts, ends)):
        logits = spans[..., row].masked_fill(~allowed, hidden)
        right = logits.masked_fill(~gold, hidden).logsumexp(1)
        total = total + (logits.logsumexp(1) - right) / 2
    # Where nothing answers there is less to learn from the place of the answer.
    weight = 0.4 + 0.6 * answers
    parts["span"] = (total * weight).sum() / weight.sum()
    parts["answers"] = nn.functional.binary_cross_entropy_with_logits(answered, answers)
    same = groups[:, None] == groups[None, :]
    others = relevance[None, :].expand(len(groups), -1).masked_fill(~same, hidden)
    ranked = (others.logsumexp(1) - relevance)[best]
    several = same.sum(1)[best] > 1
    parts["relevance"] = (ranked * several).sum() / several.sum().clamp(min=1)
    return parts


def difference(
    outputs: Outputs, marks: Outputs, allowed: Tensor, groups: Tensor
) -> dict[str, Tensor]:
    """How far what is said is from what another says, in the parts and form of `loss`.

    Kullback-Leibler divergences; of relevance, between the chances of a question's rows.
    """
    relevance, answered, spans = outputs
    hidden = torch.finfo(spans.dtype).min / 4
    functional, parts = nn.functional, {}
    said, wanted = (
        (logits.masked_fill(~allowed[..., None], hidden) / _TEMPERATURE).log_softmax(1)
        for logits in (spans, marks[2])
    )
    apart = (wanted.exp() * (wanted - said).masked_fill(~allowed[..., None], 0)).sum(1).mean(1)
    weight = 0.3 + 0.7 * marks[1].sigmoid()
    parts["span"] = (apart * weight).sum() / weight.sum() * _TEMPERATURE
    chance = marks[1].sigmoid()
    parts["answers"] = functional.binary_cross_entropy_with_logits(
        answered, chance
    ) - functional.binary_cross_entropy_with_logits(marks[1], chance)
    same = groups[:, None] == groups[None, :]
    said, wanted = (
        logits[None, :].expand(len(groups), -1).masked_fill(~same, hidden).log_softmax(1)
        for logits in (relevance, marks[0])
    )
    apart = (wanted.exp() * (wanted - said).masked_fill(~same, 0)).sum(1)
    each = 1 / same.sum(1)
    parts["relevance"] = (apart * each).sum() / each.sum()
    return parts
