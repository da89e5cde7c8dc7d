"""`coverage(fake, among: ring.point, labels: ring.label, within: 0.06)`: which share of the classes of the data the generated
points reach: 1 minus what a generator has forgotten.
"""

import math

from .metric import Metric, Unshown, class_numbers, common_rows
from .neighbours import nearest_rows


def coverage(points, among, labels, within=None):
    """The share of the classes among which some point has its nearest neighbour, no farther than `within`."""
    common_rows(among=among, labels=labels)
    if points.width != among.width:
        raise Unshown('points and among have different sizes')
    if not (points.finite and among.finite):
        return math.nan
    classes = class_numbers(labels)
    nearest, squares = nearest_rows(points.flat, among.flat, 1)
    near = squares[:, 0] <= (math.inf if within is None else within * within)
    return len(classes[nearest[near, 0]].unique()) / len(classes.unique())


metrics = {'coverage': Metric(coverage, 1)}
