"""Runs exported networks where their users do: in onnxruntime, after ONNX's own checker, and in PyTorch. In: a JSON file, a
list of cases {folder, to, network, inputs, outputs, feeds, expected}, the last two .npz files. Out, on the standard output:
for each the largest difference, as a share of the largest expected number, or of 1."""

import importlib
import json
import sys

import numpy


def by_onnxruntime(case, feeds):
    import onnx
    import onnxruntime

    path = f"{case['folder']}/{case['network']}.onnx"
    onnx.checker.check_model(path, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
    names = [one.name for one in session.get_inputs()]
    assert names == [name for name in case['inputs'] if name in names], names
    assert [one.name for one in session.get_outputs()] == case['outputs']
    made = session.run(None, {name: feeds[name] for name in names})
    return dict(zip(case['outputs'], made))


def by_torch(case, feeds):
    import torch

    torch.set_num_threads(1)
    for name in [name for name in sys.modules if name == 'model' or name.split('.')[0] == 'ganc_torch']:
        del sys.modules[name]
    sys.path.insert(0, case['folder'])
    try:
        model = importlib.import_module('model').load()
    finally:
        sys.path.pop(0)
    assert isinstance(model, torch.nn.Module) and not model.training
    made = model(*[torch.from_numpy(feeds[name]) for name in case['inputs']])
    made = made if isinstance(made, dict) else {case['outputs'][0]: made}
    return {name: value.numpy() for name, value in made.items()}


def difference(case):
    feeds = dict(numpy.load(case['feeds']))
    expected = dict(numpy.load(case['expected']))
    made = {'onnx': by_onnxruntime, 'torch': by_torch}[case['to']](case, feeds)
    worst = 0.0
    for name, value in expected.items():
        assert made[name].shape == value.shape, (name, made[name].shape, value.shape)
        scale = max(1.0, float(numpy.abs(value).max()))
        worst = max(worst, float(numpy.abs(made[name] - value).max()) / scale)
    return worst


with open(sys.argv[1]) as file:
    print(json.dumps([difference(case) for case in json.load(file)]))
