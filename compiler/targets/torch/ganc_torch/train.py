"""Trains a program by itself: python train.py, torchrun --nproc-per-node 2 train.py, python train.py --resume RUN.

Makes a run directory as `ganc run` does, with losses, metrics and checkpoints, which ganc can go on with; the values of
pictures and sounds are left as arrays in values/ (`ganc sample RUN NAME` draws them from a checkpoint).
"""

import argparse
import os
import sys
from pathlib import Path

import torch
import torch.distributed as dist

from . import ranks
from .errors import Diverged, Lost, Refused
from .training import Training
from .watch import Ganc, Lines, Nobody, Person


def _judge(text):
    way, _, metric = text.partition(':')
    if way not in ('lowest', 'highest') or not metric:
        raise argparse.ArgumentTypeError('it takes lowest:name or highest:name')
    return {'metric': metric, 'better': 'lower' if way == 'lowest' else 'higher'}


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
    parser.add_argument('--best', type=_judge, metavar='lowest:NAME', help="the metric that names the best checkpoint (default: the spec's first; a run keeps it)")
    parser.add_argument('--patience', type=int, help='done so many iterations after the best checkpoint (a run keeps it)')
    parser.add_argument('--fast', action='store_true', help='kernels that are not repeatable, where they are faster')
    parser.add_argument('--precision', choices=['float32', 'tf32'], default='tf32', help='of products on a card')
    parser.add_argument('--data', type=Path, metavar='DIR', help='converted rows (default: data/ beside the program)')
    parser.add_argument('--lenient', action='store_true', help="begin weights anew that the checkpoint's don't fit")
    parser.add_argument('--json', action='store_true', help='events as JSON lines on the standard output')
    parser.add_argument('--as-on-a-card', action='store_true', help='decide nothing on the host, also without a card (for tests)')
    parser.add_argument('--for-ganc', action='store_true', help='messages to the command that started this (watch.py)')
    parser.add_argument('--pause', type=float, default=0.1, help='with --for-ganc: seconds between two words about iterations')
    parser.add_argument('--looks', type=int, nargs=2, metavar=('FIRST', 'EACH'), help='with --for-ganc: iterations before and after which it looks at the state: one, and each so many')
    return parser.parse_args()


def main(file):
    given = options()
    watch = watcher(given)
    try:
        device = place(given)
        Training(Path(file).parent.resolve(), given, device, watch).go()
    except Refused as error:
        watch.refused(str(error))
        sys.exit(2)
    except (Diverged, Lost) as error:
        # Rank 0 has said it; a collective may still be waiting for a process that is gone.
        print(f'rank {ranks.index()}: {error}', file=sys.stderr, flush=True)
        os._exit(4)
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def watcher(given):
    """Who watches this process: only rank 0 speaks."""
    if int(os.environ.get('RANK', 0)) > 0:
        return Nobody()
    return Ganc(given.pause) if given.for_ganc else Lines() if given.json else Person()


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
        # In that mode PyTorch writes NaN into every new tensor, a kernel for each. Nothing here reads what it has not written.
        torch.utils.deterministic.fill_uninitialized_memory = False
    if int(os.environ.get('WORLD_SIZE', 1)) > 1:
        ranks.join('nccl' if card else 'gloo')
    return torch.device('cuda', local) if card else torch.device('cpu')
