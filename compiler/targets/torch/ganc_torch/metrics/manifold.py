"""How two sets of features cover each other, by balls around rows that reach to their k-th neighbour in the same set: precision
and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020).
"""

import math

from .metric import Metric, Unshown, common_width
from .neighbours import balls_around, nearest_rows


def _measured(fake, real, k, around, measure):
    """`measure(fake, real, squared radii of the rows of one of them)`, which is named by `around`."""
    common_width(fake=fake, real=real)
    own = real if around == 'real' else fake
    if k >= own.rows:
        raise Unshown(f'k is less than the {own.rows} rows of {around}')
    if not (fake.finite and real.finite):
        return math.nan
    # The nearest of all is the row itself.
    _, squares = nearest_rows(own.flat, own.flat, k + 1)
    return measure(fake.flat, real.flat, squares[:, k]).double().mean().item()


def precision(fake, real, k=3):
    """The share of generated rows that lie among the real ones: how good they are."""
    return _measured(fake, real, k, 'real', lambda fake, real, limit: balls_around(fake, real, limit, True) > 0)


def recall(fake, real, k=3):
    """The share of real rows that lie among the generated ones: how much is reached."""
    return _measured(fake, real, k, 'fake', lambda fake, real, limit: balls_around(real, fake, limit, True) > 0)


def density(fake, real, k=5):
    """In how many balls around real rows a generated one lies, of k: precision that outliers sway less."""
    return _measured(fake, real, k, 'real', lambda fake, real, limit: balls_around(fake, real, limit, False).double() / k)


def neighbour_coverage(fake, real, k=5):
    """The share of real rows with a generated one nearer than their k-th real neighbour."""
    return _measured(fake, real, k, 'real', lambda fake, real, limit: nearest_rows(real, fake, 1)[1][:, 0] < limit)


metrics = {
    'precision': Metric(precision, 1),
    'recall': Metric(recall, 1),
    'density': Metric(density, 1),
    'neighbour_coverage': Metric(neighbour_coverage, 1),
}
