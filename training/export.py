"""Write a checkpoint as the int8 graph that Dateline ships.

`python training/export.py CHECKPOINT rag/models/reader.onnx` prints the hash to pin.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from model import ReaderModel
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from train import encoder_folder

from rag.models.minilm import sha256_of

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OUTPUTS = ["relevance", "answers", "spans"]


def export(checkpoint: Path | None, path: Path) -> None:
    """The float32 graph of a checkpoint."""
    model = ReaderModel(encoder_folder())
    if checkpoint:
        model.load_state_dict(torch.load(checkpoint, weights_only=True))
    model.eval()
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
    """The same graph with weights of 8 bits; those of the heads stay as they are."""
    prepared = source.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    # The quantizer makes a MatMul of each Gemm, and looks for it by its new name.
    heads = [
        node.name + ("_MatMul" if node.op_type == "Gemm" else "")
        for node in onnx.load(str(prepared)).graph.node
        if node.op_type in ("MatMul", "Gemm") and "encoder" not in node.name
    ]
    # Seven bits: without VNNI the sum of two products of eight bits overflows.
    quantize_dynamic(
        str(prepared), str(path), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
        op_types_to_quantize=["MatMul", "Gather"], nodes_to_exclude=heads,
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
