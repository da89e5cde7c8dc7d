"""Pictures of another size and other channels than their source has, as `as image[3, 28, 28]` asks for: gray first, then the size by
area, then channels, by the rule of ganc's own sources (runtime/data/convert.ts and resize.ts), to the bit.
"""

import math

import torch


def reshaped(pictures, shape):
    """[rows, channels, height, width] to [rows, *shape], in the type that they have."""
    if len(shape) != 3:
        return pictures.reshape(len(pictures), *shape)
    channels, *size = shape
    if pictures.shape[1] == 3 and channels == 1:
        red, green, blue = pictures.double().split(1, 1)
        pictures = (0.299 * red + 0.587 * green + 0.114 * blue).to(pictures.dtype)
    if list(pictures.shape[2:]) != size:
        narrow = _shrunk(pictures.double(), size[1])
        pictures = _shrunk(narrow.transpose(2, 3), size[0]).transpose(2, 3).to(pictures.dtype)
    return pictures.expand(-1, channels, -1, -1)


def _shrunk(values, size):
    """[..., columns] to [..., size]: each new column is the mean of the old ones under it, added from left to right."""
    old = values.shape[-1]
    bounds = [((i * old) / size, ((i + 1) * old) / size) for i in range(size)]
    parts = [_under(low, high, old) for low, high in bounds]
    total = torch.zeros(*values.shape[:-1], size, dtype=values.dtype, device=values.device)
    for k in range(max(map(len, parts))):
        # Where fewer lie under a column, a share of nothing is added.
        columns, shares = zip(*(part[k] if k < len(part) else (part[0][0], 0.0) for part in parts))
        chosen = values[..., torch.tensor(columns, device=values.device)]
        total = total + torch.tensor(shares, dtype=values.dtype, device=values.device) * chosen
    return total


def _under(low, high, old):
    """The old columns from `low` to `high`, and what share of it each is."""
    columns = range(math.floor(low), min(old, math.ceil(high)))
    covered = [(at, min(high, at + 1) - max(low, at)) for at in columns]
    return [(at, width / (high - low)) for at, width in covered if width > 1e-9]
