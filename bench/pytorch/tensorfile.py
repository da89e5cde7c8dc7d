"""safetensors, the least that the benchmarks need: named float32 and int32 tensors ↔ a file."""

import json
import struct

import torch

KINDS = {torch.float32: "F32", torch.int32: "I32"}


def write(path, tensors):
    header, parts, end = {}, [], 0
    for name, tensor in tensors.items():
        data = tensor.detach().cpu().contiguous()
        size = data.numel() * data.element_size()
        header[name] = {"dtype": KINDS[data.dtype], "shape": list(data.shape), "data_offsets": [end, end + size]}
        parts.append(data.numpy().tobytes())
        end += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))
