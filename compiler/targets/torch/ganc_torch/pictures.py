"""Pictures that a training sees a little otherwise in each pass over them: mirrored, cut out of a larger one at another place, in
other colours (torchvision's ColorJitter), by the rule and the numbers of ganc's own sources, whatever the run's seed. Reports see
the middle, as it is. All in float64, as there.
"""

import itertools

import torch

from . import philox
from .resize import reshaped

#: Of a place: the row, the first line and column, whether it is mirrored; then which order of colours, and a factor for each.
_plain = 4
#: brightness, contrast, saturation by their numbers
_orders = torch.tensor(list(itertools.permutations(range(3))))


class Moved:
    """`told`: what the index says of a field that moves; `shape`: what its pictures are made after they moved."""

    def __init__(self, told, shape):
        self.shape = shape
        self.stored, self.mirror, self.jitter = told['stored'], told['mirror'], told['jitter']
        self.colours, self.range = told['colours'], told['range']
        _, height, width = self.stored
        self.height, self.width = height - self.jitter, width - self.jitter

    def places(self, rows, turns):
        """[runs, rows, ...]: where pictures lie, and what is to become of them; `turns`: None where nothing is."""
        if turns is None:
            middle = torch.full_like(rows, self.jitter >> 1)
            return torch.stack([rows, middle, middle, torch.zeros_like(rows)], -1).double()
        down, right, side = philox.of_rows('pictures', rows, turns, 3).unbind(-1)
        mirrored = side < 0.5 if self.mirror else torch.zeros_like(side)
        cut = [(share * (self.jitter + 1)).floor() for share in (down, right)]
        placed = torch.stack([rows, *cut, mirrored], -1)
        return placed if self.colours is None else torch.cat([placed, self._changes(rows, turns)], -1)

    def _changes(self, rows, turns):
        """[..., 4]: an order, and a factor for each way."""
        drawn = philox.of_rows('colours', rows, turns, 4)
        strength = torch.tensor(self.colours, dtype=torch.float64)
        low, high = (1 - strength).clamp(min=0), 1 + strength
        order = (drawn[..., :1] * len(_orders)).floor()
        return torch.cat([order, low + (high - low) * drawn[..., 1:]], -1)

    # ------------------------------------------------------------ what

    def cut(self, data, places):
        """[rows, channels, height, width] of the larger pictures, as they lie there."""
        row, top, left, mirrored = places[:, :_plain].long().unbind(1)
        lines, columns, channels = (torch.arange(size, device=data.device) for size in (self.height, self.width, self.stored[0]))
        columns = torch.where(mirrored[:, None] != 0, self.width - 1 - columns, columns) + left[:, None]
        lines = lines + top[:, None]
        return data[row[:, None, None, None], channels[:, None, None], lines[:, None, :, None], columns[:, None, None, :]]

    def taken(self, shown, values, places, dtype):
        """What was cut out as [rows, ...] in the program's type; `values`: what bytes stand for, in float64."""
        shown = shown.double() if values is None else looked_up(values, shown)
        if places.shape[1] > _plain:
            shown = _recoloured(shown, places[:, _plain].long(), places[:, _plain + 1 :])
        shown = reshaped(shown.to(dtype), self.shape)
        if self.range is None:
            return shown
        return (shown.double() * self.range['scale'] + self.range['shift']).to(dtype)


def looked_up(values, chosen):
    """What bytes stand for; on a processor a fifth of the time of `values[chosen.long()]`."""
    return values.index_select(0, chosen.reshape(-1).int()).reshape(chosen.shape)


def _recoloured(pictures, order, factors):
    """Pictures, [rows, 1 or 3, ...] in [0, 1], after three changes in their order; a factor of 1 changes nothing."""
    shape, pictures = pictures.shape, pictures.flatten(2)
    if shape[1] != 3:
        factors = torch.cat([factors[:, :2], torch.ones_like(factors[:, 2:])], 1)
    for way in _orders.to(order.device)[order].unbind(1):
        factor, way = factors.gather(1, way[:, None])[:, :, None], way[:, None, None]
        gray = _gray(pictures)
        mean = _total(gray) / gray.shape[2]
        other = torch.where(way == 0, 0.0, torch.where(way == 1, mean, gray))
        pictures = (factor * pictures + (1 - factor) * other).clamp(0, 1)
    return pictures.reshape(shape)


def _total(gray):
    """Summed one after another, as on every target; a card adds in an order of its own, which torch.sum keeps from run to run."""
    return gray.sum(2, keepdim=True) if gray.is_cuda else gray.cumsum(2)[:, :, -1:]


def _gray(pictures):
    """[rows, 1, pixels]: torchvision's rgb_to_grayscale."""
    if pictures.shape[1] != 3:
        return pictures
    red, green, blue = pictures.split(1, 1)
    return 0.2989 * red + 0.587 * green + 0.114 * blue
