"""Rows of lengths of their own in reports: a graph takes lengths that are multiples of what its networks divide by (`4*T` in an
input's shape), recordings have any. Inputs are padded by their last column, and outputs cropped to what the row itself has.
"""

import math
import re
from dataclasses import dataclass

import torch


def _monomial(size):
    """`4*T` is (4, 'T'); None for anything but a multiple of one symbol."""
    found = re.fullmatch(r'(?:(\d+)\*)?([A-Za-z_]\w*)', size) if isinstance(size, str) else None
    return (int(found[1] or 1), found[2]) if found else None


def symbols_in(graph):
    """The graph's inputs that have lengths of their own: their symbols, and what they are multiples of."""
    sizes = [size for one in graph['inputs'] if one['from']['kind'] == 'field' for size in one['shape'][1:]]
    return {symbol: by for by, symbol in filter(None, map(_monomial, sizes))}


@dataclass(frozen=True)
class RowLengths:
    """What the symbols of a graph stand for in a row."""

    #: by symbol: the row's own length, and what one unit of the symbol is of it
    symbols: dict

    @property
    def sizes(self):
        """Of symbols (`T`) and of their multiples as inputs have them (`4*T`)."""
        units = {symbol: (by, math.ceil(length / by)) for symbol, (length, by) in self.symbols.items()}
        multiples = {f'{by}*{symbol}': by * many for symbol, (by, many) in units.items()}
        return {symbol: many for symbol, (_, many) in units.items()} | multiples

    def padded(self, tensor, shape):
        """With its last axis as long as the input's shape says; its last column is repeated."""
        wanted = self.sizes.get(shape[-1]) if len(shape) > 1 else None
        if wanted is None or wanted == tensor.shape[-1]:
            return tensor
        missing = tensor[..., -1:].expand(*tensor.shape[:-1], wanted - tensor.shape[-1])
        return torch.cat([tensor, missing], -1)

    def cropped(self, tensor, shape):
        """Without what stands for padding, where its last axis is so many times a length."""
        part = _monomial(shape[-1]) if len(shape) > 1 else None
        if part is None or part[1] not in self.symbols:
            return tensor
        length, by = self.symbols[part[1]]
        return tensor[..., : math.ceil(length * part[0] / by)]
