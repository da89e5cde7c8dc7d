"""Distributions, losses and games, as PyTorch has them."""

from unittest import mock

import torch
import torch.distributions as D
import torch.nn.functional as F
from cases import X, Y, call, case, image, marks, mask, seq, shown, sines, vec, where, wide_range

m, v, x, noise = vec(), vec(), vec(), sines(2, 4)
given = {'m': m, 'v': v}
M, V = {'input': 'm'}, {'input': 'v'}
std = (v / 2).exp()
normal = D.Normal(m, std)
fields = {'mean': m, 'mode': m, 'std': std, 'variance': normal.variance, 'log_variance': normal.variance.log(), 'draw': m + std * noise}
case('normal', call('normal', mean=M, log_variance=V), fields, given, {'draw/noise': noise})
case('normal', call('normal', mean=M, std=call('exp', x=V)), {'variance': D.Normal(m, v.exp()).variance}, given)
other_normal = D.Normal(vec(), 0.7)
given2 = {**given, 'x': x, 'y': other_normal.loc}
first, second = call('normal', mean=M, log_variance=V), call('normal', mean=Y, std=0.7)
case('nll', call('nll', distribution=first, x=X), -normal.log_prob(x).sum(1), given2)
case('entropy', call('entropy', x=first), normal.entropy().sum(1), given)
case('kl', call('kl', **{'from': first}), D.kl_divergence(normal, D.Normal(0.0, 1.0)).sum(1), given)
case('kl', call('kl', **{'from': first}, to=second), D.kl_divergence(normal, other_normal).sum(1), given2)
case('kl', call('kl', **{'from': second}, to=first), D.kl_divergence(other_normal, normal).sum(1), given2)

k, u, label = vec(), (sines(2, 4) + 1.1) / 2.2, torch.tensor([3, 1])
category, chance = D.Categorical(logits=m), D.Bernoulli(logits=m)
fields = {'probs': category.probs, 'mean': category.probs, 'logits': m, 'mode': F.one_hot(category.mode, 4), 'draw': F.one_hot((m - (-u.log()).log()).argmax(1), 4)}
case('categorical', call('categorical', logits=M), fields, {'m': m}, {'draw/gumbel': u})


def gumbel_softmax(x, **given):
    """The library's own, whose noise is -log of exponential draws, of the uniform draws u."""
    with mock.patch.object(torch.Tensor, 'exponential_', lambda _: -u.log()):
        return F.gumbel_softmax(x, dim=1, **given)


for soft, told in (({}, {}), ({'tau': 0.2}, {'temperature': 0.2}), ({'tau': 0.5, 'hard': True}, {'temperature': 0.5, 'hard': True})):
    case('gumbel_softmax', call('gumbel_softmax', logits=M, **told), gumbel_softmax(m, **soft), {'m': m}, {'gumbel_softmax_1/gumbel': u})
fields = {'probs': chance.probs, 'mean': chance.mean, 'logits': m, 'mode': chance.mode, 'draw': (u < chance.probs)}
case('bernoulli', call('bernoulli', logits=M), fields, {'m': m}, {'draw/uniform': u})
labelled = {'m': m, 'y': (label, {'kind': 'label', 'classes': 4})}
case('nll', call('nll', distribution=call('categorical', logits=M), x=Y), -category.log_prob(label), labelled)
case('nll', call('nll', distribution=call('bernoulli', logits=M), x=1), -chance.log_prob(torch.ones(2, 4)).sum(1), {'m': m})
bits = (u > 0.5) * 1.0
case('nll', call('nll', distribution=call('bernoulli', logits=M), x=X), -chance.log_prob(bits).sum(1), {'m': m, 'x': (bits, {'range': [0, 1]})})
for family, mine, theirs in (('categorical', category, D.Categorical(logits=k)), ('bernoulli', chance, D.Bernoulli(logits=k))):
    total = (lambda t: t.sum(1)) if family == 'bernoulli' else (lambda t: t)
    even = type(mine)(logits=torch.zeros(2, 4))
    one, two = call(family, logits=M), call(family, logits=X)
    case('entropy', call('entropy', x=one), total(mine.entropy()), {'m': m})
    case('kl', call('kl', **{'from': one}), total(D.kl_divergence(mine, even)), {'m': m})
    case('kl', call('kl', **{'from': one}, to=two), total(D.kl_divergence(mine, theirs)), {'m': m, 'x': k})
