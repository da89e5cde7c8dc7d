"""Every random number of a run: a function of (seed, key, iteration, scope, row, place in the row), the same on every target.

Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") turns a counter of four words into four
random ones:

    philox key = the first two words of philox(counter: [fnv1a64(key) low, high, 0, 0], key: [seed low, high])
    word w of a row = word w mod 4 of philox(counter: [floor(w / 4), row, scope, iteration], philox key)

Words are kept in 64-bit integers, whose products wrap as they should.
"""

import functools
import math

import torch

_mask = 0xFFFFFFFF
#: Numbers that a processor makes at once: what they are made of stays in its cache.
_part = 1 << 17


def _half(factor, word, other, k):
    """Of a product the high half, with another word and the key in it, and the low half, in tensors with what stands above it:
    nobody reads that. Memory is what these operations wait for.
    """
    product = factor * word
    mixed = (product >> 32) ^ other
    mixed ^= k
    mixed &= _mask
    return mixed, product & _mask if isinstance(product, int) else product


def _round(c, k):
    mixed0, low0 = _half(0xD2511F53, c[0], c[3], k[1])
    mixed1, low1 = _half(0xCD9E8D57, c[2], c[1], k[0])
    return (mixed1, low1, mixed0, low0)


def philox(c0, c1, c2, c3, k0, k1):
    """Four words for a counter and a key: whole numbers, or tensors of them that broadcast."""
    counter = (c0, c1, c2, c3)
    for _ in range(10):
        counter = _round(counter, (k0, k1))
        k0, k1 = (k0 + 0x9E3779B9) & _mask, (k1 + 0xBB67AE85) & _mask
    return tuple(word & _mask for word in counter)


def hash_key(text):
    """FNV-1a, 64 bits, of the text's UTF-8 bytes."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


@functools.lru_cache(maxsize=4096)
def stream_key(seed, key):
    """The Philox key of a stream of numbers."""
    value = hash_key(key)
    return philox(value & _mask, value >> 32, 0, 0, seed & _mask, seed >> 32)[:2]


def words(seed, key, iterations, scopes, rows, per_row):
    """[runs, rows, at least per_row] words; `iterations`, `scopes`: [runs], `rows`: [rows], on one device."""
    counters = torch.arange((per_row + 3) // 4, device=rows.device)
    made = philox(
        counters[None, None, :],
        rows[None, :, None],
        scopes[:, None, None],
        iterations[:, None, None],
        *stream_key(seed, key),
    )
    return torch.stack([torch.as_tensor(word, device=rows.device) for word in made], -1).flatten(2)


def draws(seed, key, distribution, iterations, scopes, rows, per_row, k=0, dtype=torch.float64):
    """[runs, rows, per_row] of this type, made in float64: uniform in [0, 1) in steps of 2^-24, standard normal (Box-Muller), or
    0 ... k - 1.
    """
    made = torch.empty(len(iterations), len(rows), per_row, dtype=dtype, device=rows.device)
    at_once = len(iterations) if rows.is_cuda else max(1, _part // max(1, len(rows) * per_row))
    for part, runs, places in zip(made.split(at_once), iterations.split(at_once), scopes.split(at_once)):
        part.copy_(_numbers(words(seed, key, runs, places, rows, per_row), distribution, per_row, k))
    return made


def of_rows(key, rows, turns, many):
    """[runs, rows, many] numbers in [0, 1) for `rows` [runs, rows] in the passes `turns` [runs], the same in every run."""
    made = torch.empty(*rows.shape, many, dtype=torch.float64)
    for turn in turns.unique():
        here = turns == turn
        wanted = rows[here]
        drawn = draws(0, key, 'uniform', turn[None], torch.tensor([0]), wanted.flatten(), many)
        made[here] = drawn.reshape(*wanted.shape, many)
    return made


def _numbers(made, distribution, per_row, k):
    """What words stand for."""
    if distribution == 'uniform':
        return ((made >> 8).double() / 2**24)[..., :per_row]
    if distribution == 'integer':
        return (made * k >> 32).double()[..., :per_row]
    # (word + 1) / 2^32 is never 0, so the logarithm is finite.
    radius = made[..., 0::2].double().add_(1).div_(2**32).log_().mul_(-2).sqrt_()
    angle = made[..., 1::2].double().div_(2**32).mul_(2 * math.pi)
    both = torch.stack([torch.cos(angle).mul_(radius), torch.sin(angle).mul_(radius)], -1)
    return both.flatten(-2)[..., :per_row]


def permutation(seed, key, turn, n):
    """The order of a stream's n rows in its pass number `turn`: Fisher-Yates from the end, word i for place n - 1 - i."""
    k0, k1 = stream_key(seed, key)
    counters = torch.arange((n + 2) // 4)
    made = philox(counters, torch.zeros_like(counters), 0, turn, k0, k1)
    random = torch.stack([torch.as_tensor(word).expand(counters.shape) for word in made], -1).flatten().tolist()
    order = list(range(n))
    for i in range(n - 1):
        last = n - 1 - i
        other = random[i] * (last + 1) >> 32
        order[last], order[other] = order[other], order[last]
    return torch.tensor(order)
