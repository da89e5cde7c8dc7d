"""Times iterations of bench/specs/voice.gan's networks in PyTorch, on command, as bench/pytorch/steps.py does for GANs.

Usage: python bench/pytorch/voice.py [--threads 2]
Answers each line of the standard input with a line of JSON:
  step N     N iterations, draws included: {"ms": milliseconds an iteration}
  describe   {"version": ..., "threads": ...}
"""

import argparse
import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

WIDTH, WORDS, VOICE, FRAMES, BATCH = 64, 64, 32, 64, 16


def leaky(x):
    return F.leaky_relu(x, 0.2)


def strided(conv, x):
    """A stride of 2 with three zeros in all, the odd one at the end, as in our `conv`."""
    return conv(F.pad(x, (1, 2)))


def recurrent(gru, x):
    return gru(x.permute(2, 0, 1))[0].permute(1, 2, 0)


def beside(x, vector):
    return torch.cat([x, vector[:, :, None].expand(-1, -1, x.shape[2])], 1)


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(40, WIDTH, 5, padding=2, bias=False)
        self.second = nn.Conv1d(WIDTH, WIDTH, 5, stride=2, bias=False)
        self.norms = nn.ModuleList(nn.InstanceNorm1d(WIDTH, affine=True) for _ in range(2))
        self.gru = nn.GRU(WIDTH, WIDTH // 2, bidirectional=True)
        self.last = nn.Conv1d(2 * WIDTH, WORDS, 1)

    def forward(self, x):
        h = leaky(self.norms[0](self.first(x)))
        h = leaky(self.norms[1](strided(self.second, h)))
        return self.last(torch.cat([h, recurrent(self.gru, h)], 1))


class Voice(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(40, WIDTH, 5, padding=2)
        self.second = nn.Conv1d(WIDTH, WIDTH, 5, stride=2)
        self.last = nn.Linear(WIDTH, VOICE)

    def forward(self, x):
        return self.last(leaky(strided(self.second, leaky(self.first(x)))).mean(2))


class Speak(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(WORDS + VOICE, 2 * WIDTH, 5, padding=2)
        self.gru = nn.GRU(WIDTH + VOICE, WIDTH // 2, bidirectional=True)
        self.second = nn.Conv1d(WIDTH + VOICE, WIDTH, 3, padding=1)
        self.last = nn.Conv1d(WIDTH, 40, 1)

    def forward(self, words, voice):
        h = leaky(self.first(beside(words, voice)))
        rows, channels, steps = h.shape
        h = h.view(rows, channels // 2, 2, steps).transpose(2, 3).reshape(rows, channels // 2, 2 * steps)
        h = recurrent(self.gru, beside(h, voice))
        return self.last(leaky(self.second(beside(h, voice))))


class Look(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv1d(WORDS, WIDTH, 5, padding=2), nn.Conv1d(WIDTH, WIDTH, 5, padding=2)])
        self.last = nn.Linear(WIDTH, WIDTH)

    def forward(self, words):
        return self.last(leaky(self.convs[1](leaky(self.convs[0](words)))).mean(2))


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.LeakyReLU(0.2), nn.Linear(WIDTH, 1))

    def forward(self, a, b):
        return self.layers(torch.cat([a * b, (a - b).square()], 1))


def adam(*networks):
    weights = [p for network in networks for p in network.parameters()]
    return weights, torch.optim.Adam(weights, 1e-3, betas=(0.5, 0.9), eps=1e-8, fused=True)


def bce(logits, target):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


class Trainer:
    def __init__(self):
        self.words, self.voice, self.speak, self.look, self.judge = Words(), Voice(), Speak(), Look(), Judge()
        self.own, self.adam = adam(self.words, self.voice, self.speak)
        self.critics, self.adam_critics = adam(self.look, self.judge)

    def update(self, loss, weights, optimizer):
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_value_(weights, 5)
        optimizer.step()

    def step(self):
        """Encoders and decoder with the critics frozen, then the critics on codes without gradient."""
        x, y, z = (torch.rand(BATCH, 40, FRAMES) for _ in range(3))
        for weight in self.critics:
            weight.requires_grad_(False)
        said, mine, twin, stranger = self.words(x), self.voice(x), self.voice(y), self.voice(z)
        looks = [self.look(said), self.look(self.words(y)), self.look(self.words(z))]
        hide = bce(self.judge(looks[0], looks[1]), 0.5) + bce(self.judge(looks[0], looks[2]), 0.5)
        rebuild = (self.speak(said, twin) - x).abs().mean()
        close = (mine - twin).square().sum(1).mean()
        apart = F.relu(1 - (mine - stranger).norm(dim=1)).mean()
        self.update(rebuild + close + apart + hide, self.own, self.adam)
        for weight in self.critics:
            weight.requires_grad_(True)
        with torch.no_grad():
            codes = [self.words(one) for one in (x, y, z)]
        looks = [self.look(code) for code in codes]
        identify = bce(self.judge(looks[0], looks[1]), 1.0) + bce(self.judge(looks[0], looks[2]), 0.0)
        self.update(identify, self.critics, self.adam_critics)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(options.parse_args().threads)
    torch.manual_seed(1)
    trainer = Trainer()
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "step":
            start, used = time.perf_counter(), time.process_time()
            for _ in range(int(argument)):
                trainer.step()
            per = 1000 / int(argument)
            answer = {"ms": (time.perf_counter() - start) * per, "cpu": (time.process_time() - used) * per}
        elif command == "describe":
            weights = sum(p.numel() for p in trainer.own + trainer.critics)
            answer = {"version": torch.__version__, "threads": torch.get_num_threads(), "weights": weights}
        else:
            answer = {"error": f"unknown command {command}"}
        print(json.dumps(answer), flush=True)


main()
