"""Layers with weights, buffers or draws, as PyTorch has them."""

import math

import torch
import torch.nn.functional as F
from cases import X, Y, call, case, image, seq, sines, vec

x, w, b = vec(), sines(4, 3), sines(3)
case('dense', call('dense', x=X, units=3), F.linear(x, w.T, b), {'x': x}, {'dense.weight': w, 'dense.bias': b})
x, w = seq(), sines(2, 3)
case('dense', call('dense', x=X, units=3, bias=False), F.conv1d(x, w.T[:, :, None]), {'x': x}, {'dense.weight': w})
x, w = vec(), sines(4, 2)
for equalized, gain in (('he', 2), ('unit', 1)):
    given = call('dense', x=X, units=2, bias=False, equalized=equalized)
    case('dense', given, F.linear(x, w.T * math.sqrt(gain / 4)), {'x': x}, {'dense.weight': w})
g = sines(2) + 2
given = call('dense', x=X, units=2, bias=False, weight_norm='learned')
case('dense', given, F.linear(x, torch._weight_norm(w.T.contiguous(), g[:, None], 0)), {'x': x}, {'dense.weight': w, 'dense.gain': g})
u = sines(2)


def spectral(weight, u):
    """torch.nn.utils.spectral_norm in training, whose vector starts from u: one power iteration."""
    matrix = weight.flatten(1)
    v = F.normalize(matrix.T @ F.normalize(u, dim=0), dim=0)
    return weight / torch.dot(F.normalize(matrix @ v, dim=0), matrix @ v)


given = call('dense', x=X, units=2, bias=False, spectral=True)
case('dense', given, F.linear(x, spectral(w.T, u)), {'x': x}, {'dense.weight': w, 'dense.singular': u})
y = torch.tensor([1, 0])
w = sines(3, 2)
case('embedding', call('embedding', x=X, units=2), F.embedding(y, w), {'x': (y, {'kind': 'label', 'classes': 3})}, {'embedding.weight': w})

x, w, b = image(), sines(3, 2, 3, 2), sines(3)
leaves = {'conv.weight': w, 'conv.bias': b}
case('conv', call('conv', x=X, channels=3, kernel=[3, 2], pad=1), F.conv2d(x, w, b, padding=1), {'x': x}, leaves)
given = call('conv', x=X, channels=3, kernel=[3, 2], stride=[2, 1], pad=2, dilation=[1, 2])
case('conv', given, F.conv2d(x, w, b, stride=(2, 1), padding=2, dilation=(1, 2)), {'x': x}, leaves)
for fill, mode in (('reflect', 'reflect'), ('replicate', 'replicate')):
    given = call('conv', x=X, channels=3, kernel=[3, 2], pad=1, fill=fill)
    case('conv', given, F.conv2d(F.pad(x, (1, 1, 1, 1), mode=mode), w, b), {'x': x}, leaves)
x, w = sines(2, 4, 6), sines(6, 2, 3)
case('conv', call('conv', x=X, channels=6, kernel=3, groups=2, bias=False), F.conv1d(x, w, padding=1, groups=2), {'x': x}, {'conv.weight': w})
given = call('conv', x=X, channels=6, kernel=3, groups=2, bias=False, pad='causal')
case('conv', given, F.conv1d(F.pad(x, (2, 0)), w, groups=2), {'x': x}, {'conv.weight': w})
x, w, b = image(), sines(2, 3, 4, 3), sines(3)
given = call('conv_transpose', x=X, channels=3, kernel=[4, 3], stride=2, pad=1)
leaves = {'conv_transpose.weight': w, 'conv_transpose.bias': b}
case('conv_transpose', given, F.conv_transpose2d(x, w, b, stride=2, padding=1), {'x': x}, leaves)
x, w = seq(), sines(2, 3, 2)
given = call('conv_transpose', x=X, channels=3, kernel=2, stride=3, pad=0, bias=False)
case('conv_transpose', given, F.conv_transpose1d(x, w, stride=3), {'x': x}, {'conv_transpose.weight': w})
# Of numbers that were made already: sines() counts, and every number behind would be another.
x, w = torch.arange(48.0, dtype=torch.float64).sin().reshape(2, 4, 6), torch.arange(36.0, dtype=torch.float64).cos().reshape(4, 3, 3)
given = call('conv_transpose', x=X, channels=6, kernel=3, stride=2, pad=1, dilation=2, groups=2, bias=False)
case('conv_transpose', given, F.conv_transpose1d(x, w, stride=2, padding=1, dilation=2, groups=2), {'x': x}, {'conv_transpose.weight': w})
x, w = x.reshape(2, 2, 3, 4), torch.arange(24.0, dtype=torch.float64).cos().reshape(2, 3, 2, 2)
given = call('conv_transpose', x=X, channels=3, kernel=2, pad=0, dilation=[1, 3], bias=False)
case('conv_transpose', given, F.conv_transpose2d(x, w, dilation=(1, 3)), {'x': x}, {'conv_transpose.weight': w})


