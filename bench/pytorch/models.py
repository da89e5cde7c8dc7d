"""The two GANs that the benchmarks compare, as one writes them well in PyTorch: InfoGAN of specs/infogan.gan's
profile `paper`, the dense GAN of bench/specs/mlp-gan.gan. In: a batch of real images and draws. Out: weights one
iteration further, losses.

The fakes are computed once and serve both updates, the critic's detached; the critic is frozen while the generator's
gradient is taken, so that none is computed for it. Parameters are named, and dense weights lie, as in our programs.
"""

import copy
import math

import torch
import torch.nn.functional as F
from torch import nn


def initialise_normal(module):
    """All weights from N(0, 0.02), biases 0; batch norm's gains are 1 and its biases 0 from the start."""
    for layer in module.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def initialise_glorot(module):
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


def freeze(modules, frozen):
    for module in modules:
        module.requires_grad_(not frozen)


def adam(parameters, rate):
    return torch.optim.Adam(list(parameters), rate, betas=(0.5, 0.999), eps=1e-8, fused=True)


class Gan:
    """Networks by name, two optimizers, and `step`; subclasses say what the losses are."""

    def networks(self):
        raise NotImplementedError

    def prepare(self, device, channels_last):
        self.device = device
        form = torch.channels_last if channels_last else torch.contiguous_format
        for network in self.networks().values():
            network.to(device=device, memory_format=form)
        self.critics = [n for name, n in self.networks().items() if name != "G"]
        rate_g, rate_d = self.rates
        self.adam_d = adam((p for n in self.critics for p in n.parameters()), rate_d)
        self.adam_g = adam(self.G.parameters(), rate_g)

    def double(self):
        """A twin in float64, before the first step."""
        twin = copy.deepcopy(self)
        for network in twin.networks().values():
            network.double()
        return twin

    def step(self, image, draws):
        """One iteration: critic, then generator. Returns the losses as tensors, so that nobody waits for a device."""
        fake = self.generate(draws)
        discriminator_loss, parts = self.discriminator_loss(image, fake.detach(), draws)
        self.adam_d.zero_grad(set_to_none=True)
        discriminator_loss.backward()
        self.adam_d.step()

        freeze(self.critics, True)
        generator_loss = self.generator_loss(fake, draws)
        self.adam_g.zero_grad(set_to_none=True)
        generator_loss.backward()
        self.adam_g.step()
        freeze(self.critics, False)
        return {"discriminator_loss": discriminator_loss.detach(), "generator_loss": generator_loss.detach(), **parts}

    def iterate(self, batch):
        """`step` with draws of its own; `batch()` gives real images."""
        return self.step(batch(), self.draw())

    def tensors(self):
        """(our name, tensor, whether ours lies transposed) of each weight and running statistic."""
        kinds = {nn.Linear: "dense", nn.Conv2d: "conv", nn.ConvTranspose2d: "conv_transpose"}
        kinds |= {nn.BatchNorm1d: "batch_norm", nn.BatchNorm2d: "batch_norm"}
        names = {"batch_norm": {"weight": "gain", "running_mean": "mean", "running_var": "variance"}}
        for network, module in self.networks().items():
            counts = {}
            for layer in module.modules():
                kind = kinds.get(type(layer))
                if kind is None:
                    continue
                counts[kind] = counts.get(kind, 0) + 1
                for key, tensor in layer.state_dict(keep_vars=True).items():
                    if key != "num_batches_tracked":
                        name = names.get(kind, {}).get(key, key)
                        yield f"{network}.{kind}_{counts[kind]}.{name}", tensor, kind == "dense" and key == "weight"

    def export(self):
        """Our names to tensors in our layout, copied."""
        with torch.no_grad():
            return {n: (t.t() if turned else t).detach().cpu().contiguous().clone() for n, t, turned in self.tensors()}


