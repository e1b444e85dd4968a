"""Write a checkpoint as the int8 graph that Dateline ships.

`python training/export.py CHECKPOINT rag/models/reader.onnx` prints the hash to pin.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from examples import news, written
from model import ReaderModel
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn
from train import HERE, Encoder, batches, encoder_folder, tensors

from rag.models.minilm import MiniLM, sha256_of

# How much of what makes an input larger than is usual in its layer goes over to the weights: all of
# it would make these too coarse. Of .6 to 1, with .7 the 8-bit graph differs least from the other.
_SHARE = 0.7
_LOOKED_AT = 400  # questions
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OUTPUTS = ["relevance", "answers", "spans"]


class Levelled(nn.Linear):
    """A layer whose large inputs are made smaller, and their weights larger by as much.

    All that goes into a layer is rounded in equal steps from the least to the greatest number.
    In some places one number is ten times all others, and would leave these few steps. After
    SmoothQuant (Xiao et al., 2023), but small inputs stay as they are.
    """

    smaller: Tensor

    def forward(self, given: Tensor) -> Tensor:
        """As `nn.Linear`."""
        return super().forward(given * self.smaller)


def level(model: ReaderModel) -> None:
    """Make every layer of the encoder `Levelled`, by what goes into it on training passages."""
    layers = {
        name: layer for name, layer in model.encoder.named_modules() if type(layer) is nn.Linear
    }
    greatest: dict[str, Tensor] = {}

    def look(name: str, given: Tensor) -> None:
        here = given.abs().amax((0, 1))
        greatest[name] = torch.maximum(greatest.get(name, here), here)

    watching = [
        layer.register_forward_pre_hook(lambda _, given, name=name: look(name, given[0]))
        for name, layer in layers.items()
    ]
    chance = random.Random(1)
    groups = list(news(written(HERE / "written_news.jsonl"), MiniLM().count_tokens, chance))
    with torch.no_grad():
        looked_at = map(Encoder(encoder_folder()).rows, chance.sample(groups, _LOOKED_AT))
        for batch in batches(looked_at, 2048, chance):
            model(**tensors(batch)[0])
    for hook in watching:
        hook.remove()
    kept: dict[tuple[float, ...], Tensor] = {}
    for name, layer in layers.items():
        larger = (greatest[name] / greatest[name].median()).clamp(min=1) ** _SHARE
        layer.weight.data *= larger
        layer.__class__ = Levelled
        # One for the three that read the same, which are then divided once.
        layer.smaller = kept.setdefault(tuple(larger.tolist()), 1 / larger)


def export(checkpoint: Path | None, path: Path) -> None:
    """The float32 graph of a checkpoint."""
    model = ReaderModel(encoder_folder())
    if checkpoint:
        model.load_state_dict(torch.load(checkpoint, weights_only=True))
    model.eval()
    # As plain products and sums, which ONNX Runtime fuses: what SDPA is exported as looks in every
    # layer for rows that are masked whole, and takes a fifth longer.
    model.encoder.set_attn_implementation("eager")
    level(model)
    sample = torch.ones(2, 8, dtype=torch.long)
    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (sample, sample, sample), str(path), input_names=INPUTS, output_names=OUTPUTS,
            dynamic_axes={name: axes for name in [*INPUTS, "spans"]}
            | {"relevance": {0: "batch"}, "answers": {0: "batch"}},
            opset_version=17, dynamo=False,
        )  # fmt: skip


def quantize(source: Path, path: Path) -> None:
    """The same graph with weights of 8 bits; those of heads and positions stay as they are."""
    prepared = source.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    # The quantizer makes a MatMul of each Gemm, and looks for it by its new name.
    nodes = onnx.load(str(prepared)).graph.node
    kept = [
        node.name + ("_MatMul" if node.op_type == "Gemm" else "")
        for node in nodes
        if node.op_type in ("MatMul", "Gemm") and "encoder" not in node.name
    ]
    # One scale for all positions would be that of the first, which is large.
    kept += [n.name for n in nodes if n.op_type == "Gather" and "position_embeddings" in n.name]
    # Seven bits: without VNNI the sum of two products of eight bits overflows.
    quantize_dynamic(
        str(prepared), str(path), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
        op_types_to_quantize=["MatMul", "Gather"], nodes_to_exclude=kept,
    )  # fmt: skip


def main() -> None:
    """Export and quantize."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "reader.onnx"
        export(options.checkpoint, plain)
        quantize(plain, options.out)
    print(f"{options.out}: {options.out.stat().st_size:,} bytes, sha256 {sha256_of(options.out)}")


if __name__ == "__main__":
    main()
