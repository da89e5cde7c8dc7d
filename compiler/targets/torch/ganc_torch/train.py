"""Trains a program by itself: python train.py, torchrun --nproc-per-node 2 train.py, python train.py --resume RUN.

Makes a run directory as `ganc run` does, with losses, metrics and checkpoints, which ganc can go on with; the values of
pictures and sounds are left as arrays in values/ (`ganc sample RUN NAME` draws them from a checkpoint).
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist

from . import files, ranks
from .data import open_streams
from .loop import Diverged, Trainer
from .program import Program
from .reports import Reporter
from .schedule import Schedule, start


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--resume', metavar='RUN', help='go on with this run directory')
    parser.add_argument('--out', metavar='DIR', help='where the run goes (default: the first free runs/<name>-<n>)')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--steps', type=int, help='iterations, instead of what the spec says')
    parser.add_argument('--epochs', type=int)
    parser.add_argument('--device', choices=['auto', 'cpu', 'cuda'], default='auto')
    parser.add_argument('--threads', type=int, help="of the processor (default: PyTorch's own choice)")
    parser.add_argument('--checkpoint-every', type=int, help='iterations (default: each minute)')
    parser.add_argument('--keep', type=int, default=2, help='how many of the newest checkpoints stay')
    parser.add_argument('--fast', action='store_true', help='kernels that are not repeatable, where they are faster')
    parser.add_argument('--precision', choices=['float32', 'tf32'], default='tf32', help='of products on a card')
    parser.add_argument('--as-on-a-card', action='store_true', help='decide nothing on the host, also without a card (for tests)')
    parser.add_argument('--json', action='store_true', help='events as JSON lines on the standard output')
    return parser.parse_args()


def main(file):
    given = options()
    device = place(given)
    try:
        Training(Path(file).parent.resolve(), given, device).go()
    except (Diverged, ranks.Lost) as error:
        print(f'training failed: {error}', file=sys.stderr, flush=True)
        # A collective may still be waiting for a process that is gone.
        os._exit(4)
    except RuntimeError as error:
        if int(os.environ.get('WORLD_SIZE', 1)) == 1:
            raise
        print(f'rank {ranks.index()}: another process is gone, or does not answer: {error}', file=sys.stderr, flush=True)
        os._exit(4)
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def place(given):
    """The device of this process; joins the other ranks, if torchrun started them."""
    card = torch.cuda.is_available() if given.device == 'auto' else given.device == 'cuda'
    local = int(os.environ.get('LOCAL_RANK', 0))
    if given.threads:
        torch.set_num_threads(given.threads)
    if card:
        torch.cuda.set_device(local)
        torch.backends.cudnn.benchmark = given.fast
        exact = given.precision == 'float32'
        torch.backends.cuda.matmul.allow_tf32 = not exact
        torch.backends.cudnn.allow_tf32 = not exact
    if not given.fast:
        os.environ.setdefault('CUBLAS_WORKSPACE_CONFIG', ':4096:8')
        torch.use_deterministic_algorithms(True, warn_only=True)
    if int(os.environ.get('WORLD_SIZE', 1)) > 1:
        dist.init_process_group('nccl' if card else 'gloo', timeout=timedelta(seconds=45))
    return torch.device('cuda', local) if card else torch.device('cpu')


class Training:
    def __init__(self, folder, given, device):
        self.given, self.first = given, ranks.index() == 0
        self.path = Path(given.resume) if given.resume else None
        self.program = Program(folder, device)
        manifest = self.program.manifest
        info = json.loads((self.path / 'run.json').read_text()) if self.path else None
        self.seed = info['seed'] if info else given.seed
        streams = open_streams(folder, manifest, self.seed, device, self.program.dtype)
        self.schedule = Schedule(manifest, {name: one.count for name, one in streams.items()})
        on_card = device.type == 'cuda' or given.as_on_a_card
        self.trainer = Trainer(self.program, streams, self.schedule, self.seed, on_card)
        self.reporter = Reporter(self.trainer)
        self.position, self.applied, self.best, size = start(), {}, None, 0
        found = files.newest_checkpoint(self.path / 'checkpoints') if self.path else None
        if found:
            self.position, self.applied, self.best = found['position'], found['applied'], found['best']
            size = found['metricsBytes']
            self.program.load(found['values'])
        else:
            self.program.begin(self.seed)
        if self.first:
            self.path = self.path or self._made()
            self.metrics = files.Metrics(self.path / 'metrics.jsonl', size)
            (self.path / 'training.pid').write_text(str(os.getpid()))
        self.stop, self.saved = False, time.monotonic()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._asked)

    def _asked(self, *_):
        self.stop = True

    # ------------------------------------------------------------ the loop

    def go(self):
        end = self.schedule.stop_at(self.given.steps, self.given.epochs)
        self.say('start', iteration=self.position['iteration'], stop=end)
        began = time.monotonic()
        while self.position['iteration'] < end:
            for iteration, logged in self.trainer.block(self.position, self.applied, end - self.position['iteration']):
                before, self.position = self.position, iteration.next
                self._log(iteration, logged)
                ended = self.position['iteration'] == end
                due = self._due(before, ended)
                better = self._report(due) if due else False
                stop, save = self._agreed(better or ended)
                if save:
                    self._save()
                if stop and not ended:
                    self.say('log', text=f"stopped after iteration {self.position['iteration']}, as asked")
                    return self._close()
        per_second = self.position['iteration'] / max(1e-9, time.monotonic() - began)
        self.say('log', text=f"done after iteration {self.position['iteration']}, {per_second:.1f} iterations a second")
        self._close()

    def _agreed(self, save):
        """Whether to stop and to save: asked of any rank counts for all of them."""
        every = self.given.checkpoint_every
        due = self.position['iteration'] % every == 0 if every else time.monotonic() - self.saved > 60
        wanted = [self.stop, save or due or self.stop]
        if ranks.size() == 1:
            return wanted
        return ranks.any_of(wanted)

    def _log(self, iteration, logged):
        if not self.first:
            return
        phase = {} if iteration.phase['name'] is None else {'phase': iteration.phase['name']}
        self.metrics.append({'iteration': self.position['iteration'], **phase, **logged})
        if self.given.json:
            self.say('iteration', iteration=self.position['iteration'], phase=iteration.phase['name'], logged=logged)
        elif self.position['iteration'] % 100 == 0:
            losses = ', '.join(f'{name} {value:.4g}' for name, value in {**logged['losses']}.items())
            self.say('log', text=f"iteration {self.position['iteration']}: {losses}")

    def say(self, kind, **event):
        if not self.first:
            return
        if self.given.json:
            print(json.dumps({'kind': kind, **event}), flush=True)
        elif kind == 'log':
            print(event['text'], file=sys.stderr, flush=True)
        if kind == 'log':
            with open(self.path / 'log.txt', 'a') as log:
                log.write(event['text'] + '\n')

    # ------------------------------------------------------------ reports

    def _due(self, before, ended):
        return [
            item
            for report in self.program.manifest['reports']
            for item in report['items']
            if ended or self.schedule.report_due(item['every'] or report['every'], before, self.position)
        ]

    def _report(self, items):
        """Whether the spec's first metric is better than it ever was. Reports are rank 0's; the others wait for it."""
        better = False
        if self.first:
            moment = self.schedule.iteration_at(self.position).time
            number = self.position['iteration']
            for item, result in self.reporter.run(items, moment, self.applied):
                if isinstance(result, dict):
                    (self.path / 'values').mkdir(exist_ok=True)
                    files.write_whole(self.path / 'values' / f"{item['name']}-{number:08d}.safetensors", files.packed(result))
                else:
                    self.metrics.append({'iteration': number, 'metric': item['name'], 'value': result})
                    self.say('log', text=f"iteration {number}: {item['name']} {result:.6g}")
                    self.say('metric', iteration=number, name=item['name'], value=result)
        return better

    # ------------------------------------------------------------ checkpoints

    def _save(self):
        self.saved = time.monotonic()
        state = self.program.read()
        ranks.alike(state, self.position['iteration'])
        if not self.first:
            return
        broken = self.program.broken()
        if broken:
            raise Diverged(f"after iteration {self.position['iteration']}, the weights of {', '.join(broken)} are not finite")
        folder = self.path / 'checkpoints'
        folder.mkdir(exist_ok=True)
        files.write_checkpoint(folder, state, {
            'position': self.position,
            'applied': self.applied,
            'best': self.best,
            'metricsBytes': self.metrics.flush(),
            'unreported': None,
        })
        files.prune(folder, self.given.keep, self.best)
        self.say('checkpoint', iteration=self.position['iteration'])

    def _close(self):
        if self.first:
            self.metrics.flush()
            (self.path / 'training.pid').unlink(missing_ok=True)

    # ------------------------------------------------------------ the run directory

    def _made(self):
        """A run directory of its own, with the program in it."""
        manifest, source = self.program.manifest, self.program.folder
        path = Path(self.given.out) if self.given.out else None
        if path is None:
            name = manifest['name'].lower()
            path = next(free for n in range(1, 1 << 30) if not (free := Path('runs') / f'{name}-{n}').exists())
        elif path.exists() and any(path.iterdir()):
            sys.exit(f'{path} already holds something: choose another --out, or --resume {path}')
        ignored = shutil.ignore_patterns('__pycache__', 'runs')
        shutil.copytree(source, path / 'program', ignore=ignored, dirs_exist_ok=True)
        own = [one for one in sorted((path / 'program').rglob('*')) if one.is_file() and one.name != 'manifest.json']
        sums = {one.relative_to(path / 'program').as_posix(): hashlib.sha256(one.read_bytes()).hexdigest() for one in own}
        device = self.program.device.type
        info = {
            'format': 2,
            'data': {one['name']: one['description'] for one in manifest['streams'] if one['description']},
            'machine': {
                'ganc': manifest.get('ganc', ''), 'node': '', 'engine': 'pytorch', 'engineVersion': torch.__version__,
                'device': device, 'threads': torch.get_num_threads(), 'processor': platform.processor() or 'unknown', 'features': [],
            },
            'set': {name: str(value) for name, value in manifest['params'].items()},
            'profile': None,
            'params': manifest['params'],
            'folder': os.path.abspath('.'),
            'seed': self.seed,
            'device': device,
            'program': sums,
        }
        files.write_whole(path / 'run.json', files.sealed(info))
        (path / 'spec.gan').write_text(manifest['spec']['text'])
        for name in ('metrics.jsonl', 'log.txt'):
            (path / name).touch()
        for name in ('pictures', 'checkpoints'):
            (path / name).mkdir(exist_ok=True)
        return path
