"""Layers without weights, and functions of numbers, rows and places, as PyTorch has them."""

import torch
import torch.nn.functional as F
from cases import X, Y, call, case, image, marks, plain, seq, shown, sines, vec, where, wide_range

x, y = image(), sines(2, 3)
case('concat', call('concat', x=[X, Y]), torch.cat([x, y[:, :, None, None].expand(2, 3, 4, 3)], 1), {'x': x, 'y': y})
y = sines(2, 2, 1, 3)
case('concat', call('concat', x=[X, Y], over='height'), torch.cat([x, y], 2), {'x': x, 'y': y})
label = torch.tensor([2, 0])
x = vec()
case('concat', call('concat', x=[X, Y]), torch.cat([x, F.one_hot(label, 3)], 1), {'x': x, 'y': (label, {'kind': 'label', 'classes': 3})})
plain('flatten', torch.nn.Flatten(), image())
plain('reshape', lambda x: x.reshape(2, 2, 2), vec(), shape=[2, 2])
plain('pixel_shuffle', lambda x: F.pixel_shuffle(x, 2), sines(2, 8, 2, 3))
plain('pixel_shuffle', lambda x: x.reshape(2, 2, 3, 4).transpose(2, 3).reshape(2, 2, 12), sines(2, 6, 4), factor=3)
plain('upsample', lambda x: F.interpolate(x, scale_factor=2), image(), seq())
plain('upsample', lambda x: F.interpolate(x, scale_factor=3), seq(), factor=3)
plain('max_pool', lambda x: F.max_pool2d(x, 2), image(), size=2)
plain('max_pool', lambda x: F.max_pool2d(x, (3, 2), (1, 1)), image(), size=[3, 2], stride=1)
plain('avg_pool', lambda x: F.avg_pool2d(x, 2), image(), size=2)
plain('avg_pool', lambda x: F.avg_pool1d(x, 3, 2), seq(), size=3, stride=2)
x, u = vec(), torch.tensor([[0.1, 0.8, 0.59, 0.61], [0.3, 0.95, 0, 0.7]])
case('dropout', call('dropout', x=X, rate=0.4), x * (u < 0.6) / 0.6, {'x': x}, {'dropout_1/mask': u})
x, n = vec(), sines(2, 4)
case('noise', call('noise', x=X, std=0.3), torch.add(x, n, alpha=0.3), {'x': x}, {'noise_1/noise': n})
plain('elu', F.elu, vec(), wide_range)
plain('elu', lambda x: F.elu(x, 0.7), vec(), alpha=0.7)
plain('gelu', F.gelu, vec(), wide_range)
plain('leaky_relu', lambda x: F.leaky_relu(x, 0.2), vec(), wide_range)
plain('leaky_relu', lambda x: F.leaky_relu(x, 0.01), vec(), slope=0.01)
plain('relu', F.relu, vec(), wide_range)
plain('selu', F.selu, vec(), wide_range)
plain('sigmoid', torch.sigmoid, vec(), wide_range)
plain('softplus', F.softplus, vec(), wide_range)
plain('softsign', F.softsign, vec(), wide_range)
plain('swish', F.silu, vec(), wide_range)
plain('tanh', torch.tanh, vec(), wide_range)
plain('softmax', lambda x: F.softmax(x, 1), vec(), seq(), image(), wide_range)
plain('softmax', lambda x: F.softmax(x, 3), image(), over='width')

plain('abs', torch.abs, vec())
plain('clamp', lambda x: torch.clamp(x, -0.5, 0.8), vec(), low=-0.5, high=0.8)
plain('cos', torch.cos, vec(), wide_range)
plain('exp', torch.exp, vec())
plain('floor', torch.floor, vec(), wide_range)
plain('log', torch.log, vec().exp())
plain('sign', torch.sign, vec(), wide_range)
plain('sin', torch.sin, vec(), wide_range)
plain('sqrt', torch.sqrt, vec().abs())
plain('square', torch.square, vec())
norm = torch.linalg.vector_norm
reductions = {
    'sum': lambda x, axes: x.sum(axes),
    'mean': lambda x, axes: x.mean(axes),
    'max': lambda x, axes: x.amax(axes),
    'min': lambda x, axes: x.amin(axes),
    'norm': lambda x, axes: norm(x, dim=axes),
}
for name, f in reductions.items():
    plain(name, lambda x: f(x, tuple(range(1, x.dim()))), vec(), seq(), image())  # noqa: B023
    plain(name, lambda x: f(x, 2), seq(), over='time')  # noqa: B023
    plain(name, lambda x: f(x, 1)[:, None], image(), over='channels')  # noqa: B023
    plain(name, lambda x: f(x, (2, 3)), image(), over='places')  # noqa: B023
    plain(name, lambda x: f(x, 3), image(), over='width')  # noqa: B023
    if name in ('sum', 'mean', 'norm'):
        plain(name, lambda x: f(x, 0), vec(), over='rows')  # noqa: B023
        x = seq()
        own = [f(row, (0, 1)) for row in shown(x)]
        case(name, call(name, x=X, where=where), torch.stack(own), {'x': x, **marks})
