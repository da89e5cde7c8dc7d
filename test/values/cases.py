"""What a case is: a call of the language in JSON, what it is fed, and what PyTorch says it is. The scripts beside this one make
them; from_torch.py writes them down.
"""

import math

import torch

torch.set_default_dtype(torch.float64)
cases: dict[str, list] = {}
seen = 0


def told(x):
    """A tensor as JSON; twelve digits."""
    x = torch.as_tensor(x, dtype=torch.float64).detach()
    return {'shape': list(x.shape), 'data': [float(f'{v:.12g}') for v in x.reshape(-1).tolist()]}


def case(item, value, wanted, inputs=None, leaves=None, **more):
    """A value of the language, in JSON, and what PyTorch says; `wanted`: of a record or distribution, by field. `inputs`: by
    name, a tensor or (tensor, type); `leaves`: weights, buffers and draws."""
    typed = {name: x if isinstance(x, tuple) else (x, {}) for name, x in (inputs or {}).items()}
    cases.setdefault(item, []).append(
        {
            'value': value,
            'inputs': {name: {**told(x), 'type': kind} for name, (x, kind) in typed.items()},
            'leaves': {name: told(x) for name, x in (leaves or {}).items()},
            'wanted': {k: told(v) for k, v in (wanted.items() if isinstance(wanted, dict) else [('', wanted)])},
            **more,
        }
    )


def call(item, **given):
    return {'call': item, 'with': given}


X, Y = {'input': 'x'}, {'input': 'y'}


def sines(*shape):
    """Numbers in [-1, 1] that differ from tensor to tensor, the same in every run."""
    global seen
    seen += 1
    f = 0.7 + 0.13 * (seen % 11)
    return torch.sin(f * torch.arange(math.prod(shape), dtype=torch.float64) + 0.3 * seen).reshape(shape)


def plain(item, f, *xs, **given):
    """An item of one tensor, for each of these."""
    for x in xs:
        case(item, call(item, x=X, **given), f(x), {'x': x})


def vec():
    return 1.5 * sines(2, 4)


def seq():
    return 1.5 * sines(2, 2, 5)


def image():
    return 1.5 * sines(2, 2, 4, 3)


# Far from 0, near it, and 0.
wide_range = torch.tensor([[-20.0, -1.5, -1e-3, 0], [0.2, 1, 3, 40]])

# Of two rows of five steps, how many count: a mask, what names it, and what it leaves of a row.
lengths = (3, 1)
mask = torch.tensor([[[1, 1, 1, 0, 0]], [[1, 0, 0, 0, 0]]])
where, marks = {'input': 'm'}, {'m': (mask, {'range': [0, 1]})}


def shown(x):
    return [x[i, :, :n] for i, n in enumerate(lengths)]
