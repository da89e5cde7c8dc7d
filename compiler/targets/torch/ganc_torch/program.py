"""A program and its state, on one device: steps and reports of the manifest's graphs, given what the host feeds them.

Names and layouts of tensors are those of the manifest: `read` and `load` turn over what lies the other way round here.
"""

import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import torch

from . import ops, optimizers, ranks
from .errors import Refused
from .files import unpacked
from .flat import Flat, Side, write
from .initial import drawn
from .parts import Average, BatchNorm, Shared, mean_of


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


class Program:
    """The program in `folder` with fresh state on `device`."""

    def __init__(self, folder, device='cpu'):
        self.folder = Path(folder)
        self.manifest = json.loads((self.folder / 'manifest.json').read_text())
        self.device = torch.device(device)
        self.dtype = getattr(torch, self.manifest['float'])
        ops.configure(self.device, self.dtype)
        networks, self.code = imported(self.folder)
        self.networks = networks.Networks().to(self.device, self.dtype)
        self.norms = [part for part in self.networks.modules() if isinstance(part, BatchNorm)]
        #: how many parts a minibatch is computed in, one after another
        self.parts = self.manifest.get('accumulate', {}).get('parts', 1)
        #: of the step under way, by name: a value, and the batch norms' calls that it took
        self.shared = {}
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

    # ------------------------------------------------------------ what functions are given

    def arguments(self, feeds):
        """Feeds by name as the arguments batch, draws, at, given of the program's functions."""
        trees = {name: SimpleNamespace() for name in ('batch', 'draws', 'at', 'given')}
        for name, value in feeds.items():
            place = self.code.INPUTS.get(name)
            if place is None:
                continue
            at = trees[place[0]]
            for part in place[1:-1]:
                if not hasattr(at, part):
                    setattr(at, part, SimpleNamespace())
                at = getattr(at, part)
            setattr(at, place[-1], value)
        return trees

    # ------------------------------------------------------------ steps

    def step(self, graph, feeds):
        """Runs a step graph: numbers by output. Ends before an update whose loss is not finite is applied."""
        ops.configure(self.device, self.dtype)
        cut = self.cut(feeds)
        at = cut[0]['at']
        self.networks.train()
        results = {}
        for statement in self.code.STEPS[graph]:
            if isinstance(statement, Average):
                self.average(statement, at)
                continue
            if isinstance(statement, Shared):
                self.share(statement, cut[0])
                continue
            taken = {name: self.mean_taken(name, cut) for name in statement}
            made = {name: self._numbers(one) for name, one in taken.items()}
            results.update(made)
            if not all(_finite(one) for one in made.values()):
                break
            if len(taken) > 1:
                # A state that another one is set to must not move under it.
                for one in taken.values():
                    one.moved.update({key: value.clone() for key, value in one.moved.items()})
            for name, one in taken.items():
                if made[name]['applied']:
                    self.apply(name, one, at)
        self.shared = {}
        return self._outputs(graph, results)

    def cut(self, feeds):
        """The arguments of functions for each part of a minibatch, whose feeds hold the rows of all parts."""
        return [self.arguments({name: self._part(name, value, i) for name, value in feeds.items()}) for i in range(self.parts)]

    def _part(self, name, value, i):
        blocks = 1 if name.startswith('field:') else self.manifest.get('blocks', {}).get(name)
        if self.parts == 1 or blocks is None:
            return value
        return torch.cat([block.chunk(self.parts)[i] for block in value.chunk(blocks)])

    def mean_taken(self, name, cut):
        """Losses and gradients of an update at the weights as they are: means over the parts, of which one is in memory."""
        return mean_of(self.taken(name, given) for given in cut)

    def taken(self, name, given):
        """Losses and gradients of an update for a part of a minibatch."""
        update = self.code.UPDATES[name]
        self._forget_statistics()
        found = [self.shared[key] for key in update.shared]
        # Calls of batch norms count as its own where it reads what they gave.
        for part, calls in [norm for norms in {id(norms): norms for _, norms in found}.values() for norm in norms]:
            part.calls = part.calls + calls
        return update.taken(self.networks, given['batch'], given['draws'], given['at'], *(value for value, _ in found))

    def share(self, statement, given):
        """Computes what updates of the step share."""
        self._forget_statistics()
        values = statement.values(self.networks, given['batch'], given['draws'], given['at'])
        norms = [(part, part.calls) for part in self.norms if part.calls]
        self.shared.update({key: (value, norms) for key, value in values.items()})

    def _forget_statistics(self):
        for part in self.norms:
            part.calls = []

    def _numbers(self, taken):
        values = [taken.objective, *taken.losses.values()]
        means = ranks.mean_of_all([torch.as_tensor(value).detach() for value in values])
        objective, *losses = [float(value) for value in means]
        return {
            'objective': objective,
            'losses': dict(zip(taken.losses, losses)),
            'applied': taken.when is None or bool(taken.when),
        }

    def _outputs(self, graph, results):
        numbers = {}
        for output in self.manifest['graphs'][graph]['outputs']:
            to = output['to']
            of = results.get(to.get('update'))
            if of is None:
                continue
            if to['kind'] == 'loss':
                numbers[output['name']] = of['losses'][to['loss']]
            elif to['kind'] == 'objective':
                numbers[output['name']] = of['objective']
            elif to['kind'] == 'applied':
                numbers[output['name']] = float(of['applied'])
        return numbers

    @torch.no_grad()
    def apply(self, name, taken, at, keep=None):
        """Applies an update; `keep`: a truth value on the card, where the host doesn't decide."""
        if self.sides[name].given:
            optimizers.move(self.code.UPDATES[name], self.sides[name], taken.gradients, at, keep)
        for buffer, batch in taken.statistics.items():
            write(self.state[buffer], self.state[buffer] * 0.9 + batch * 0.1, keep)
        for buffer, value in taken.moved.items():
            write(self.state[buffer], value, keep)

    @torch.no_grad()
    def average(self, average, at, keep=None):
        """An exponential moving average after one more value."""
        decay = getattr(at, average.decay) if isinstance(average.decay, str) else average.decay
        inside = f'{average.network}.average.'
        for name, tensor in self.state.items():
            if name.startswith(inside):
                current = self.state[f'{average.network}.{name[len(inside):]}']
                write(tensor, current + decay * (tensor - current), keep)

    # ------------------------------------------------------------ reports

    def report(self, graph, feeds, names, replaced=None):
        """Outputs of a report's graph on the state, with `replaced` in the place of some of its tensors."""
        ops.configure(self.device, self.dtype)
        recalibrates = all(output['to']['kind'] == 'state' for output in self.manifest['graphs'][graph]['outputs'])
        given = self.arguments(feeds)
        kept = self.read(replaced) if replaced else {}
        self.load(replaced or {})
        self.networks.train(recalibrates)
        self._forget_statistics()
        try:
            outputs = self.code.REPORTS[graph](self.networks, given['batch'], given['draws'], given['at'], given['given'])
        finally:
            self.load(kept)
        return {name: outputs[name].detach() for name in names}


def _finite(numbers):
    values = torch.tensor([numbers['objective'], *numbers['losses'].values()])
    return bool(values.isfinite().all())
