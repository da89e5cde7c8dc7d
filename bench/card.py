"""Measures emitted programs on a card, in under ten minutes, with Python alone. On a CPU it runs too, with --tiny.

    node bin/ganc.js build specs/infogan.gan --profile paper --target torch --out build/infogan
    python bench/card.py build/infogan [--seconds 20] [--seeds 5] [--out bench/card.json] [--tiny]

In turns, each for some seconds: ours (the block loop, graphs captured on a card), ours uncaptured (every step eager, decided
by the host), and, where bench/pytorch has the program by hand, PyTorch's usual loop and the best one (fakes shared, fused
Adam, nothing read back). Iterations a second with quartiles, peak memory, kernels and
waits of one iteration by torch.profiler. Memory that one way has made a process grow serves the others, too: on a CPU run each alone,
in turns (`--ways host`, `--ways best`). Then InfoGAN's seeds to their ends, if asked for. Results as JSON and a table.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import torch

given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
given.add_argument('program', help='a folder that `ganc build --target torch` wrote')
given.add_argument('--seconds', type=float, default=20, help='of each way, over all turns')
given.add_argument('--rounds', type=int, default=5)
given.add_argument('--seeds', type=int, default=0, help='runs to their ends')
given.add_argument('--out', help='where the results go as JSON')
given.add_argument('--threads', type=int, help='of the processor')
given.add_argument('--ways', help='parts of the names of those that are wanted, with commas: `host,best`; default: all')
given.add_argument('--tiny', action='store_true', help='a second of each way: to try the script')
given = given.parse_args()
folder = Path(given.program).resolve()
sys.path[:0] = [str(folder), str(Path(__file__).parent / 'pytorch')]

from ganc_torch import train, training, watch  # noqa: E402

cuda = torch.cuda.is_available()
seconds = 1 if given.tiny else given.seconds
rounds = 2 if given.tiny else given.rounds
# Iterations between two looks at the clock.
at_once = 1 if given.tiny else 16


def options(**more):
    """The options of train.py, with others in their place."""
    sys.argv[1:] = []
    return argparse.Namespace(**{**vars(train.options()), 'seed': 7, 'json': False, **more})


class Ours:
    """The program's own loop; `on_card`: nothing decided by the host."""

    def __init__(self, device, on_card):
        self.place = tempfile.TemporaryDirectory()
        own = options(out=f'{self.place.name}/run', as_on_a_card=on_card)
        self.training = training.Training(folder, own, device, watch.Nobody())
        self.training.trainer.on_card = on_card

    def run(self, iterations):
        trainer, training = self.training.trainer, self.training
        while iterations > 0:
            for iteration, _ in trainer.block(training.position, training.applied, iterations, lambda before, after: False):
                training.position = iteration.next
                iterations -= 1


def hand_written():
    """By the spec's name, from a device: what makes an iteration and gives its losses. InfoGAN's is that of the profile `paper`."""
    from models import InfoGan, MlpGan
    from voice import Trainer
    from wgan_gp import MlpWganGp

    with_images = {'InfoGAN': InfoGan, 'MlpGan': MlpGan, 'MlpWganGp': MlpWganGp}
    # The voices' rows are drawn on the processor.
    return {'Voice': lambda _: Trainer().step, **{name: partial(on_images, gan) for name, gan in with_images.items()}}


def on_images(kind, device):
    """A GAN of bench/pytorch over images that lie on the device."""
    gan = kind(device.type)
    images = torch.randint(0, 256, (60000, 1, 28, 28), dtype=torch.uint8, device=device)

    def batch():
        return images[torch.randint(0, len(images), (gan.batch,), device=device)].float().div(255)

    return lambda: gan.iterate(batch)


class ByHand:
    """The same networks as one writes them: waiting for their losses, or as well as PyTorch can; by any algorithm of the library."""

    def __init__(self, iterate, best):
        self.iterate, self.best = iterate, best

    def run(self, iterations):
        ours = torch.are_deterministic_algorithms_enabled()
        torch.use_deterministic_algorithms(False)
        for _ in range(iterations):
            losses = self.iterate()
            if not self.best:
                [value.item() for value in losses.values()]
        torch.use_deterministic_algorithms(ours, warn_only=True)


def waited():
    if cuda:
        torch.cuda.synchronize()


