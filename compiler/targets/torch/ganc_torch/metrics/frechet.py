"""`frechet(F(fake), F(test.image))`: the Fréchet distance of the Gaussians fitted to two sets of rows,

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))

(Dowson & Landau 1982); with the features of an Inception network it is the FID (Heusel et al. 2017). Work grows with the cube
of the features, or of the rows where those are fewer: with X = centred rows / sqrt(rows - 1) the trace of the root is the sum
of the singular values of X1 X2^T.
"""

import math

import torch

from .metric import Metric, Unshown


class Gaussian:
    """Mean and covariance of rows that are let go as they are folded in (Chan, Golub & LeVeque 1983). While there are no more
    rows than numbers in a row they are kept: that is less, and a few rows can be compared without their covariances.
    """

    def __init__(self):
        self.held, self.rows, self.mean, self.scatter = [], 0, None, None

    def add(self, rows):
        flat = rows.double().reshape(rows.shape[0], -1)
        self.rows += len(flat)
        self.width = flat.shape[1]
        self.held.append(flat)
        if self.scatter is not None or self.rows > self.width:
            self._fold(torch.cat(self.held), self.rows)
            self.held = []

    def _fold(self, flat, total):
        """Takes the last rows of `total` into the moments; a chunk's own are round its own mean."""
        count, mean = len(flat), flat.mean(0)
        before = total - count
        centred = flat - mean
        scatter = centred.T @ centred
        if before == 0:
            self.mean, self.scatter = mean, scatter
            return
        apart = mean - self.mean
        self.scatter += scatter + torch.outer(apart, apart) * (before * count / total)
        self.mean = self.mean + apart * (count / total)

    def taken(self):
        return self

    def moments(self):
        """Mean [width] and covariance [width, width]."""
        if self.held:
            self._fold(torch.cat(self.held), self.rows)
            self.held = []
        return self.mean, self.scatter / (self.rows - 1)

    def centred(self):
        """Mean, and rows less it divided by sqrt(rows - 1), where they are held."""
        flat = torch.cat(self.held)
        return flat.mean(0), (flat - flat.mean(0)) / math.sqrt(self.rows - 1)

    @property
    def finite(self):
        kept = self.held + ([] if self.scatter is None else [self.mean, self.scatter])
        return all(bool(one.isfinite().all()) for one in kept)


def frechet(a, b):
    """0 for equal means and covariances; it may not be a number, as its rows may not."""
    if a.width != b.width:
        raise Unshown(f"rows of {a.width} and {b.width} numbers can't be compared")
    if min(a.rows, b.rows) < 2:
        raise Unshown('a Gaussian needs at least two rows')
    if not (a.finite and b.finite):
        return math.nan
    if a.held and b.held:
        (first, x), (second, y) = a.centred(), b.centred()
        spread = x.square().sum() + y.square().sum()
        root = torch.linalg.svdvals(x @ y.T).sum()
    else:
        (first, own), (second, other) = a.moments(), b.moments()
        spread = own.trace() + other.trace()
        root = _trace_of_root(own, other)
    return max(0.0, ((first - second).square().sum() + spread - 2 * root).item())


def _trace_of_root(first, second):
    """tr((C1 C2)^(1/2)), from the eigenvalues of the symmetric C1^(1/2) C2 C1^(1/2), which are those of C1 C2."""
    values, vectors = torch.linalg.eigh(first)
    half = vectors * values.clamp(min=0).sqrt()
    inner = half.T @ second @ half
    return torch.linalg.eigvalsh((inner + inner.T) / 2).clamp(min=0).sqrt().sum()


metrics = {'frechet': Metric(frechet, -1, {'a': Gaussian, 'b': Gaussian})}
