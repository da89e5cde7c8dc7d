"""Minibatches: rows that ganc converted, mapped into memory, and for each stream its n-th minibatch since the run's start.

Each pass over the rows has its own order, or draws of its own; its last partial batch is dropped. A rank has its part of every
minibatch. Where rows are stretches of recordings, what stands beside each is drawn in each pass, too (stretches.py), and how
pictures move (pictures.py).

    data/index.json                 stream -> count, hash, fields: shape, type, and the values of a byte where it stands for one
    data/<stream>.<field>.bin       the rows, one behind the other; or recordings (`file`: where equal ones lie already)
    data/<stream>.drawn.bin         of rows that are drawn: groups of their numbers, one behind the other
    data/<stream>.recordings.bin, .segments.bin    of stretches: what recordings are there, and where in them rows lie
"""

import json
import math

import torch

from . import philox
from .errors import Refused
from .pictures import Moved, looked_up
from .stretches import Stretches

_types = {'u8': torch.uint8, 'f32': torch.float32, 'f64': torch.float64}


class Files:
    """Files of rows, each mapped once, on `device` where they fit."""

    def __init__(self, folder, device):
        self.folder, self.device, self.known = folder, device, {}

    def table(self, name, shape):
        """A table of whole numbers, for the host."""
        return torch.from_file(str(self.folder / name), size=math.prod(shape), dtype=torch.int32).reshape(shape).long()

    def numbers(self, name, shape, kind):
        """What a field's numbers lie in."""
        key = (name, tuple(shape), kind)
        if key not in self.known:
            mapped = torch.from_file(str(self.folder / name), size=math.prod(shape), dtype=_types[kind])
            shaped = mapped.reshape(*shape)
            self.known[key] = shaped.to(self.device) if self._fits(shaped) else shaped
        return self.known[key]

    def _fits(self, numbers):
        """On a card, where half of what is free is left to the program."""
        return self.device.type != 'cuda' or numbers.nbytes < torch.cuda.mem_get_info(self.device)[0] / 2


