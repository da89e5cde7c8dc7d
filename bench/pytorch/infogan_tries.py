"""What was tried against InfoGAN's confusions, in PyTorch, where a run takes a minute on a graphics card: each way is
the recipe of specs/infogan.gan's profile `paper` at another width, and one thing more.

Out: a JSON line after every so many iterations, with the error of Q's category on the test digits and on the last
10,000 of the training digits (held: their labels chose between the ways; no way sees a label).

Usage: python bench/pytorch/infogan_tries.py WAY [--width 32] [--seed 1] [--steps 5000] [--device cpu|cuda]
"""

import argparse
import json

import torch
import torch.nn.functional as F

import mnist
from infogan import evaluate
from models import InfoGan


def moved(images, pixels, turn, grow):
    """Each image turned (radians), resized and shifted about its middle by draws of its own, read bilinearly."""
    n, device = len(images), images.device

    def draw(most):
        return (torch.rand(n, device=device) * 2 - 1) * most

    angle, size = draw(turn), 1 + draw(grow)
    cosine, sine = size * torch.cos(angle), size * torch.sin(angle)
    half = images.shape[-1] / 2
    rows = [torch.stack([cosine, -sine, draw(pixels / half)], 1), torch.stack([sine, cosine, draw(pixels / half)], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


WAYS = {
    "paper": {},
    "style": {"styles": 0.1},  # the style codes weigh a tenth
    "info": {"info": 2.0},  # all codes weigh twice
    "blur": {"blur": 0.2},  # D sees images through noise
    "sure": {"sure": 0.1},  # Q is to be sure of real images, and even over them
    "shift": {"again": "sum", "motion": (2.0, 0.0, 0.0)},
    "instead": {"again": "instead", "motion": (2.0, 0.2, 0.1)},  # the category is told from the moved image alone
    "half": {"again": "half", "motion": (2.0, 0.2, 0.1)},  # half from either
    "sum": {"again": "sum", "motion": (2.0, 0.2, 0.1)},  # from both: what specs/infogan.gan does
    "far": {"again": "half", "motion": (3.0, 0.3, 0.2)},
    "both-sides": {"shown": True, "motion": (2.0, 0.2, 0.1)},  # D and Q see real and generated images moved, no others
}


class Try(InfoGan):
    def __init__(self, device, width, styles=1.0, info=1.0, blur=0.0, sure=0.0, again=None, shown=False, motion=()):
        super().__init__(device, width=width)
        self.styles, self.info, self.blur, self.sure = styles, info, blur, sure
        self.again, self.shown, self.motion = again, shown, motion

    def seen(self, image):
        if self.shown:
            image = moved(image, *self.motion)
        return image + self.blur * torch.randn_like(image) if self.blur else image

    def codes(self, image, features, draws):
        digit, style = self.mutual_information(features, draws)
        if self.again:
            other, _ = self.mutual_information(self.Trunk(moved(image, *self.motion)), draws)
            digit = {"sum": digit + other, "half": 0.5 * (digit + other), "instead": other}[self.again]
        return self.info * (digit + self.styles * style)

    def unsure(self, image):
        """Entropy of the guesses minus that of their mean."""
        guess = F.log_softmax(self.Q["digit"](self.Q["hidden"](self.Trunk(image))), 1)
        share = guess.exp().mean(0)
        return (share * share.log()).sum() - (guess.exp() * guess).sum(1).mean()

    def discriminator_loss(self, image, fake, draws):
        image, shown = self.seen(image), self.seen(fake)
        features = self.Trunk(shown)
        loss = F.softplus(-self.D(self.Trunk(image))).mean() + F.softplus(self.D(features)).mean()
        if self.sure:
            loss = loss + self.sure * self.unsure(image)
        return loss + self.codes(fake, features, draws), {}

    def generator_loss(self, fake, draws):
        features = self.Trunk(self.seen(fake))
        return F.softplus(-self.D(features)).mean() + self.codes(fake, features, draws)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("way", choices=WAYS)
    options.add_argument("--width", type=int, default=32)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--steps", type=int, default=5000)
    options.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    options.add_argument("--eval-every", type=int, default=1000)
    options.add_argument("--data", default=mnist.FOLDER, help="folder of MNIST's IDX files, plain or .gz")
    given = options.parse_args()
    train, labels = mnist.load(given.data, "train")
    test, answers = mnist.load(given.data, "t10k")
    train, test = train.to(given.device), test.to(given.device)
    torch.manual_seed(given.seed)
    gan = Try(given.device, given.width, **WAYS[given.way])
    batches = mnist.Batches(train, gan.batch)
    for step in range(1, given.steps + 1):
        gan.step(batches.next(), gan.draw())
        if step % given.eval_every == 0 or step == given.steps:
            held = evaluate(gan, train[50000:], labels[50000:])
            row = {"way": given.way, "seed": given.seed, "step": step, "held": held, "test": evaluate(gan, test, answers)}
            print(json.dumps({key: round(v, 4) if isinstance(v, float) else v for key, v in row.items()}), flush=True)


if __name__ == "__main__":
    main()