def speed(way, least):
    """Iterations a second over at least so many seconds, and milliseconds of the processor an iteration, which a machine that
    does other work at the same time changes little.
    """
    done, began, used = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < least:
        way.run(at_once)
        waited()
        done += at_once
    return done / (time.perf_counter() - began), 1000 * (time.process_time() - used) / done


def profiled(way):
    """Operations, kernels and waits of an iteration, as far as the profiler sees them."""
    from torch.profiler import ProfilerActivity, profile

    activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if cuda else [])
    with profile(activities=activities) as seen:
        way.run(at_once)
        waited()
    events = seen.events()
    own = [event for event in events if event.name.startswith('aten::')]
    kernels = [event for event in events if event.device_type is not None and 'CUDA' in str(event.device_type)]
    waits = [event for event in events if 'Synchronize' in event.name or event.name in ('aten::item', 'aten::_local_scalar_dense')]
    return {'operations': len(own) / at_once, 'kernels': len(kernels) / at_once, 'round trips': len(waits) / at_once}


def ways_to_run(name, device):
    """By name; only those that are asked for are made."""
    by_hand = hand_written().get(name)
    made = {'ours': lambda: Ours(device, True), 'ours, decided by the host': lambda: Ours(device, False)}
    if by_hand is not None and (device.type == 'cpu' or name != 'Voice'):
        made['usual loop'] = lambda: ByHand(by_hand(device), False)
        made['best loop by hand'] = lambda: ByHand(by_hand(device), True)
    wanted = given.ways.split(',') if given.ways else ['']
    return {way: make() for way, make in made.items() if any(part in way for part in wanted)}


def main():
    device = train.place(options(device='cuda' if cuda else 'cpu'))
    if given.threads:
        torch.set_num_threads(given.threads)
    manifest = json.loads((folder / 'manifest.json').read_text())
    name = manifest['name']
    ways = ways_to_run(name, device)
    results = {
        'device': torch.cuda.get_device_name() if cuda else 'cpu',
        'torch': torch.__version__,
        'program': name,
        'profile': manifest['profile'],
        'ways': {},
    }
    for name, way in ways.items():
        way.run(at_once)
        waited()
        results['ways'][name] = {'speeds': [], 'processor ms': []}
    for _ in range(rounds):
        for name, way in ways.items():
            if cuda:
                torch.cuda.reset_peak_memory_stats()
            made, used = speed(way, seconds / rounds)
            results['ways'][name]['speeds'].append(made)
            results['ways'][name]['processor ms'].append(used)
            if cuda:
                results['ways'][name]['peak MiB'] = torch.cuda.max_memory_allocated() / 2**20
    # Afterwards: what the profiler leaves in memory speeds some of them up.
    for name, way in ways.items():
        results['ways'][name].update(profiled(way))
    for seed in range(1, given.seeds + 1):
        with tempfile.TemporaryDirectory() as place:
            own = options(out=f'{place}/run', seed=seed, steps=2 if given.tiny else None)
            began = time.perf_counter()
            run = training.Training(folder, own, device, watch.Nobody())
            run.go()
            lines = [json.loads(line) for line in (run.path / 'metrics.jsonl').read_text().splitlines()]
            found = {line['metric']: line['value'] for line in lines if 'metric' in line}
            results.setdefault('seeds', {})[seed] = {**found, 'seconds': time.perf_counter() - began}
    show(results)
    if given.out:
        Path(given.out).write_text(json.dumps(results, indent=1) + '\n')


def show(results):
    print(f"{results['program']} ({results['profile'] or 'as it is'}) on {results['device']}, PyTorch {results['torch']}")
    base = statistics.median(next(iter(results['ways'].values()))['speeds'])
    for name, way in results['ways'].items():
        low, middle, high = statistics.quantiles(way['speeds'], n=4) if len(way['speeds']) > 1 else way['speeds'] * 3
        counts = ', '.join(f'{way[key]:.0f} {key}' for key in ('operations', 'kernels', 'round trips', 'peak MiB') if key in way)
        used = statistics.median(way['processor ms'])
        print(f'  {name:26} {middle:8.1f} iterations a second ({low:.1f} to {high:.1f}), the first is {base / middle:.2f} x; {used:.2f} ms of the processor, {counts}')
    for seed, found in results.get('seeds', {}).items():
        print(f'  seed {seed}: {json.dumps(found)}')


if __name__ == '__main__':
    main()
