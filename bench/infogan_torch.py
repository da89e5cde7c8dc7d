"""The iteration of bench/infogan.ts as one would write it well in PyTorch: fakes computed once, critics frozen while the
generator trains, fused Adam. Prints milliseconds on the clock and of all cores' time, medians.
Usage: python bench/infogan_torch.py [rounds] [threads] [channels_last]"""

import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 8
if len(sys.argv) > 2 and int(sys.argv[2]) > 0:
    torch.set_num_threads(int(sys.argv[2]))
last = len(sys.argv) > 3
batch = 128
lrelu = lambda: nn.LeakyReLU(0.1)
G = nn.Sequential(
    nn.Linear(74, 1024, bias=False), nn.BatchNorm1d(1024), nn.ReLU(),
    nn.Linear(1024, 6272, bias=False), nn.BatchNorm1d(6272), nn.ReLU(), nn.Unflatten(1, (128, 7, 7)),
    nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
    nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Sigmoid())
T = nn.Sequential(
    nn.Conv2d(1, 64, 4, 2, 1), lrelu(), nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), lrelu(),
    nn.Flatten(), nn.Linear(6272, 1024, bias=False), nn.BatchNorm1d(1024), lrelu())
D = nn.Linear(1024, 1)
Qh = nn.Sequential(nn.Linear(1024, 128, bias=False), nn.BatchNorm1d(128), lrelu())
Qd, Qs = nn.Linear(128, 10), nn.Linear(128, 2)
if last:
    G, T = G.to(memory_format=torch.channels_last), T.to(memory_format=torch.channels_last)
critics = [p for m in (T, D, Qh, Qd, Qs) for p in m.parameters()]
od = torch.optim.Adam(critics, 2e-4, betas=(0.5, 0.999), fused=True)
og = torch.optim.Adam(G.parameters(), 1e-3, betas=(0.5, 0.999), fused=True)


def inform(h, digit, style):
    q = Qh(h)
    return F.cross_entropy(Qd(q), digit) + 0.5 * (Qs(q) - style).square().sum(1).mean()


def step(image):
    digit = torch.randint(10, (batch,))
    style = torch.rand(batch, 2) * 2 - 1
    noise = torch.rand(batch, 62) * 2 - 1
    fake = G(torch.cat([noise, F.one_hot(digit, 10).float(), style], 1))
    h = T(fake.detach())
    judge = F.softplus(-D(T(image))).mean() + F.softplus(D(h)).mean() + inform(h, digit, style)
    od.zero_grad()
    judge.backward()
    od.step()
    for p in critics:
        p.requires_grad_(False)
    h = T(fake)
    fool = F.softplus(-D(h)).mean() + inform(h, digit, style)
    og.zero_grad()
    fool.backward()
    og.step()
    for p in critics:
        p.requires_grad_(True)


times = []
for i in range(-2, rounds):
    image = torch.rand(batch, 1, 28, 28)
    start, used = time.perf_counter(), time.process_time()
    step(image)
    if i >= 0:
        times.append((time.perf_counter() - start, time.process_time() - used))
clock, cores = zip(*times)
show = lambda all: f"{statistics.median(all) * 1000:.1f} ms (best {min(all) * 1000:.1f})"
print(f"torch {torch.__version__}: {show(clock)}; cores' time {show(cores)}")
