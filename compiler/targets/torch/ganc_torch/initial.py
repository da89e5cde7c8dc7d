"""How a tensor of the state starts that is drawn: normal, uniform, or orthogonal. All in float64, then rounded once."""

import torch

from . import philox


def drawn(entry, seed):
    """The first values of a manifest's entry, float64, of its shape."""
    initial, size = entry['initial'], 1
    for length in entry['shape']:
        size *= length
    zero = torch.zeros(1, dtype=torch.int64)
    orthogonal = initial['kind'] == 'orthogonal'
    kind = 'normal' if orthogonal else initial['kind']
    made = philox.draws(seed, f"init:{entry['name']}", kind, zero, zero, zero, size).reshape(entry['shape'])
    if orthogonal:
        return initial['gain'] * _orthonormal(made.reshape(entry['shape'][0], -1)).reshape(entry['shape'])
    if kind == 'normal':
        return initial['mean'] + initial['std'] * made
    return initial['low'] + (initial['high'] - initial['low']) * made


def _orthonormal(matrix):
    """Rows, or columns if they are fewer, at right angles and of length 1, the first along the first (Saxe et al. 2013)."""
    wide = matrix.shape[0] <= matrix.shape[1]
    q, r = torch.linalg.qr(matrix.T if wide else matrix)
    q = q * torch.sign(torch.diagonal(r))
    return q.T if wide else q