case('entropy', call('entropy', x=call('softmax', x=M)), category.entropy(), {'m': m})

logit = {'kind': 'logit'}
logits = (wide_range, logit)
bce = lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction='none')  # noqa: E731
for one in (0, 1):
    case('bce', call('bce', x=X, target=one), bce(wide_range, torch.full((2, 4), float(one))).sum(1), {'x': logits})
soft = u
case('bce', call('bce', x=X, target=Y), bce(m, soft).sum(1), {'x': (m, logit), 'y': (soft, {'range': [0, 1]})})
case('bce', call('bce', x=X, target=0.9), bce(m[:, 0], torch.full((2,), 0.9)), {'x': (m[:, 0], logit)})
entropy = lambda x, t: F.cross_entropy(x, t, reduction='none')  # noqa: E731
case('cross_entropy', call('cross_entropy', x=X, target=Y), entropy(m, label), {'x': (m, logit), 'y': labelled['y']})
case('cross_entropy', call('cross_entropy', x=X, target=2), entropy(wide_range, torch.tensor([2, 2])), {'x': logits})
case('cross_entropy', call('cross_entropy', x=X, target='uniform'), entropy(m, torch.full((2, 4), 0.25)), {'x': (m, logit)})
shares = F.softmax(k, 1)
case('cross_entropy', call('cross_entropy', x=X, target=call('softmax', x=Y)), entropy(m, shares), {'x': (m, logit), 'y': k})
case('cross_entropy', call('cross_entropy', x=call('softmax', x=X), target=Y), F.nll_loss(F.softmax(m, 1).log(), label, reduction='none'), {'x': m, 'y': labelled['y']})
s = seq()
case('cross_entropy', call('cross_entropy', x=X, target='uniform'), entropy(s, torch.full_like(s, 0.5)).sum(1), {'x': (s, logit)})
spots = F.softmax(seq(), 1)
given = {'x': (s, logit), 'y': (spots, {'kind': 'prob', 'range': [0, 1]}), **marks}
case('cross_entropy', call('cross_entropy', x=X, target=Y, where=where), (entropy(s, spots) * mask[:, 0]).sum(1), given)
p, q = image(), image()
a, b = seq(), seq()
for item, f in (('l1', F.l1_loss), ('mse', F.mse_loss)):
    case(item, call(item, a=X, b=Y), f(p, q, reduction='none').mean((1, 2, 3)), {'x': p, 'y': q})
    own = [f(c, d) for c, d in zip(shown(a), shown(b))]
    case(item, call(item, a=X, b=Y, where=where), torch.stack(own), {'x': a, 'y': b, **marks})
steps = [torch.diff(p, dim=axis).abs().sum((1, 2, 3)) for axis in (2, 3)]
case('total_variation', call('total_variation', x=X), steps[0] + steps[1], {'x': p})
r, f = vec(), vec()
ones, zeros = torch.ones(2, 4), torch.zeros(2, 4)
gap = lambda x, t: F.mse_loss(x, t, reduction='none') / 2  # noqa: E731
players = {
    'non_saturating': (bce(r, ones) + bce(f, zeros), bce(f, ones), bce(r, zeros)),
    'minimax': (bce(r, ones) + bce(f, zeros), -bce(f, zeros), -bce(r, ones)),
    'least_squares': (gap(r, ones) + gap(f, zeros), gap(f, ones), gap(r, zeros)),
    'hinge': (F.relu(1 - r) + F.relu(1 + f), -f, r),
    'wasserstein': (f - r, -f, r),
}
for kind, (discriminator, generator, encoder) in players.items():
    wanted = {'discriminator': discriminator.mean(1), 'generator': generator.mean(1), 'encoder': encoder.mean(1)}
    case('adversarial', call('adversarial', real=X, fake=Y, kind=kind), wanted, {'x': (r, logit), 'y': (f, logit)})
