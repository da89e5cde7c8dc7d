"""Minibatches: rows that ganc converted, mapped into memory, and for each stream its n-th minibatch since the run's start.

Each pass over the rows has its own order, or draws of its own; its last partial batch is dropped. A rank has its part of every
minibatch.

    data/index.json                 stream -> count, hash, fields: shape, type, and the values of a byte where it stands for one
    data/<stream>.<field>.bin       the rows, one behind the other
    data/<stream>.drawn.bin         of rows that are drawn: groups of their numbers, one behind the other
"""

import json
from pathlib import Path

import torch

from . import philox
from .errors import Refused

_types = {'u8': torch.uint8, 'f32': torch.float32, 'f64': torch.float64}


class Stream:
    """The rows of one stream, on `device` where they fit."""

    def __init__(self, folder, name, entry, batch, seed, device, dtype):
        self.name, self.count, self.batch, self.seed = name, entry['count'], batch, seed
        self.per_pass = self.count // batch
        self.device, self.dtype = device, dtype
        self.fields = {}
        self.drawn = entry.get('drawn')
        numbers = self.drawn['numbers'] if self.drawn else self.count
        for field, told in entry['fields'].items():
            kind, shape = _types[told['type']], told['shape']
            size = numbers
            for length in shape:
                size *= length
            mapped = torch.from_file(str(folder / f'{name}.{field}.bin'), size=size, dtype=kind)
            values = torch.tensor(told['values'], dtype=dtype, device=device) if told.get('values') else None
            self.fields[field] = (mapped.reshape(numbers, *shape).to(device), values)
        self.orders = {}
        if self.drawn:
            sizes = torch.tensor(self.drawn['sizes'])
            self.groups = torch.from_file(str(folder / f'{name}.drawn.bin'), size=int(sizes.sum()), dtype=torch.int32)
            self.sizes, self.starts = sizes, sizes.cumsum(0) - sizes
            self.cumulative = torch.tensor(self.drawn['cumulative'], dtype=torch.float64)

    def order(self, turn):
        """The order of the rows in pass number `turn`."""
        if turn not in self.orders:
            self.orders = {turn: self.draw(turn) if self.drawn else self.shuffle(turn)}
        return self.orders[turn]

    def shuffle(self, turn):
        return philox.permutation(self.seed, f'shuffle:{self.name}', turn, self.count)

    def draw(self, turn):
        """Rows drawn with repetition: which group, by its chance, and which of its rows."""
        turns, scopes = torch.tensor([turn]), torch.tensor([0])
        u = philox.draws(self.seed, f'draw:{self.name}', 'uniform', turns, scopes, torch.arange(self.count), 2)[0]
        group = torch.searchsorted(self.cumulative, u[:, 0].contiguous(), right=True)
        place = self.starts[group] + (u[:, 1] * self.sizes[group]).long()
        return self.groups[place].long()

    def rows(self, ordinal, part=slice(None)):
        """The rows of minibatch number `ordinal`, or a part of them."""
        start = ordinal % self.per_pass * self.batch
        return self.order(ordinal // self.per_pass)[start : start + self.batch][part]

    def values(self, field, rows):
        """[rows, ...] of a field in the program's type; `rows`: indices on the device, or a slice."""
        data, values = self.fields[field]
        chosen = data[rows]
        return chosen.to(self.dtype) if values is None else values[chosen.long()]


def open_streams(folder, manifest, seed, device, dtype):
    """Streams by name; `folder`: of the rows."""
    try:
        index = json.loads((folder / 'index.json').read_text())
    except OSError:
        raise Refused(f'{folder} holds no rows: `ganc run` reads the data by itself, `ganc build` writes it there') from None
    return {
        entry['name']: Stream(folder, entry['name'], index[entry['name']], entry['batch'], seed, device, dtype)
        for entry in manifest['streams']
    }
