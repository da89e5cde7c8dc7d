"""Minibatches in which all rows are equal, as PyTorch has them: variances, differences and distances of exactly 0, values that tie,
and what gradient goes through them.
"""

import math

import torch
import torch.nn.functional as F
from cases import X, Y, call, told

norm = torch.linalg.vector_norm
found: list = []


def waves(*shape):
    """Numbers in [-1, 1]; cases.sines would count these among its own."""
    return torch.cos(0.9 * torch.arange(math.prod(shape), dtype=torch.float64) + 0.4).reshape(shape)


def equal(value, f, inputs, leaves=None, types=None):
    """A call, the same as a function of the tensors (by name), and the gradient of the sum of c · value by each of them."""
    everything = {name: x.clone().requires_grad_() for name, x in {**inputs, **(leaves or {})}.items()}
    wanted = f(everything)
    c = waves(*wanted.shape)
    slopes = torch.autograd.grad((c * wanted).sum(), list(everything.values()))
    found.append(
        {
            'value': value,
            'inputs': {name: {**told(x), 'type': (types or {}).get(name, {})} for name, x in inputs.items()},
            'leaves': {name: told(x) for name, x in (leaves or {}).items()},
            'wanted': told(wanted),
            'cotangent': told(c),
            'gradients': {name: told(slope) for name, slope in zip(everything, slopes)},
        }
    )


def rows(*shape, count=4):
    """So many rows, all the same."""
    return waves(1, *shape).expand(count, *shape)


def gains(layer, n):
    return {f'{layer}.gain': 1 + 0.3 * waves(n), f'{layer}.bias': 0.2 * waves(n)}


for shape in ((4,), (2, 5), (2, 4, 3)):
    n = shape[0]
    x, leaves = {'x': rows(*shape)}, gains('batch_norm', n)
    equal(call('batch_norm', x=X), lambda t: F.batch_norm(t['x'], None, None, t['batch_norm.gain'], t['batch_norm.bias'], training=True), x, leaves)
    equal(call('batch_norm', x=X, affine=False), lambda t: F.batch_norm(t['x'], None, None, training=True), x)
    # Each row of one number throughout: what is normalised within a row has the variance 0, too.
    flat = {'x': torch.full((4, *shape), 0.7)}
    equal(call('layer_norm', x=X, affine=False), lambda t: F.layer_norm(t['x'], t['x'].shape[1:]), flat)
    equal(call('group_norm', x=X, groups=2, affine=False), lambda t: F.group_norm(t['x'], 2), flat)
    if len(shape) > 1:
        equal(call('instance_norm', x=X, affine=False), lambda t: F.instance_norm(t['x']), flat)
    zeros = {'x': torch.zeros(4, *shape)}
    equal(call('pixel_norm', x=X), lambda t: F.rms_norm(t['x'].movedim(1, -1), (t['x'].shape[1],), eps=1e-8).movedim(-1, 1), zeros)
    for item, f in (('relu', F.relu), ('leaky_relu', lambda x: F.leaky_relu(x, 0.2)), ('elu', F.elu), ('selu', F.selu), ('abs', torch.abs), ('softsign', F.softsign)):
        equal(call(item, x=X), lambda t: f(t['x']), zeros)  # noqa: B023

x = rows(4)
equal(call('distance', a=X, b=call('mean', x=X, over='rows')), lambda t: norm(t['x'] - t['x'].mean(0), dim=1), {'x': x})
equal(call('mean', x=X, over='rows'), lambda t: t['x'].mean(0), {'x': x})
equal(call('norm', x=X, over='rows'), lambda t: norm(t['x'], dim=0), {'x': torch.zeros(4, 3)})

# Distances of 0, the row's own among them.
equal(call('distance', a=X, b=Y), lambda t: norm(t['x'] - t['y'], dim=1), {'x': x, 'y': x})
pairs = call('over_pairs', f={'distance': True}, a=X, b=Y, reduce='mean')
equal(pairs, lambda t: torch.cdist(t['x'], t['y']).mean(1), {'x': x, 'y': x[:3]}, types={'y': {'rows': 'other'}})
equal(call('mse', a=X, b=Y), lambda t: (t['x'] - t['y']).square().mean(1), {'x': x, 'y': x})
equal(call('l1', a=X, b=Y), lambda t: (t['x'] - t['y']).abs().mean(1), {'x': x, 'y': x})
equal(call('norm', x=X), lambda t: norm(t['x'], dim=1), {'x': torch.zeros(4, 3)})
equal(call('total_variation', x=X), lambda t: torch.diff(t['x'], dim=2).abs().sum((1, 2, 3)) + torch.diff(t['x'], dim=3).abs().sum((1, 2, 3)), {'x': torch.full((4, 2, 3, 3), 0.4)})


# Of numbers that tie the first, or an equal part to each.
equal(call('max', x=X), lambda t: t['x'].amax(1), {'x': torch.full((4, 3), 0.2)})
equal(call('min', x=X), lambda t: t['x'].amin(1), {'x': torch.full((4, 3), 0.2)})
equal(call('max', x=X, y=Y), lambda t: torch.maximum(t['x'], t['y']), {'x': x, 'y': x})
equal(call('min', x=X, y=Y), lambda t: torch.minimum(t['x'], t['y']), {'x': x, 'y': x})
equal(call('softmax', x=X), lambda t: F.softmax(t['x'], 1), {'x': torch.full((4, 3), 0.2)})