class Stream:
    """The rows of one stream."""

    def __init__(self, files, name, entry, batch, seed, dtype):
        self.name, self.count, self.batch, self.seed = name, entry['count'], batch, seed
        self.per_pass = self.count // batch
        self.told, self.dtype, self.device = entry['fields'], dtype, files.device
        self.drawn, self.stretches = entry.get('drawn'), None
        if 'stretches' in entry:
            self.stretches = Stretches(files, name, entry['stretches'], self.count)
        numbers = self.drawn['numbers'] if self.drawn else self.count
        self.fields, self.moved = {}, {}
        for field, told in self.told.items():
            if 'moved' in told:
                self.moved[field] = Moved(told['moved'], told['shape'])
            shape = self.stretches.laid_out(told) if 'of' in told else [numbers, *told.get('moved', {}).get('stored', told['shape'])]
            data = files.numbers(told.get('file', f'{name}.{field}.bin'), shape, told['type'])
            exact = torch.float64 if 'moved' in told else dtype
            values = torch.tensor(told['values'], dtype=exact, device=files.device) if told.get('values') else None
            self.fields[field] = (data, values)
        self.orders = {}
        if self.drawn:
            sizes = torch.tensor(self.drawn['sizes'])
            self.groups = files.table(f'{name}.drawn.bin', (int(sizes.sum()),))
            self.sizes, self.starts = sizes, sizes.cumsum(0) - sizes
            self.cumulative = torch.tensor(self.drawn['cumulative'], dtype=torch.float64)

    # ------------------------------------------------------------ which rows

    def order(self, turn):
        """The order of the rows in pass number `turn`."""
        if turn not in self.orders:
            self.orders = {turn: self.draw(turn) if self.drawn else self.shuffle(turn)}
        return self.orders[turn]

    def shuffle(self, turn):
        return philox.permutation(self.seed, f'shuffle:{self.name}', turn, self.count)

    def draw(self, turn):
        """Rows drawn with repetition: which group, by its chance, and which of its rows."""
        turns, scopes = torch.tensor([turn]), torch.tensor([0])
        u = philox.draws(self.seed, f'draw:{self.name}', 'uniform', turns, scopes, torch.arange(self.count), 2)[0]
        group = torch.searchsorted(self.cumulative, u[:, 0].contiguous(), right=True)
        place = self.starts[group] + (u[:, 1] * self.sizes[group]).long()
        return self.groups[place]

    def turn(self, ordinal):
        """The pass that minibatch number `ordinal` is of."""
        return ordinal // self.per_pass

    def rows(self, ordinal, part=slice(None)):
        """The rows of minibatch number `ordinal`, or a part of them."""
        start = ordinal % self.per_pass * self.batch
        return self.order(self.turn(ordinal))[start : start + self.batch][part]

    # ------------------------------------------------------------ what they hold

    def places(self, fields, rows, turns):
        """By field, where its values of these rows lie: `rows` [runs, rows] of the passes `turns` [runs]; None: as reports
        read them."""
        beside = {self.told[field]['of'] for field in fields if 'of' in self.told[field]}
        found = {}
        if beside:
            found = self.stretches.beside(beside, rows, torch.zeros(len(rows), dtype=torch.long) if turns is None else turns)
        return {field: self._place(field, rows, turns, found) for field in fields}

    def _place(self, field, rows, turns, found):
        if field in self.moved:
            return self.moved[field].places(rows, turns)
        told = self.told[field]
        return self.stretches.places(told, *found[told['of']]) if 'of' in told else rows

    def minibatches(self, fields, ordinals, part=slice(None)):
        """The places of minibatches, or of a part of each."""
        rows = torch.stack([self.rows(ordinal, part) for ordinal in ordinals])
        return self.places(fields, rows, torch.tensor([self.turn(ordinal) for ordinal in ordinals]))

    def in_order(self, fields, rows):
        """The places of rows in the stream's own order, as reports read them."""
        return {field: places[0] for field, places in self.places(fields, rows[None], None).items()}

    def lengths(self, fields, rows):
        """What the lengths in these fields' shapes (`T`) are in rows of the stream's own order; empty where there are none."""
        shapes = {field: self.told[field]['shape'] for field in fields}
        own = {field: shape[-1] for field, shape in shapes.items() if shape and isinstance(shape[-1], str)}
        return {own[field]: self.stretches.lengths[places] for field, places in self.in_order(own, rows).items()}

    def laid(self, found):
        """Places by field, each where the field's numbers lie."""
        return {field: places.to(self.fields[field][0].device) for field, places in found.items()}

    def values(self, field, places):
        """[rows, ...] of a field in the program's type, on its device; `places`: where the field's numbers lie (`laid`). Those
        of recordings that are read whole are of one length."""
        data, values = self.fields[field]
        if field in self.moved:
            chosen, places = self.moved[field].cut(data, places), brought(places, self.device)
            return self.moved[field].taken(brought(chosen, self.device), values, places, self.dtype)
        told = self.told[field]
        chosen = self.stretches.taken(data, told, places) if 'frame' in told else data.index_select(0, places)
        chosen = brought(chosen, self.device)
        return chosen.to(self.dtype) if values is None else looked_up(values, chosen)


def brought(tensor, device):
    """On the device; what lies on the host goes there while the card is at work."""
    return tensor if tensor.device.type == device.type else tensor.pin_memory().to(device, non_blocking=True)


def fields_read(inputs):
    """By stream, the fields that a graph's inputs are."""
    origins = [one['from'] for one in inputs if one['from']['kind'] == 'field']
    return {stream: {one['field'] for one in origins if one['stream'] == stream} for stream in {one['stream'] for one in origins}}


def open_streams(folder, manifest, seed, device, dtype):
    """Streams by name; `folder`: of the rows."""
    try:
        index = json.loads((folder / 'index.json').read_text())
    except OSError:
        raise Refused(f'{folder} holds no rows: `ganc run` reads the data by itself, `ganc build` writes it there') from None
    files = Files(folder, device)
    return {
        entry['name']: Stream(files, entry['name'], index[entry['name']], entry['batch'], seed, dtype)
        for entry in manifest['streams']
    }
