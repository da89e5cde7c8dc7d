"""Runs a program for another process, over a pipe: requests on the standard input, answers on the standard output.

A message is four bytes (the header's length, little-endian), a JSON header, and the bytes of the tensors that the header
lists under `tensors` ([name, shape, type] each), in order.
"""

import json
import os
import struct
import sys
import traceback

import torch

from .program import Program

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
        data = bytearray(stream.read(count * dtype.itemsize))
        tensors[name] = torch.frombuffer(data, dtype=dtype).reshape(shape) if count else torch.zeros(shape, dtype=dtype)
    return header, tensors


def send(stream, header, tensors):
    """Writes a message."""
    parts = {name: tensor.detach().to('cpu').contiguous() for name, tensor in tensors.items()}
    listed = [[name, list(tensor.shape), _names[tensor.dtype]] for name, tensor in parts.items()]
    text = json.dumps({**header, 'tensors': listed}).encode()
    stream.write(struct.pack('<I', len(text)) + text)
    for tensor in parts.values():
        stream.write(tensor.numpy().tobytes())
    stream.flush()


class Server:
    """Programs with their states, by number."""

    def __init__(self):
        self.programs = {}

    def answer(self, header, tensors):
        """The answer to a request: header, tensors."""
        do, number = header['do'], header.get('program')
        if do == 'open':
            number = len(self.programs)
            self.programs[number] = Program(header['folder'], header['device'])
            self.programs[number].load(tensors)
            return {'program': number}, {}
        program = self.programs[number]
        if do == 'close':
            self.programs[number] = None
            return {}, {}
        if do == 'read':
            return {}, program.read(header['names'])
        if do == 'step':
            numbers = program.step(header['graph'], feeds(program, tensors))
            # JSON has no word for numbers that are not finite.
            return {'numbers': {name: repr(value) for name, value in numbers.items()}}, {}
        given = {name: tensor for name, tensor in tensors.items() if not name.startswith('replaced ')}
        replaced = {name[len('replaced '):]: tensor for name, tensor in tensors.items() if name.startswith('replaced ')}
        return {}, program.report(header['graph'], feeds(program, given), header['names'], replaced)


def feeds(program, tensors):
    """Scalars as numbers, all else on the device."""
    places = program.code.INPUTS
    return {
        name: float(value) if places.get(name, ('',))[0] == 'at' else value.to(program.device, program.dtype)
        for name, value in tensors.items()
    }


def main():
    torch.set_num_threads(int(sys.argv[1]))
    # What libraries print must not come between two messages.
    out = os.fdopen(os.dup(1), 'wb')
    os.dup2(2, 1)
    server = Server()
    send(out, {'version': torch.__version__}, {})
    while (message := receive(sys.stdin.buffer)) is not None:
        try:
            header, tensors = server.answer(*message)
        except Exception as error:  # the other side says it
            header, tensors = {'error': f'{type(error).__name__}: {error}', 'trace': traceback.format_exc()}, {}
        send(out, header, tensors)


if __name__ == '__main__':
    main()
