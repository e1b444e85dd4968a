"""Make a checkpoint of the shipped graph, so that training can go on from what is shipped.

`python training/unpack.py rag/models/reader.onnx CHECKPOINT`. Weights come back as they were
rounded to 8 bits; training on takes that out again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from model import ReaderModel
from numpy.typing import NDArray
from onnx import numpy_helper
from train import encoder_folder


def weights(graph: onnx.GraphProto) -> dict[str, NDArray[np.float32]]:
    """The parameters by their names in the model, those of 8 bits as float32 again."""
    kept = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found = {}
    for stem in (name.removesuffix("_quantized") for name in kept if name.endswith("_quantized")):
        zero = kept[f"{stem}_zero_point"].astype(np.float32)
        found[stem] = (kept[f"{stem}_quantized"].astype(np.float32) - zero) * kept[f"{stem}_scale"]
    plain = {name: array for name, array in kept.items() if array.dtype == np.float32}
    # What `export.Levelled` made smaller before the layer, its weights have more of.
    smaller = {
        f"{node.output[0]}_quantized": plain[node.input[1]]
        for node in graph.node
        if node.op_type == "Mul" and node.input[1] in plain
    }
    for node in graph.node:
        # A matrix has lost its parameter's name, but the node's path names the layer.
        if node.op_type in ("MatMulInteger", "MatMul"):
            source = node.input[1].removesuffix("_quantized")
            matrix = found.get(source, plain.get(source))
            if matrix is not None and matrix.ndim == 2:
                matrix = matrix.T * smaller.get(node.input[0], np.float32(1))
                plain[f"{_layer(node.name)}.weight"] = np.ascontiguousarray(matrix)
    return plain | {name: array for name, array in found.items() if name.startswith("encoder.")}


def _layer(path: str) -> str:
    """`encoder.encoder.layer.0.output.dense` of /encoder/encoder/layer.0/output/dense/MatMul."""
    return path.strip("/").rsplit("/", 1)[0].replace("pooled/", "").replace("/", ".")


def main() -> None:
    """Write the checkpoint; fails where a parameter is not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graph", type=Path)
    parser.add_argument("checkpoint", type=Path)
    options = parser.parse_args()
    model = ReaderModel(encoder_folder())
    found = weights(onnx.load(str(options.graph)).graph)
    state = {
        name: torch.tensor(np.array(found[name])) for name in model.state_dict() if name in found
    }
    missing = set(model.state_dict()) - set(state)
    if missing:
        raise SystemExit(f"{options.graph} lacks {sorted(missing)}")
    model.load_state_dict(state)
    options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), options.checkpoint)


if __name__ == "__main__":
    main()
