"""What emitted programs look like to somebody who reads them. Usage: readable.py FOLDER... BENCH, folders with the files of
programs and bench/pytorch; prints JSON: `programs`, for each folder its updates, the names that its functions bind and its
lines of code; `hand`, the lines of code of hand-written programs, by the name of the spec.

    updates     of each function: trained, the weights by name that `ops.trained` gives it; derivatives, how many
                torch.autograd.grad it takes by these (-1: one by others); tables: networks of its entry in UPDATES
    lines       that hold code: blank ones, comments and docstrings are not counted
"""

import ast
import io
import json
import sys
import tokenize
from pathlib import Path

*folders, bench = sys.argv[1:]
sys.path.insert(0, folders[0])

from ganc_torch import ops, program  # noqa: E402


def docstrings(tree):
    """Line numbers of docstrings."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            found |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return found


def lines_of(text):
    """Line numbers with code."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    found = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            found |= set(range(token.start[0], token.end[0] + 1))
    return found - docstrings(ast.parse(text))


def called(node):
    """The text of what a call calls: ops.trained."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ''


def update(function, own):
    """`own`: the program, whose networks say which weights `ops.trained` gives."""
    trained = [node for node in ast.walk(function) if called(node) == 'ops.trained']
    taken = [node for node in ast.walk(function) if called(node) == 'torch.autograd.grad']
    names = {id(tensor): name for name, tensor in own.state.items()}
    given = eval(ast.unparse(trained[0]), {'ops': ops, 'networks': own.networks})
    bound = [node.targets[0].id for node in ast.walk(function) if isinstance(node, ast.Assign) and node.value in trained]
    of_these = [node for node in taken if ast.unparse(node.args[1]) == bound[0]]
    return {'trained': [names[id(one)] for one in given], 'derivatives': len(of_these) if len(of_these) == len(taken) else -1}


def read(folder):
    texts = {name: (Path(folder) / name).read_text() for name in ('networks.py', 'updates.py', 'train.py')}
    trees = [ast.parse(text) for text in texts.values()]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    names = {node.id for function in functions for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own = program.Program(folder)
    return {
        'updates': {one.name: update(one, own) for one in functions if own.code.UPDATES.get(one.name) is not None and own.code.UPDATES[one.name].networks},
        'tables': {name: list(entry.networks) for name, entry in own.code.UPDATES.items()},
        'names': sorted(names),
        'lines': sum(len(lines_of(text)) for text in texts.values()),
    }


#: Methods of hand-written GANs that only measurements ask for.
_measured = {'double', 'tensors', 'export'}


def definitions(*names):
    """Of each class and function of these files its lines of code and the names that it uses."""
    found = {}
    for text in ((Path(bench) / name).read_text() for name in names):
        lines = lines_of(text)
        for node in ast.parse(text).body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                own = lines & set(range(node.lineno, node.end_lineno + 1))
                for one in ast.walk(node):
                    if isinstance(one, ast.FunctionDef) and one.name in _measured:
                        own -= set(range(one.lineno, one.end_lineno + 1))
                found[node.name] = len(own), {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found


def hand(gan, others):
    """Lines of a hand-written GAN, of what it is made of, and of the functions that read its data and train it."""
    known, todo, needed = definitions('models.py', 'wgan_gp.py', 'mnist.py', 'infogan.py'), [gan], set(others)
    while todo:
        name = todo.pop()
        if name in known and name not in needed:
            needed.add(name)
            todo += known[name][1]
    return sum(known[name][0] for name in needed)


trains = ['read_idx', 'load', 'Batches', 'main']
written = {
    'InfoGAN': hand('InfoGan', [*trains, 'evaluate', 'matched_error']),
    'MlpGan': hand('MlpGan', trains),
    'MlpWganGp': hand('MlpWganGp', trains),
}
print(json.dumps({'programs': [read(folder) for folder in folders], 'hand': written}))
