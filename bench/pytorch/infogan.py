"""InfoGAN on MNIST in PyTorch, by exactly the recipe of specs/infogan.gan's profile `paper`: what the quality of our runs
by that profile is compared with.

Out: a JSON line after every so many iterations, with the error of Q's categorical as a classifier of the whole test set
(codes matched to digits as well as can be, running statistics), the last iteration's losses, and seconds of training.
One thing is PyTorch's way and not ours: the generator's step, too, moves the trunk's running statistics.

Usage: python bench/pytorch/infogan.py [--seed 0] [--steps 5000] [--device cpu|cuda] [--eval-every 500] [--data FOLDER]
"""

import argparse
import json
import time

import torch

import mnist
from models import InfoGan


def matched_error(codes, labels):
    """1 - accuracy under the best one-to-one matching of codes to digits, exact: dynamic programming over sets of digits."""
    counts = torch.bincount(codes * 10 + labels, minlength=100).reshape(10, 10).tolist()
    best = {0: 0}
    for row in counts:
        better = {}
        for used, hits in best.items():
            for digit in range(10):
                if not used >> digit & 1:
                    key = used | 1 << digit
                    better[key] = max(better.get(key, -1), hits + row[digit])
        best = better
    return 1 - best[1023] / len(labels)


@torch.no_grad()
def evaluate(gan, images, labels):
    for network in gan.networks().values():
        network.eval()
    codes = torch.cat([gan.classify(part.float().div(255)) for part in images.split(1000)])
    for network in gan.networks().values():
        network.train()
    return matched_error(codes.cpu(), labels)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--steps", type=int, default=5000)
    options.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    options.add_argument("--eval-every", type=int, default=500)
    options.add_argument("--threads", type=int, default=0, help="0: PyTorch's own choice")
    options.add_argument("--data", default=mnist.FOLDER, help="folder of MNIST's IDX files, plain or .gz")
    given = options.parse_args()
    if given.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("PyTorch finds no CUDA device here: use --device cpu")
    if given.threads:
        torch.set_num_threads(given.threads)
    train, _ = mnist.load(given.data, "train")
    test, labels = mnist.load(given.data, "t10k")
    torch.manual_seed(given.seed)
    gan = InfoGan(given.device)
    test = test.to(given.device)
    batches = mnist.Batches(train.to(given.device), gan.batch)
    print(json.dumps({"torch": torch.__version__, "device": given.device, "seed": given.seed}), flush=True)

    wait = torch.cuda.synchronize if given.device == "cuda" else lambda: None
    trained, start = 0.0, time.perf_counter()
    for step in range(1, given.steps + 1):
        losses = gan.step(batches.next(), gan.draw())
        if step % given.eval_every == 0 or step == given.steps:
            wait()
            trained += time.perf_counter() - start
            error = evaluate(gan, test, labels)
            values = {name: round(value.item(), 5) for name, value in losses.items()}
            print(json.dumps({"step": step, "error": round(error, 4), **values, "seconds": round(trained, 1)}), flush=True)
            wait()
            start = time.perf_counter()


if __name__ == "__main__":
    main()
