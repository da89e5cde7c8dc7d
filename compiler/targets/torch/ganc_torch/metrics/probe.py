"""`probe(E(test.sound), test.speaker, among: E(voices.sound), labels: voices.speaker)`: how well a fresh linear classifier tells
the label from frozen codes: multinomial logistic regression on the rows of `among`, accuracy on those of `code`; without
`among`, rows are split in halves by a fixed shuffle. Where labels have a class for each step of a seq, the classifier reads each
step's channels by themselves.
"""

import math

import torch

from ..philox import permutation
from .classes import agreement
from .metric import Metric, Unshown, Values, class_numbers, common_rows, common_steps, same_lengths, steps_as_rows

#: More rows make the same answer dearer.
_most = 10000
_passes = 200
#: A gradient below this changes no guess worth counting.
_settled = 1e-4
#: Weight of |w|^2 / 2: enough that the optimum exists where classes can be told apart without error.
_decay = 1e-3


def probe(code, label, among=None, labels=None):
    """Accuracy of the classifier."""
    common_rows(code=code, label=label)
    if (among is None) != (labels is None):
        raise Unshown('among and labels are given together')
    if among is None:
        train, test = _halves(code, label)
    else:
        common_rows(among=among, labels=labels)
        train, test = (among, labels), (code, label)
    (code, label), (asked, wanted) = (_at_most(*_per_step(*one)) for one in (train, test))
    if code.width != asked.width:
        raise Unshown('code and among have different sizes')
    if not (code.finite and asked.finite):
        return math.nan
    known, truth = class_numbers(label), class_numbers(wanted)
    classes = max(2, 1 + int(known.max()), 1 + int(truth.max()))
    scale = _scale(code.flat)
    weights = _fitted(_standardised(code.flat, scale), known, classes)
    return agreement((_standardised(asked.flat, scale) @ weights.T).argmax(1), truth)


def _picked(values, rows):
    lengths = None if values.lengths is None else [values.lengths[row] for row in rows.tolist()]
    return Values(values.data[rows], lengths)


def _halves(code, label):
    """Whole utterances, before steps become rows, so that no row is on both sides."""
    if code.rows < 2:
        raise Unshown('a probe needs at least two rows')
    rows = permutation(0, 'probe', 0, code.rows)[: 2 * _most]
    middle = len(rows) // 2
    return [(_picked(code, some), _picked(label, some)) for some in (rows[:middle], rows[middle:])]


def _per_step(code, label):
    if not label.of_steps:
        same_lengths({'code': code, 'label': label}, 'probe')
        return code, label
    common_steps(code=code, label=label)
    return steps_as_rows(code), steps_as_rows(label)


def _at_most(code, label):
    if code.rows <= _most:
        return code, label
    rows = permutation(0, 'probe', 0, code.rows)[:_most]
    return _picked(code, rows), _picked(label, rows)


def _scale(rows):
    variance = rows.var(0, correction=0)
    # A coordinate that never changes says nothing: left at 0.
    return rows.mean(0), torch.where(variance > 1e-20, variance.sqrt(), 1.0)


def _standardised(rows, scale):
    """A one is put at the end, for the bias."""
    mean, std = scale
    return torch.cat([(rows - mean) / std, torch.ones(len(rows), 1, dtype=rows.dtype)], 1)


def _curvature(x):
    """The largest eigenvalue of x^T x / rows, by twenty power steps, a little above."""
    v = torch.full((x.shape[1],), 1 / math.sqrt(x.shape[1]), dtype=x.dtype)
    for _ in range(20):
        following = x.T @ (x @ v) / len(x)
        size = following.norm()
        v = following / size
    return 1.1 * size.item()


def _fitted(x, y, classes):
    """[classes, width] by Nesterov's accelerated gradient; the softmax's curvature is at most half of the features'."""
    rate = 1 / (0.5 * _curvature(x) + _decay)
    truth = torch.nn.functional.one_hot(y, classes).to(x.dtype)
    weights = ahead = torch.zeros(classes, x.shape[1], dtype=x.dtype)
    for turn in range(_passes):
        slope = (torch.softmax(x @ ahead.T, 1) - truth).T @ x / len(x) + _decay * ahead
        if slope.abs().max() < _settled:
            break
        following = ahead - rate * slope
        ahead = following + turn / (turn + 3) * (following - weights)
        weights = following
    return weights


metrics = {'probe': Metric(probe, 0, any_length=True)}
