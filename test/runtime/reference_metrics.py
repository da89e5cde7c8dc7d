"""The numbers of generative-metrics.spec.ts, by NumPy and SciPy's definitions in float64: python test/runtime/reference_metrics.py"""

import numpy as np


def features(rows, width, scale, shift):
    i, j = np.meshgrid(np.arange(rows), np.arange(width), indexing='ij')
    return scale * np.sin(1.7 * i + 0.9 * j + 0.3 * i * j) + shift * j


real, fake = features(40, 6, 1.0, 0.05), features(30, 6, 1.5, 0.3)


def kid(a, b):
    kernel = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    off = lambda k: (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))
    return off(kernel(a, a)) + off(kernel(b, b)) - 2 * kernel(a, b).mean()


def root(c):
    values, vectors = np.linalg.eigh(c)
    return vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T


def fid(a, b):
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    half = root(ca)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca + cb) - 2 * np.trace(root(half @ cb @ half))


def distances(a, b):
    return np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))


def radii(x, k):
    return np.sort(distances(x, x), 1)[:, k]


def inception_score(p, splits):
    parts = [p[len(p) * s // splits : len(p) * (s + 1) // splits] for s in range(splits)]
    return np.mean([np.exp((q * np.log(q / q.mean(0))).sum(1).mean()) for q in parts])


across = distances(real, fake)
probs = np.exp(2 * fake)
probs /= probs.sum(1, keepdims=True)
print('frechet', fid(fake, real))
print('kid', kid(fake, real))
print('kid, block 10', np.mean([kid(fake[i : i + 10], real[i : i + 10]) for i in (0, 10, 20)]))
print('precision', (across <= radii(real, 3)[:, None]).any(0).mean())
print('recall', (across <= radii(fake, 3)[None]).any(1).mean())
print('density', (across < radii(real, 5)[:, None]).sum(0).mean() / 5)
print('neighbour_coverage', (across.min(1) < radii(real, 5)).mean())
print('inception_score', inception_score(probs, 1))
print('inception_score, splits 4', inception_score(probs, 4))