def gains(item, n):
    return {f'{item}.gain': sines(n) + 1, f'{item}.bias': sines(n)}


for x in (vec(), image(), seq()):
    n = x.shape[1]
    leaves = gains('batch_norm', n)
    g, b = leaves.values()
    case('batch_norm', call('batch_norm', x=X), F.batch_norm(x, None, None, g, b, training=True), {'x': x}, leaves)
    m, v = sines(n), sines(n) ** 2 + 0.1
    running = {'batch_norm.mean': m, 'batch_norm.variance': v}
    case('batch_norm', call('batch_norm', x=X), F.batch_norm(x, m, v, g, b), {'x': x}, {**leaves, **running}, mode='report')
    leaves = gains('layer_norm', n)
    g, b = leaves.values()
    made = F.layer_norm(x, (4,), g, b) if x.dim() == 2 else F.group_norm(x, 1, g, b)
    case('layer_norm', call('layer_norm', x=X), made, {'x': x}, leaves)
    case('layer_norm', call('layer_norm', x=X, affine=False), F.layer_norm(x, x.shape[1:]), {'x': x})
    leaves = gains('group_norm', n)
    case('group_norm', call('group_norm', x=X, groups=2), F.group_norm(x, 2, *leaves.values()), {'x': x}, leaves)
    if x.dim() > 2:
        leaves = gains('instance_norm', n)
        g, b = leaves.values()
        case('instance_norm', call('instance_norm', x=X), F.instance_norm(x, weight=g, bias=b), {'x': x}, leaves)
    case('pixel_norm', call('pixel_norm', x=X), F.rms_norm(x.movedim(1, -1), (n,), eps=1e-8).movedim(-1, 1), {'x': x})
    slope = 0.3 * sines(n)
    case('prelu', call('prelu', x=X), F.prelu(x, slope), {'x': x}, {'prelu.slope': slope})
    case('prelu', call('prelu', x=X, slopes='one'), F.prelu(x, slope[:1]), {'x': x}, {'prelu.slope': slope[:1]})
x = sines(2, 4, 3, 2)
leaves = gains('group_norm', 4)
case('group_norm', call('group_norm', x=X, groups=2), F.group_norm(x, 2, *leaves.values()), {'x': x}, leaves)

x, s = image(), sines(2, 3)
gw, bw = sines(3, 2), sines(3, 2)
wide = lambda t: t[:, :, None, None]  # noqa: E731
case(
    'batch_norm',
    call('batch_norm', x=X, condition={'input': 's'}),
    F.batch_norm(x, None, None, training=True) * (1 + wide(s @ gw)) + wide(s @ bw),
    {'x': x, 's': s},
    {'batch_norm.gain_weight': gw, 'batch_norm.bias_weight': bw},
)
gb, bb = sines(2), sines(2)
case(
    'adain',
    call('adain', x=X, style={'input': 's'}),
    F.instance_norm(x) * (1 + wide(F.linear(s, gw.T, gb))) + wide(F.linear(s, bw.T, bb)),
    {'x': x, 's': s},
    {'adain.gain_weight': gw, 'adain.gain_bias': gb, 'adain.bias_weight': bw, 'adain.bias_bias': bb},
)
w, sw, sb = sines(3, 2, 3, 3), sines(3, 2), sines(2) + 1
scales = F.linear(s, sw.T, sb)
leaves = {'modulated_conv.weight': w, 'modulated_conv.style_weight': sw, 'modulated_conv.style_gain': sb}
for demodulate in (True, False):
    rows = []
    for i in range(2):
        kernel = w * scales[i][None, :, None, None]
        if demodulate:
            kernel = kernel / torch.sqrt(kernel.square().sum((1, 2, 3), keepdim=True) + 1e-8)
        rows.append(F.conv2d(x[i : i + 1], kernel, padding=1))
    given = call('modulated_conv', x=X, channels=3, style={'input': 's'}, demodulate=demodulate)
    case('modulated_conv', given, torch.cat(rows), {'x': x, 's': s}, leaves)
