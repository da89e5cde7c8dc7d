"""Files of a run: tensors (safetensors), checkpoints and the like, each there whole or not at all, also after kill -9.

    checkpoints/step-00000500/state.safetensors   every tensor of the state, in the manifest's layout
    checkpoints/step-00000500/checkpoint.json     counters, stream positions, the best so far, the length of metrics.jsonl

They are those of every target of ganc: a run goes on where another one stopped.
"""

import ctypes
import hashlib
import json
import os
import re
import shutil
import struct
from pathlib import Path

import torch

from .errors import Refused

_types = {'F64': torch.float64, 'F32': torch.float32, 'I32': torch.int32, 'U8': torch.uint8}
_names = {dtype: name for name, dtype in _types.items()}
_unfinished = '.unfinished-'


def bytes_of(tensor):
    """A tensor's bytes, row-major. (NumPy, which PyTorch can do without, isn't asked.)"""
    whole = tensor.detach().to('cpu').contiguous()
    return ctypes.string_at(whole.data_ptr(), whole.numel() * whole.element_size()) if whole.numel() else b''


def tensor_of(data, shape, dtype):
    """A tensor of its own from bytes."""
    return torch.frombuffer(bytearray(data), dtype=dtype).reshape(shape) if data else torch.zeros(shape, dtype=dtype)


def packed(tensors):
    """Named tensors as the bytes of a safetensors file."""
    listed = sorted(tensors.items(), key=lambda one: -one[1].element_size())
    header, at = {}, 0
    for name, tensor in listed:
        size = tensor.numel() * tensor.element_size()
        header[name] = {'dtype': _names[tensor.dtype], 'shape': list(tensor.shape), 'data_offsets': [at, at + size]}
        at += size
    text = json.dumps(header, separators=(',', ':'), ensure_ascii=False).encode()
    text += b' ' * (-len(text) % 8)
    return struct.pack('<Q', len(text)) + text + b''.join(bytes_of(tensor) for _, tensor in listed)