x, y = vec(), vec()
case('max', call('max', x=X, y=Y), torch.maximum(x, y), {'x': x, 'y': y})
case('min', call('min', x=X, y=0.25), torch.clamp(x, max=0.25), {'x': x})
case('distance', call('distance', a=X, b=Y), F.pairwise_distance(x, y, eps=0), {'x': x, 'y': y})
a, b = seq(), seq()
own = [norm(p - q) for p, q in zip(shown(a), shown(b))]
case('distance', call('distance', a=X, b=Y, where=where), torch.stack(own), {'x': a, 'y': b, **marks})
p, q = sines(2, 2, 3), sines(2, 3, 2)
mat = {'form': 'mat'}
case('matmul', call('matmul', a=X, b=Y), torch.bmm(p, q), {'x': (p, mat), 'y': (q, mat)})
v = sines(2, 3)
case('matmul', call('matmul', a=X, b=Y), torch.einsum('nij,nj->ni', p, v), {'x': (p, mat), 'y': v})
case('outer', call('outer', a=X, b=Y), torch.einsum('ni,nj->nij', x, v), {'x': x, 'y': v})
case('transpose', call('transpose', x=X), p.mT, {'x': (p, mat)})
codes, book = seq(), sines(3, 2)
chosen = torch.cdist(codes.mT, book).argmin(2)
case(
    'quantize',
    call('quantize', x=X, codebook=Y),
    {'codes': book[chosen].mT, 'passed': book[chosen].mT, 'chosen': F.one_hot(chosen, 3).mT},
    {'x': codes, 'y': (book, {'form': 'mat', 'rows': None})},
)
case('total', call('total', x=[X, Y, X]), x + y + x, {'x': x, 'y': y})


def slope(f, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0]


squares = lambda t: call('sum', x=call('square', x=t))  # noqa: E731
case('gradient', call('gradient', y=call('norm', x=call('tanh', x=X)), x=X), slope(lambda t: norm(torch.tanh(t), dim=1), x), {'x': x})
case('reverse', call('reverse', x=X, k=0.5), x, {'x': x})
case('reverse', call('gradient', y=squares(call('reverse', x=X, k=0.5)), x=X), -0.5 * slope(torch.square, x), {'x': x})
case('stop', call('stop', x=X), x, {'x': x})
case('stop', call('gradient', y=call('sum', x=call('outer', a=call('stop', x=X), b=X)), x=X), slope(lambda t: t.detach().sum(1) * t.sum(1), x), {'x': x})
u = torch.tensor([0.25, 0.9])
case('between', call('between', a=X, b=Y), torch.lerp(x, y, u[:, None]), {'x': x, 'y': y}, {'between_1/place': u})
other = (sines(3, 4), {'rows': 'other'})
case('stack', call('stack', x=[X, Y]), torch.cat([x, other[0]]), {'x': x, 'y': other})
for i, part in enumerate((x, other[0])):
    case('part', call('part', x=call('tanh', x=call('stack', x=[X, Y])), i=i), torch.tanh(part), {'x': x, 'y': other})
table = torch.cdist(x, other[0])
for reduce, made in {
    'mean': table.mean(1),
    'sum': table.sum(1),
    'max': table.amax(1),
    'min': table.amin(1),
    'log_sum_exp': table.logsumexp(1),
}.items():
    case('over_pairs', call('over_pairs', f={'distance': True}, a=X, b=Y, reduce=reduce), made, {'x': x, 'y': other})
case('unpaired', call('unpaired', x=X, like=Y), x, {'x': x, 'y': (sines(2, 4), {'rows': 'other'})}, sizes={'other': 2})
i = image()
case('pack', call('pack', x=X, n=2), x.reshape(1, 8), {'x': x}, sizes={'data/2': 1})
case('pack', call('pack', x=X, n=2), i.reshape(1, 4, 4, 3), {'x': i}, sizes={'data/2': 1})
case('hold', call('hold', x=X, steps=3), x[:, :, None].repeat(1, 1, 3), {'x': x})
case('hold', call('hold', x=X, like=Y), x[:, :, None, None].expand(2, 4, 4, 3), {'x': x, 'y': i})
n = torch.tensor([0.3, -1.2])
case('hold', call('hold', x=X, like=Y), n[:, None].expand(2, 4), {'x': n, 'y': x})
case('hold', call('hold', x=X, like=Y), n[:, None, None, None].expand(i.shape), {'x': n, 'y': i})
n = torch.tensor([3, 1])
case('within', call('within', n=X, steps=5), (torch.arange(5)[None] < n[:, None])[:, None], {'x': n})
for fill, mode in (('zero', 'constant'), ('reflect', 'reflect'), ('replicate', 'replicate')):
    case('pad', call('pad', x=X, before=[2, 1], after=[0, 2], fill=fill), F.pad(i, (1, 2, 2, 0), mode=mode), {'x': i})
s = seq()
case('shift', call('shift', x=X, by=2, over='time'), F.pad(s, (2, -2)), {'x': s})
case('shift', call('shift', x=X, by=-1, over='height'), F.pad(i, (0, 0, -1, 1)), {'x': i})
at = torch.tensor([[0.1, 0.99], [0.7, 0.2]])
windows = [i[0, :, 0:2, 1:3], i[1, :, 2:4, 0:2]]
case('crop', call('crop', x=X, size=2, at=Y), torch.stack(windows), {'x': i, 'y': at})
yes = torch.tensor([2, 0])
widened = call('concat', x=[call('widen', x=X, by=2)])
case('widen', widened, F.one_hot(yes, 5), {'x': (yes, {'kind': 'label', 'classes': 3})})
case('resize', call('resize', x=X, size=[7, 2]), F.interpolate(i, (7, 2), mode='bilinear'), {'x': i})
case('resize', call('resize', x=X, size=5, method='nearest'), F.interpolate(i, (5, 5)), {'x': i})
case('resize', call('resize', x=X, size=8), F.interpolate(s, 8, mode='linear'), {'x': s})