class InfoGan(Gan):
    """Chen et al. 2016, arXiv:1606.03657, as specs/infogan.gan says in its profile `paper`."""

    batch = 128
    rates = (1e-3, 2e-4)

    def __init__(self, device="cpu", channels_last=False, width=64):
        slope, w = 0.1, width
        self.G = nn.Sequential(
            nn.Linear(74, 16 * w, bias=False), nn.BatchNorm1d(16 * w), nn.ReLU(),
            nn.Linear(16 * w, 98 * w, bias=False), nn.BatchNorm1d(98 * w), nn.ReLU(), nn.Unflatten(1, (2 * w, 7, 7)),
            nn.ConvTranspose2d(2 * w, w, 4, 2, 1, bias=False), nn.BatchNorm2d(w), nn.ReLU(),
            nn.ConvTranspose2d(w, 1, 4, 2, 1), nn.Sigmoid())  # fmt: skip
        self.Trunk = nn.Sequential(
            nn.Conv2d(1, w, 4, 2, 1), nn.LeakyReLU(slope),
            nn.Conv2d(w, 2 * w, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * w), nn.LeakyReLU(slope),
            nn.Flatten(), nn.Linear(98 * w, 16 * w, bias=False), nn.BatchNorm1d(16 * w), nn.LeakyReLU(slope))  # fmt: skip
        self.D = nn.Linear(16 * w, 1)
        # Behind the hidden layer, one product for both heads would save nothing that can be measured.
        self.Q = nn.ModuleDict({
            "hidden": nn.Sequential(nn.Linear(16 * w, 2 * w, bias=False), nn.BatchNorm1d(2 * w), nn.LeakyReLU(slope)),
            "digit": nn.Linear(2 * w, 10),
            "style": nn.Linear(2 * w, 2),
        })  # fmt: skip
        for network in self.networks().values():
            initialise_normal(network)
        self.prepare(device, channels_last)

    def networks(self):
        return {"G": self.G, "Trunk": self.Trunk, "D": self.D, "Q": self.Q}

    def draw(self):
        n, uniform = self.batch, lambda k: torch.rand(self.batch, k, device=self.device) * 2 - 1
        return {"noise": uniform(62), "digit": torch.randint(10, (n,), device=self.device), "style": uniform(2)}

    def generate(self, draws):
        return self.G(torch.cat([draws["noise"], F.one_hot(draws["digit"], 10).to(draws["noise"]), draws["style"]], 1))

    def mutual_information(self, features, draws):
        """nll of the codes under Q: categorical, and normal with deviation 1, its constant included."""
        hidden = self.Q["hidden"](features)
        digit = F.cross_entropy(self.Q["digit"](hidden), draws["digit"])
        off = self.Q["style"](hidden) - draws["style"]
        return digit, 0.5 * off.square().sum(1).mean() + math.log(2 * math.pi)

    def discriminator_loss(self, image, fake, draws):
        real = self.D(self.Trunk(image))
        features = self.Trunk(fake)
        digit, style = self.mutual_information(features, draws)
        loss = F.softplus(-real).mean() + F.softplus(self.D(features)).mean() + digit + style
        return loss, {"digit": digit.detach(), "style": style.detach()}

    def generator_loss(self, fake, draws):
        features = self.Trunk(fake)
        digit, style = self.mutual_information(features, draws)
        return F.softplus(-self.D(features)).mean() + digit + style

    def classify(self, image):
        return self.Q["digit"](self.Q["hidden"](self.Trunk(image))).argmax(1)


def mlps():
    """The generator and the discriminator of bench/specs/mlp-gan.gan and mlp-wgan-gp.gan, as they start."""
    G = nn.Sequential(
        nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(),
        nn.Linear(256, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)))  # fmt: skip
    D = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Linear(256, 256), nn.LeakyReLU(0.2),
        nn.Linear(256, 1))  # fmt: skip
    for network in (G, D):
        initialise_glorot(network)
    return G, D


class MlpGan(Gan):
    """bench/specs/mlp-gan.gan: small enough that what isn't matrix product decides."""

    batch = 64
    rates = (2e-4, 2e-4)

    def __init__(self, device="cpu", channels_last=False):
        self.G, self.D = mlps()
        self.prepare(device, channels_last)

    def networks(self):
        return {"G": self.G, "D": self.D}

    def draw(self):
        return {"noise": torch.randn(self.batch, 64, device=self.device)}

    def generate(self, draws):
        return self.G(draws["noise"])

    def discriminator_loss(self, image, fake, draws):
        # The data's range is [-1, 1]: that of tanh.
        return F.softplus(-self.D(image * 2 - 1)).mean() + F.softplus(self.D(fake)).mean(), {}

    def generator_loss(self, fake, draws):
        return F.softplus(-self.D(fake)).mean()
