"""The WGAN-GP of bench/specs/mlp-wgan-gp.gan as one writes it well in PyTorch: no gradient is computed that nobody reads."""

import torch

from models import freeze, mlps


class MlpWganGp:
    """Five steps of the critic, one of the generator."""

    batch = 64

    def __init__(self, device="cpu"):
        self.device = device
        self.G, self.D = (network.to(device) for network in mlps())
        self.adam_d, self.adam_g = (
            torch.optim.Adam(network.parameters(), 1e-4, betas=(0.0, 0.9), eps=1e-8, fused=True)
            for network in (self.D, self.G)
        )

    def fake(self):
        return self.G(torch.randn(self.batch, 64, device=self.device))

    def penalty(self, real, fake):
        share = torch.rand(self.batch, 1, 1, 1, device=self.device)
        mixed = (share * real + (1 - share) * fake).requires_grad_()
        (slope,) = torch.autograd.grad(self.D(mixed).sum(), mixed, create_graph=True)
        return (slope.flatten(1).norm(dim=1) - 1).square().mean()

    def iterate(self, batch):
        """One iteration; `batch()` gives real images in [0, 1]. Returns the losses as tensors."""
        for _ in range(5):
            real = batch() * 2 - 1
            with torch.no_grad():
                fake = self.fake()
            critic = self.D(fake).mean() - self.D(real).mean() + 10 * self.penalty(real, fake)
            self.adam_d.zero_grad(set_to_none=True)
            critic.backward()
            self.adam_d.step()
        freeze([self.D], True)
        generator = -self.D(self.fake()).mean()
        self.adam_g.zero_grad(set_to_none=True)
        generator.backward()
        self.adam_g.step()
        freeze([self.D], False)
        return {"discriminator_loss": critic.detach(), "generator_loss": generator.detach()}
