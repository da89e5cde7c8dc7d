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

WIDTH, WORDS, VOICE, FRAMES, BATCH, SPEAKERS, JUDGED = 64, 96, 32, 64, 48, 10, 3


def leaky(x):
    return F.leaky_relu(x, 0.2)


def strided(conv, x):
    """A stride of 2 with three zeros in all, the odd one at the end, as in our `conv`."""
    return conv(F.pad(x, (1, 2)))


def beside(x, vector):
    return torch.cat([x, vector[:, :, None].expand(-1, -1, x.shape[2])], 1)


class ContentEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(40, WIDTH, 5, padding=2, bias=False)
        self.second = nn.Conv1d(WIDTH, WIDTH, 5, stride=2, bias=False)
        self.third = nn.Conv1d(WIDTH, WIDTH, 3, padding=1, bias=False)
        self.last = nn.Conv1d(WIDTH, WORDS, 1, bias=False)
        self.norms = nn.ModuleList(nn.InstanceNorm1d(size, affine=True) for size in (WIDTH, WIDTH, WIDTH, WORDS))

    def forward(self, x):
        h = leaky(self.norms[0](self.first(x)))
        h = leaky(self.norms[1](strided(self.second, h)))
        h = leaky(self.norms[2](self.third(h)))
        return F.relu(self.norms[3](self.last(h)))


class SpeakerEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(40, WIDTH, 5, padding=2)
        self.second = nn.Conv1d(WIDTH, WIDTH, 5, stride=2)
        self.last = nn.Linear(WIDTH, VOICE)

    def forward(self, x):
        return self.last(leaky(strided(self.second, leaky(self.first(x)))).mean(2))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(WORDS + VOICE, 2 * WIDTH, 5, padding=2)
        self.second = nn.Conv1d(WIDTH + VOICE, 2 * WIDTH, 3, padding=1)
        self.third = nn.Conv1d(2 * WIDTH + VOICE, WIDTH, 3, padding=1)
        self.last = nn.Conv1d(WIDTH, 40, 1)

    def forward(self, words, voice):
        h = leaky(self.first(beside(words + 0.5 * torch.randn_like(words), voice)))
        rows, channels, steps = h.shape
        h = h.view(rows, channels // 2, 2, steps).transpose(2, 3).reshape(rows, channels // 2, 2 * steps)
        h = leaky(self.second(beside(h, voice)))
        return self.last(leaky(self.third(beside(h, voice))))


class SpeakerClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(WORDS, 2 * WIDTH, 5, padding=2)
        self.second = nn.Conv1d(2 * WIDTH, 2 * WIDTH, 3, padding=1)
        self.layers = nn.Sequential(
            nn.BatchNorm1d(4 * WIDTH + 2 * WORDS),
            nn.Linear(4 * WIDTH + 2 * WORDS, WIDTH), nn.LeakyReLU(0.2),
            nn.Linear(WIDTH, WIDTH), nn.LeakyReLU(0.2), nn.Linear(WIDTH, SPEAKERS),
        )  # fmt: skip

    def forward(self, words):
        h = leaky(self.second(leaky(self.first(words))))
        spread = [h.mean(2), (1e-4 + h.square().mean(2)).sqrt(), words.mean(2), words.square().mean(2)]
        return self.layers(torch.cat(spread, 1))


def adam(*networks):
    weights = [p for network in networks for p in network.parameters()]
    return weights, torch.optim.Adam(weights, 1e-3, betas=(0.5, 0.9), eps=1e-8, fused=True)


class Trainer:
    def __init__(self):
        self.content_encoder, self.speaker_encoder = ContentEncoder(), SpeakerEncoder()
        self.decoder, self.speaker_classifier = Decoder(), SpeakerClassifier()
        self.own, self.adam = adam(self.content_encoder, self.speaker_encoder, self.decoder)
        self.teller, self.adam_tell = adam(self.speaker_classifier)

    def update(self, loss, weights, optimizer):
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_value_(weights, 5)
        optimizer.step()

    def step(self):
        """Encoders and decoder against the classifier as it is, then the classifier on their codes, three times.

        Returns the losses as tensors, so that nobody waits for a device.
        """
        x, y, z = (torch.rand(BATCH, 40, FRAMES) for _ in range(3))
        speaker = torch.randint(SPEAKERS, (BATCH,))
        for weight in self.teller:
            weight.requires_grad_(False)
        said = self.content_encoder(x)
        mine, twin, stranger = (self.speaker_encoder(part) for part in (x, y, z))
        reconstruction = (self.decoder(said, twin) - x).abs().mean()
        close = (mine - twin).square().sum(1).mean()
        apart = F.relu(1 - (mine - stranger).norm(dim=1)).mean()
        adversary = 0.05 * F.cross_entropy(self.speaker_classifier(said), speaker)
        self.update(reconstruction + close + apart - adversary, self.own, self.adam)
        for weight in self.teller:
            weight.requires_grad_(True)
        with torch.no_grad():
            words = self.content_encoder(x)
        for _ in range(JUDGED):
            told = F.cross_entropy(self.speaker_classifier(words), speaker)
            self.update(told, self.teller, self.adam_tell)
        losses = {"reconstruction": reconstruction, "close": close, "apart": apart, "told": told}
        return {name: loss.detach() for name, loss in losses.items()}


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
            weights = sum(p.numel() for p in trainer.own + trainer.teller)
            answer = {"version": torch.__version__, "threads": torch.get_num_threads(), "weights": weights}
        else:
            answer = {"error": f"unknown command {command}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
