"""Messages between a program and ganc: four bytes (the header's length, little-endian), a JSON header, and the bytes of the
tensors that the header lists under `tensors` ([name, shape, type] each), in order.
"""

import json
import struct

import torch

from .files import bytes_of, tensor_of

_types = {'F32': torch.float32, 'F64': torch.float64}
_names = {kind: name for name, kind in _types.items()}


def receive(stream):
    """The next message: header, tensors by name. None at the end."""
    start = stream.read(4)
    if len(start) < 4:
        return None
    header = json.loads(stream.read(struct.unpack('<I', start)[0]))
    tensors = {}
    for name, shape, kind in header.pop('tensors', ()):
        dtype = _types[kind]
        count = 1
        for size in shape:
            count *= size
        tensors[name] = tensor_of(stream.read(count * dtype.itemsize), shape, dtype)
    return header, tensors


def send(stream, header, tensors=()):
    """Writes a message; `tensors`: by name, from any device."""
    parts = {name: tensor.detach().to('cpu').contiguous() for name, tensor in dict(tensors).items()}
    listed = [[name, list(tensor.shape), _names[tensor.dtype]] for name, tensor in parts.items()]
    text = json.dumps({**header, 'tensors': listed}).encode()
    stream.write(struct.pack('<I', len(text)) + text)
    for tensor in parts.values():
        stream.write(bytes_of(tensor))
    stream.flush()


def feeds(program, tensors):
    """Scalars as numbers, all else on the program's device."""
    places = program.code.INPUTS
    return {
        name: float(value) if places.get(name, ('',))[0] == 'at' else value.to(program.device, program.dtype)
        for name, value in tensors.items()
    }


def report(program, header, tensors):
    """Outputs of a report's graph, as asked for: tensors called `replaced NAME` stand in the place of the state's."""
    given = {name: tensor for name, tensor in tensors.items() if not name.startswith('replaced ')}
    replaced = {name[len('replaced '):]: tensor for name, tensor in tensors.items() if name.startswith('replaced ')}
    return program.report(header['graph'], feeds(program, given), header['names'], replaced)
