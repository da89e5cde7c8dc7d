"""`knn_accuracy(E(test.image), test.label, among: E(mnist.image), labels: mnist.label, k: 1)`: how well the nearest neighbours
of a code, by Euclidean distance, tell its class (Donahue et al. 2017, BiGAN, section 4.2).
"""

import math

from .metric import Metric, Unshown, class_numbers, common_rows
from .neighbours import nearest_rows


def _vote(classes):
    """The class of most neighbours, of equals the one with the nearest."""
    return max(classes, key=lambda one: (classes.count(one), -classes.index(one)))


def knn_accuracy(code, label, among, labels, k=1):
    """The share of rows whose class is that of most of their k nearest neighbours."""
    common_rows(code=code, label=label)
    known = common_rows(among=among, labels=labels)
    if code.width != among.width:
        raise Unshown('code and among have different sizes')
    if not 1 <= k <= known:
        raise Unshown(f'k is from 1 to the {known} rows of among')
    if not (code.finite and among.finite):
        return math.nan
    neighbours, _ = nearest_rows(code.flat, among.flat, k)
    votes = class_numbers(labels)[neighbours].tolist()
    return sum(_vote(near) == own for near, own in zip(votes, class_numbers(label).tolist())) / code.rows


metrics = {'knn_accuracy': Metric(knn_accuracy, 1)}
