"""`kid(F(fake), F(test.image))`: the kernel distance (KID, Bińkowski et al. 2018), the unbiased estimate of the squared maximum
mean discrepancy of two sets of features with the kernel (x.y / d + 1)^3. It may come out a little below 0.
"""

import math

from .metric import Metric, Unshown, common_width

#: Rows whose products with all others are made at once.
_chunk = 512


def _mean_kernel(a, b):
    """The mean of the kernel over pairs of rows; of a set with itself, without pairs of a row with itself."""
    width = a.shape[1]
    total = sum((part @ b.T / width + 1).pow(3).sum().item() for part in a.split(_chunk))
    if a is not b:
        return total / (len(a) * len(b))
    return (total - (a.square().sum(1) / width + 1).pow(3).sum().item()) / (len(a) * (len(a) - 1))


def kid(a, b, block=None):
    """The mean over blocks of so many rows, one after another; default: all rows at once."""
    common_width(a=a, b=b)
    rows = min(a.rows, b.rows)
    if min(rows, block or rows) < 2:
        raise Unshown('an unbiased estimate needs at least two rows')
    if block is not None and block > rows:
        raise Unshown(f'a block has at most the {rows} rows that there are')
    if not (a.finite and b.finite):
        return math.nan
    whole = (a.flat, b.flat)
    if block is None:
        pairs = [whole]
    else:
        pairs = list(zip(*(one[: rows // block * block].split(block) for one in whole)))
    return sum(_mean_kernel(p, p) + _mean_kernel(q, q) - 2 * _mean_kernel(p, q) for p, q in pairs) / len(pairs)


metrics = {'kid': Metric(kid, -1)}