def unpacked(data):
    """The tensors of a safetensors file's bytes."""
    (length,) = struct.unpack('<Q', data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != '__metadata__':
            start, end = (8 + length + at for at in entry['data_offsets'])
            tensors[name] = tensor_of(data[start:end], entry['shape'], _types[entry['dtype']])
    return tensors


# ---------------------------------------------------------------- whole or not at all


def _flushed(path, data):
    with open(path, 'wb') as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(path):
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_whole(path, data):
    """Writes a file beside its place, then gives it its name."""
    path = Path(path)
    beside = path.with_name(f'{_unfinished}{os.getpid()}-{path.name}')
    _flushed(beside, data)
    os.replace(beside, path)
    _flush_folder(path.parent)


def write_folder(path, files):
    """A folder with these files, in the place of what was there."""
    path = Path(path)
    beside = path.with_name(f'{_unfinished}{os.getpid()}-{path.name}')
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for name, data in files.items():
        _flushed(beside / name, data)
    shutil.rmtree(path, ignore_errors=True)
    os.replace(beside, path)
    _flush_folder(path.parent)


# ---------------------------------------------------------------- sealed JSON


def js(value, indent=None, level=0):
    """JSON text as JavaScript writes it: the checksum of a sealed file is that of this text."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return _js_number(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    pairs = [f'{json.dumps(name, ensure_ascii=False)}:{"" if indent is None else " "}{js(one, indent, level + 1)}' for name, one in value.items()] if isinstance(value, dict) else [js(one, indent, level + 1) for one in value]
    start, end = '{}' if isinstance(value, dict) else '[]'
    if not pairs or indent is None:
        return start + ','.join(pairs) + end
    pad = '\n' + ' ' * (indent * level)
    return start + ','.join(f'{pad}{" " * indent}{pair}' for pair in pairs) + pad + end


def _js_number(value):
    if float(value).is_integer() and abs(value) < 1e21:
        return str(int(value))
    digits, _, exponent = repr(float(value)).partition('e')
    power = int(exponent or 0)
    if -7 <= power < 21 and exponent:
        return f'{value:.{max(0, len(digits.replace("-", "").replace(".", "")) - 1 - power)}f}'
    return f'{digits}e{"+" if power > 0 else ""}{power}' if exponent else digits


def sealed(value):
    """The bytes of a JSON file that says whether it is as it was written."""
    checksum = hashlib.sha256(js(value).encode()).hexdigest()
    return (js({**value, 'checksum': checksum}, 1) + '\n').encode()


def unsealed(data):
    """What the file holds; None if a bit of it has changed."""
    value = json.loads(data)
    value.pop('checksum', None)
    return value if sealed(value) == data else None


# ---------------------------------------------------------------- checkpoints


def write_checkpoint(folder, state, progress):
    """`state`: all tensors by name; `progress`: position, applied, best, metricsBytes, unreported."""
    data = packed(state)
    stored = {'format': 2, **progress, 'state': hashlib.sha256(data).hexdigest()}
    path = Path(folder) / f"step-{progress['position']['iteration']:08d}"
    write_folder(path, {
        'state.safetensors': data,
        'checkpoint.json': sealed(stored),
    })


def amend_checkpoint(folder, progress):
    """The same state with what its reports found: the checkpoint stays whole all the while. False where it is gone or damaged."""
    path = Path(folder) / f"step-{progress['position']['iteration']:08d}"
    try:
        stored = unsealed((path / 'checkpoint.json').read_bytes())
    except (OSError, ValueError):
        return False
    if stored is None or not (path / 'state.safetensors').exists():
        return False
    write_whole(path / 'checkpoint.json', sealed({**stored, **progress}))
    return True


def checkpoints(folder):
    """Paths, newest first."""
    found = [path for path in Path(folder).glob('step-*') if re.fullmatch(r'step-\d+', path.name)]
    return sorted(found, key=lambda path: -int(path.name[5:]))


def read_checkpoint(path):
    """What a checkpoint holds, with its tensors as `values`; None if it isn't whole."""
    try:
        stored = unsealed((Path(path) / 'checkpoint.json').read_bytes())
        data = (Path(path) / 'state.safetensors').read_bytes()
        if stored is None or hashlib.sha256(data).hexdigest() != stored['state']:
            return None
        # A copy under another's name would be taken for newer than what follows it.
        if Path(path).name != f"step-{stored['position']['iteration']:08d}":
            return None
        return {**stored, 'values': unpacked(data)}
    except (OSError, ValueError, KeyError):
        return None


# Lines of log.txt that follow a checkpoint.
_was_saved = re.compile(r'^(first checkpoint|resumed|stopped|done) after iteration [1-9]', re.MULTILINE)


def newest_checkpoint(run):
    """The newest whole one of a run directory; None where none was written yet. A run that lost all of them is refused."""
    folder = Path(run) / 'checkpoints'
    there = checkpoints(folder)
    found = next((one for path in there if (one := read_checkpoint(path))), None)
    if found is None and there:
        raise Refused(f'{run} has no whole checkpoint to go on from: put one back from a copy, or start a new run')
    lines = Path(run) / 'metrics.jsonl'
    if not folder.exists() and lines.exists() and lines.stat().st_size > 0:
        raise Refused(f'{folder} is gone, and with it all that was trained: start a new run')
    log = Path(run) / 'log.txt'
    if not there and log.exists() and _was_saved.search(log.read_text(errors='replace')):
        raise Refused(f'{folder} is empty, and with it all is gone that was trained: put a checkpoint back from a copy, or start a new run')
    return found


def whole_checkpoints(folder):
    """Iterations of the folder's whole checkpoints: each is read, so this is asked once in a run."""
    return {one['position']['iteration'] for path in checkpoints(folder) if (one := read_checkpoint(path))}


def prune(folder, keep, best, whole):
    """Keeps the newest of the whole checkpoints and the best, and takes away what a kill left half-written. `whole`: iterations
    whose checkpoints are known to be; those that aren't never push one out that is, and stay for whoever wants to look at them.
    """
    for path in Path(folder).glob(f'{_unfinished}*'):
        shutil.rmtree(path, ignore_errors=True)
    for number in sorted(whole, reverse=True)[keep:]:
        if best and number == best['iteration']:
            continue
        path = Path(folder) / f'step-{number:08d}'
        if path.exists():
            shutil.rmtree(path)
        whole.remove(number)


class Metrics:
    """metrics.jsonl: a line for each iteration and each result of a report, written in gulps."""

    def __init__(self, path, size):
        if Path(path).exists() and os.path.getsize(path) > size:
            os.truncate(path, size)
        self.file = open(path, 'ab')

    def append(self, row):
        told = {
            key: {name: plain(one) for name, one in value.items()} if isinstance(value, dict) else plain(value)
            for key, value in row.items()
        }
        self.file.write((json.dumps(told, separators=(',', ':')) + '\n').encode())

    def flush(self):
        """Bytes written and on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        return self.file.tell()


def plain(value):
    """What JSON has no number for becomes a string, as in every run."""
    if isinstance(value, float) and value != value:
        return 'NaN'
    if isinstance(value, float) and value in (float('inf'), float('-inf')):
        return 'Infinity' if value > 0 else '-Infinity'
    return value
