"""safetensors, the least that the benchmarks need: named tensors in, a file out."""

import json
import struct

import torch

KINDS = {torch.float64: "F64", torch.float32: "F32", torch.int32: "I32"}


def write(path, tensors):
    header, parts, end = {}, [], 0
    # Wide numbers first, so that each tensor is aligned.
    for name, tensor in sorted(tensors.items(), key=lambda item: -item[1].element_size()):
        data = tensor.detach().cpu().contiguous()
        size = data.numel() * data.element_size()
        header[name] = {"dtype": KINDS[data.dtype], "shape": list(data.shape), "data_offsets": [end, end + size]}
        parts.append(data.numpy().tobytes())
        end += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))
