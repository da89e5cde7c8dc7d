"""The run directory of a program that trains by itself: as `ganc run` makes it, with the program in it."""

import hashlib
import json
import os
import platform
import shutil
from pathlib import Path

import torch

from . import files
from .errors import Refused


def made(program, seed, out=None, judged=None):
    """Its path: `out`, else the first free runs/<name>-<n>; `judged`: what names its best checkpoint."""
    manifest, source = program.manifest, program.folder
    path = Path(out) if out else _free(manifest['name'].lower())
    if path.exists() and any(path.iterdir()):
        raise Refused(f'{path} already holds something: choose another --out, or --resume {path}')
    ignored = shutil.ignore_patterns('__pycache__', 'runs')
    shutil.copytree(source, path / 'program', ignore=ignored, dirs_exist_ok=True)
    files.write_whole(path / 'run.json', files.sealed({**_info(program, seed, path / 'program'), **(judged or {})}))
    (path / 'spec.gan').write_text(manifest['spec']['text'])
    for name in ('metrics.jsonl', 'log.txt'):
        (path / name).touch()
    for name in ('pictures', 'checkpoints'):
        (path / name).mkdir(exist_ok=True)
    return path


def _free(name):
    return next(path for n in range(1, 1 << 30) if not (path := Path('runs') / f'{name}-{n}').exists())


def _info(program, seed, folder):
    """run.json: what the run was started with."""
    manifest, device = program.manifest, program.device.type
    own = [one for one in sorted(folder.rglob('*')) if one.is_file() and one.name != 'manifest.json']
    return {
        'format': 2,
        'data': {one['name']: one['description'] for one in manifest['streams'] if one['description']},
        'machine': {
            'ganc': manifest.get('ganc', ''),
            'node': '',
            'engine': 'pytorch',
            'engineVersion': torch.__version__,
            'device': device,
            'threads': torch.get_num_threads(),
            'processor': platform.processor() or 'unknown',
            'features': [],
        },
        'set': {name: str(value) for name, value in manifest['params'].items()},
        'profile': None,
        **({'accumulate': program.parts} if program.parts > 1 else {}),
        'params': manifest['params'],
        'folder': os.path.abspath('.'),
        'seed': seed,
        'device': device,
        'program': {one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest() for one in own},
    }


def information(path):
    """What run.json of a run directory holds."""
    try:
        return json.loads((path / 'run.json').read_text())
    except OSError:
        raise Refused(f'{path} is not a run directory: it has no run.json') from None


def rejudged(path, judged):
    """Keeps another word on the best checkpoint in run.json."""
    info = information(path)
    info.pop('checksum', None)
    files.write_whole(path / 'run.json', files.sealed({**info, **judged}))
