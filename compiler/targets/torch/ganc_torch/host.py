"""Numbers that the schedule makes of time and of how often updates were applied, as the manifest writes them."""

import math

import torch

_operators = {
    'add': lambda a, b: a + b,
    'sub': lambda a, b: a - b,
    'mul': lambda a, b: a * b,
    'div': lambda a, b: a / b if b != 0 else (math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1, b)),
    'pow': lambda a, b: a**b,
    'neg': lambda a: -a,
    'exp': math.exp,
    'log': lambda a: math.log(a) if a > 0 else (-math.inf if a == 0 else math.nan),
    'sqrt': lambda a: math.sqrt(a) if a >= 0 else math.nan,
    'abs': abs,
    'min': min,
    'max': max,
    'floor': math.floor,
    'tanh': math.tanh,
    'sin': math.sin,
    'cos': math.cos,
    'sigmoid': lambda a: 1 / (1 + math.exp(-a)),
    'less': lambda a, b: float(a < b),
    'equal': lambda a, b: float(a == b),
    'and': lambda a, b: float(a != 0 and b != 0),
    'or': lambda a, b: float(a != 0 or b != 0),
    'not': lambda a: float(a == 0),
    'select': lambda c, a, b: a if c != 0 else b,
}

def _exact(value):
    return torch.as_tensor(value, dtype=torch.float64)


#: The same on tensors of rank 0, for numbers that depend on what only the card knows.
_on_card = {
    **{name: _operators[name] for name in ('add', 'sub', 'mul', 'neg')},
    'div': lambda a, b: _exact(a) / b,
    'pow': lambda a, b: torch.pow(_exact(a), b),
    'min': lambda a, b: torch.minimum(_exact(a), _exact(b)),
    'max': lambda a, b: torch.maximum(_exact(a), _exact(b)),
    **{name: getattr(torch, name) for name in ('exp', 'log', 'sqrt', 'abs', 'floor', 'tanh', 'sigmoid', 'sin', 'cos')},
    'less': lambda a, b: (_exact(a) < b).double(),
    'equal': lambda a, b: (_exact(a) == b).double(),
    'and': lambda a, b: ((_exact(a) != 0) & (_exact(b) != 0)).double(),
    'or': lambda a, b: ((_exact(a) != 0) | (_exact(b) != 0)).double(),
    'not': lambda a: (_exact(a) == 0).double(),
    'select': lambda c, a, b: torch.where(_exact(c) != 0, _exact(a), _exact(b)),
}


def evaluate(expression, time=None, applied=None, sets=()):
    """The value; `applied(update)`: how often it was applied, this time included. Tensors among the values make tensors."""
    if isinstance(expression, (int, float)):
        return expression
    if 'time' in expression:
        return time[expression['time']]
    if 'applied' in expression:
        return applied(expression['applied'])
    if 'set' in expression:
        return sets[expression['set']]
    values = [evaluate(one, time, applied, sets) for one in expression['args']]
    table = _on_card if any(isinstance(value, torch.Tensor) for value in values) else _operators
    return table[expression['op']](*values)


def counts_of(expression):
    """The updates whose counts the expression reads."""
    if isinstance(expression, dict):
        if 'applied' in expression:
            return {expression['applied']}
        return set().union(*(counts_of(one) for one in expression.get('args', ())))
    return set()
