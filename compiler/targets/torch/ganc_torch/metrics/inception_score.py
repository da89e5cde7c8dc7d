"""`inception_score(C(fake))`: exp of the mean divergence of each row's class probabilities from those of all rows (Salimans et
al. 2016): from 1 to the number of classes. By the spec's own classifier it is comparable only with itself.
"""

import math

import torch

from .metric import Metric, Unshown


def inception_score(probs, splits=1):
    """The mean over so many equal parts, one after another."""
    if probs.width < 2:
        raise Unshown('class probabilities are at least two numbers a row')
    if splits > probs.rows:
        raise Unshown(f'splits is from 1 to the {probs.rows} rows')
    if not probs.finite:
        return math.nan
    flat = probs.flat
    if flat.min() < 0 or flat.max() > 1 + 1e-4:
        raise Unshown('class probabilities are from 0 to 1: is it logits?')
    ends = [split * probs.rows // splits for split in range(splits + 1)]
    return sum(math.exp(_divergence(flat[start:end])) for start, end in zip(ends, ends[1:])) / splits


def _divergence(rows):
    """The mean over rows of KL(row || mean of the rows)."""
    mean = rows.mean(0)
    return torch.where(rows > 0, rows * torch.log(rows / mean), 0.0).sum().item() / len(rows)


metrics = {'inception_score': Metric(inception_score, 1)}
