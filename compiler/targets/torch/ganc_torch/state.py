"""A program's networks and their state on one device: every tensor by name, drawn as a run begins it, or as a checkpoint has it.

Names and layouts of tensors are those of the manifest: `read` and `load` turn over what lies the other way round here.
"""

import importlib
import json
import sys
from pathlib import Path

import torch

from . import ops
from .errors import Refused
from .files import unpacked
from .flat import Flat, Side
from .initial import drawn
from .parts import BatchNorm


def imported(folder):
    """The modules networks and updates of a program; those of another one that were imported before are forgotten."""
    for name in ('networks', 'updates'):
        sys.modules.pop(name, None)
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        return importlib.import_module('networks'), importlib.import_module('updates')
    finally:
        sys.path.remove(str(folder))


class State:
    """That of the program in `folder`, not drawn yet."""

    def __init__(self, folder, device='cpu'):
        self.folder = Path(folder)
        self.manifest = json.loads((self.folder / 'manifest.json').read_text())
        self.device = torch.device(device)
        self.dtype = getattr(torch, self.manifest['float'])
        ops.configure(self.device, self.dtype)
        networks, self.code = imported(self.folder)
        self.networks = networks.Networks().to(self.device, self.dtype)
        self.norms = [part for part in self.networks.modules() if isinstance(part, BatchNorm)]
        self.turned = set(self.manifest.get('turned', ()))
        self._name_networks()
        own = {**dict(self.networks.named_parameters()), **dict(self.networks.named_buffers())}
        self.sides = self._laid_flat(own)
        #: every tensor of the state, by name, in the manifest's order
        self.state = {entry['name']: own[entry['name']] for entry in self.manifest['state']}
        self.of_moments = {entry['name']: entry for entry in self.manifest['state']}
        #: tensors of files of weights, by the file's name
        self.files = {}

    def _laid_flat(self, own):
        """Puts weights and moments side by side in memory: what each update keeps of its weights, by its name."""
        weights = [entry for entry in self.manifest['state'] if entry['role'] == 'weight']
        like = torch.zeros((), device=self.device, dtype=self.dtype)
        flat, sides = Flat({entry['name']: own[entry['name']].shape for entry in weights}, like), {}
        for entry in weights:
            view = flat.view(entry['name'])
            view.copy_(own[entry['name']].data)
            own[entry['name']].data = view
        moments = {}
        for name, update in self.code.UPDATES.items():
            names = [entry['name'] for network in update.networks for entry in weights if entry['network'] == network]
            moving = update.moments or name
            if moving not in moments:
                fellows = [other for key, other in self.code.UPDATES.items() if (other.moments or key) == moving]
                networks = {network for fellow in fellows for network in fellow.networks}
                every = {entry['name']: flat.places[entry['name']][2] for entry in weights if entry['network'] in networks}
                moments[moving] = {slot: Flat(every, flat.memory) for slot in getattr(update.rule, 'slots', update.slots)}
                for slot, room in moments[moving].items():
                    own.update({f'{moving}.{weight}.{slot}': room.view(weight) for weight in every})
            sides[name] = Side(update, names, flat, moments[moving])
        return sides

    def _name_networks(self):
        """Gives each network what `ops.trained` and `ops.batch_statistics` ask it for."""
        roles = {entry['name']: entry for entry in self.manifest['state']}
        everything = list(self.networks.children())
        for name, network in self.networks.named_children():
            own = [entry['name'] for entry in self.manifest['state'] if entry['network'] == name and entry['role'] == 'weight']
            weights = dict(self.networks.named_parameters())
            network.every = everything
            network.own_weights = [weights[one] for one in own]
            norms = [
                (path, part) for path, part in self.networks.named_modules()
                if isinstance(part, BatchNorm) and path.startswith(f'{name}.') and not path.startswith(f'{name}.average.')
            ]
            network.batch_statistics = lambda norms=norms: [
                (f'{path}.{what}', value)
                for path, part in norms
                for what, value in zip(('mean', 'variance'), part.taken() or ())
            ]
        for name in roles:
            if '.average.' in name and roles[name]['role'] == 'average':
                owner = self.networks.get_submodule(name.split('.')[0])
                owner.get_submodule('average').requires_grad_(False)

    # ------------------------------------------------------------ state

    def shares_rows(self, name):
        """Whether the rows of an input are those of minibatches, of which a rank has its part."""
        return name in self.manifest.get('blocks', {})

    def blocks_of(self, name):
        """How many minibatches stand one below the other in an input."""
        return self.manifest['blocks'][name]

    def begin(self, seed, values=None, lenient=False):
        """The state as a run starts it, or as `values` (a checkpoint's) say: `lenient` starts anew what does not fit."""
        made = {}
        for entry in sorted(self.manifest['state'], key=lambda entry: entry['initial']['kind'] == 'copy'):
            kept = (values or {}).get(entry['name'])
            fits = kept is not None and list(kept.shape) == entry['shape']
            if values is not None and not fits and not lenient:
                found = 'is missing' if kept is None else f"is {list(kept.shape)}, not {entry['shape']}"
                raise Refused(f"the checkpoint's {entry['name']} {found}")
            made[entry['name']] = kept if fits else self._initial(entry, seed, made)
        self.load(made)

    def _initial(self, entry, seed, made):
        initial = entry['initial']
        if initial['kind'] == 'constant':
            return torch.full(entry['shape'], float(initial['value']), dtype=self.dtype)
        if initial['kind'] == 'stored':
            return self._stored(initial).to(self.dtype)
        return made[initial['of']].clone() if initial['kind'] == 'copy' else drawn(entry, seed).to(self.dtype)

    def _stored(self, origin):
        """A tensor of one of the program's files of weights."""
        if origin['file'] not in self.files:
            path = self.folder / origin['file']
            if not path.exists():
                raise Refused(f'{path} is not there: the program starts with its weights, so build it where they lie')
            self.files[origin['file']] = unpacked(path.read_bytes())
        return self.files[origin['file']][origin['of']]

    def start_phase(self, starts):
        """Puts other weights in the place of these, one after another."""
        made = {}
        for one in starts:
            origin = one['from']
            if origin['kind'] == 'stored':
                made[one['state']] = self._stored(origin)
            else:
                made[one['state']] = made[origin['of']] if origin['of'] in made else self.read([origin['of']])[origin['of']]
        self.load(made)

    def broken(self):
        """Networks with a tensor that is not finite."""
        bad = [entry['network'] for entry in self.manifest['state'] if not self.state[entry['name']].isfinite().all()]
        return list(dict.fromkeys(bad))

    def _turns(self, entry):
        """Whether the tensor lies the other way round than checkpoints have it."""
        name = entry['name']
        if entry['role'] == 'moment':
            name = name.split('.', 1)[1].rsplit('.', 1)[0]
        return name in self.turned

    @torch.no_grad()
    def load(self, values):
        """Sets tensors of the state, by name, from arrays in the manifest's layout."""
        for name, value in values.items():
            given = torch.as_tensor(value)
            entry = self.of_moments[name]
            self.state[name].copy_(given.T if self._turns(entry) else given)

    @torch.no_grad()
    def read(self, names=None):
        """Copies of tensors of the state on the host, in the manifest's layout."""
        read = {}
        for name in self.state if names is None else names:
            value = self.state[name].detach()
            turned = value.T if self._turns(self.of_moments[name]) else value
            read[name] = turned.contiguous().to('cpu', copy=True)
        return read