w = sines(2, 3)
case('weight', call('weight', shape=[2, 3], form='mat'), w, {}, {'weight.weight': w})
x, y = sines(2, 4, 3), sines(2, 2, 5)
for to, keys, heads in ((x, 2, 2), (y, 4, 1)):
    q, k, v, o = sines(4, keys), sines(to.shape[1], keys), sines(to.shape[1], 4), sines(4, 4)
    split = lambda t: t.unflatten(2, (heads, -1)).transpose(1, 2)  # noqa: E731
    places, others = x.transpose(1, 2), to.transpose(1, 2)
    made = F.scaled_dot_product_attention(split(places @ q), split(others @ k), split(others @ v))
    made = (made.transpose(1, 2).flatten(2) @ o).transpose(1, 2)
    given = call('attention', x=X, heads=heads, keys=keys, **({} if to is x else {'to': Y}))
    parts = {'attention.query': q, 'attention.key': k, 'attention.value': v, 'attention.result': o}
    case('attention', given, made, {'x': x, 'y': y} if to is not x else {'x': x}, parts)


def reordered(t, name, units):
    """The language's columns as PyTorch's rows: the LSTM's are i, f, g, o there, and i, f, o, g here."""
    gates = list(t.split(units, -1))
    if name == 'lstm':
        gates[2], gates[3] = gates[3], gates[2]
    return torch.cat(gates, -1)


for name, kind, gates in (('rnn', torch.nn.RNN, 1), ('gru', torch.nn.GRU, 3), ('lstm', torch.nn.LSTM, 4)):
    units, x = 2, 1.5 * sines(2, 3, 4)
    leaves = {}
    layer = kind(3, units, batch_first=True, bidirectional=True)
    for back, suffix in (('', ''), ('back_', '_reverse')):
        parts = {'weight': sines(3, gates * units), 'recurrent_weight': sines(units, gates * units), 'bias': sines(gates * units), 'recurrent_bias': sines(gates * units)}
        for (part, value), theirs in zip(parts.items(), ('weight_ih', 'weight_hh', 'bias_ih', 'bias_hh')):
            leaves[f'{name}.{back}{part}'] = value
            getattr(layer, f'{theirs}_l0{suffix}').data.copy_(reordered(value, name, units).T if 'weight' in part else reordered(value, name, units))
    steps = x.transpose(1, 2)
    made, last = layer(steps)
    ends = lambda state: torch.cat(list(state[0] if isinstance(state, tuple) else state), 1)  # noqa: E731
    case(name, call(name, x=X, units=units, both=True), made.transpose(1, 2), {'x': x}, leaves)
    case(name, call(name, x=X, units=units, both=True, last=True), ends(last), {'x': x}, leaves)
    forward = {path: value for path, value in leaves.items() if 'back_' not in path}
    case(name, call(name, x=X, units=units), made[:, :, :units].transpose(1, 2), {'x': x}, forward)
    h = sines(2, units)
    state = torch.stack([h, h])
    started, _ = layer(steps, (state, torch.zeros_like(state)) if name == 'lstm' else state)
    case(name, call(name, x=X, units=units, start={'input': 'h'}), started[:, :, :units].transpose(1, 2), {'x': x, 'h': h}, forward)
    packed = torch.nn.utils.rnn.pack_padded_sequence(steps, torch.tensor([4, 2]), batch_first=True)
    mask = torch.tensor([[[1, 1, 1, 1]], [[1, 1, 0, 0]]])
    given = call(name, x=X, units=units, both=True, last=True, where={'input': 'm'})
    case(name, given, ends(layer(packed)[1]), {'x': x, 'm': (mask, {'range': [0, 1]})}, leaves)
