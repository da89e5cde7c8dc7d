"""Times iterations of one GAN in PyTorch, on command, so that a driver can let it take turns with other programs.

Usage: python bench/pytorch/steps.py infogan|mlp [--channels-last] [--threads 2] [--data FOLDER]
Answers each line of the standard input with a line of JSON:
  step N          N iterations, minibatch and draws included: {"ms": milliseconds an iteration}
  gemm N          N products of 1024 × 1024 matrices: {"ms": milliseconds each}
  memory          {"peak": bytes resident at most, up to now}
  export PATH K   a new GAN's K first iterations, as safetensors by our names and in our layout: its first weights
                  (`start.`), what each iteration was fed (`feed.0.`), and losses and last weights of the same in
                  float64 (`loss.0.`, `end.`) and the weights in float32 (`rounded.`): {"tensors": n}
  describe        {"version": ..., "threads": ...}
"""

import argparse
import json
import resource
import sys
import time

import torch

import mnist
import tensorfile
from models import InfoGan, MlpGan

GANS = {"infogan": InfoGan, "mlp": MlpGan}


def timed(count, action):
    start = time.perf_counter()
    for _ in range(count):
        action()
    return {"ms": (time.perf_counter() - start) * 1000 / count}


def export(path, gan, batches, count):
    """The same iterations twice, in float32 and in float64: how far one is from the other is what rounding does."""
    exact = gan.double()
    tensors = {f"start.{name}": tensor for name, tensor in gan.export().items()}
    for i in range(count):
        image, draws = batches.next(), gan.draw()
        losses = exact.step(image.double(), {n: v.double() if v.is_floating_point() else v for n, v in draws.items()})
        tensors |= {f"loss.{i}.{name}": losses[name].reshape(1) for name in ("discriminator_loss", "generator_loss")}
        gan.step(image, draws)
        tensors[f"feed.{i}.image"] = image
        for name, value in draws.items():
            tensors[f"feed.{i}.{name}"] = value if value.is_floating_point() else value.to(torch.int32)
    tensors |= {f"end.{name}": tensor for name, tensor in exact.export().items()}
    tensors |= {f"rounded.{name}": tensor for name, tensor in gan.export().items()}
    tensorfile.write(path, tensors)
    return {"tensors": len(tensors)}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("gan", choices=list(GANS))
    options.add_argument("--channels-last", action="store_true")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--data", default=mnist.FOLDER)
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(1)
    make = lambda: GANS[given.gan]("cpu", given.channels_last)
    gan = make()
    images, _ = mnist.load(given.data, "train")
    batches = mnist.Batches(images, gan.batch)
    matrix = torch.randn(1024, 1024)
    product = torch.empty(1024, 1024)

    def iterate():
        image = batches.next()
        gan.step(image.contiguous(memory_format=torch.channels_last) if given.channels_last else image, gan.draw())

    def answer(command, *words):
        if command == "step":
            return timed(int(words[0]), iterate)
        if command == "gemm":
            return timed(int(words[0]), lambda: torch.mm(matrix, matrix, out=product))
        if command == "memory":
            return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
        if command == "export":
            return export(words[0], make(), batches, int(words[1]))
        if command == "describe":
            return {"version": torch.__version__, "threads": torch.get_num_threads()}
        return {"error": f"unknown command {command}"}

    for line in sys.stdin:
        print(json.dumps(answer(*line.split())), flush=True)


if __name__ == "__main__":
    main()
