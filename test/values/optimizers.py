"""One weight under each optimizer of PyTorch: after each of a few gradients, where it is."""

import torch

ready = {
    'sgd': (torch.optim.SGD, [{'rate': 0.1}, {'rate': 0.1, 'momentum': 0.9}, {'rate': 0.1, 'momentum': 0.9, 'nesterov': True}]),
    'adam': (torch.optim.Adam, [{'rate': 0.01}, {'rate': 2e-4, 'beta1': 0.5, 'beta2': 0.9}, {'rate': 0.1, 'betas': [0.0, 0.9], 'epsilon': 1e-3}]),
    'adamw': (torch.optim.AdamW, [{'rate': 0.01, 'weight_decay': 0.1}, {'rate': 0.1, 'betas': [0.5, 0.9], 'weight_decay': 0.3}]),
    'rmsprop': (torch.optim.RMSprop, [{'rate': 0.01}, {'rate': 0.01, 'decay': 0.99, 'epsilon': 1e-3}]),
}
runs = {}
pulls = [0.5, -2, 0.25, 0, 1.5, -0.125]
for name, (rule, settings) in ready.items():
    for given in settings:
        theirs = {'lr': given['rate']}
        for ours, their in (('momentum', 'momentum'), ('nesterov', 'nesterov'), ('epsilon', 'eps'), ('betas', 'betas'), ('decay', 'alpha')):
            if ours in given:
                theirs[their] = given[ours]
        if 'beta1' in given:
            theirs['betas'] = (given['beta1'], given['beta2'])
        if name == 'adamw':
            theirs['weight_decay'] = given['weight_decay']
        if name == 'rmsprop':
            theirs.setdefault('alpha', 0.9)
        weight = torch.tensor([1.0], requires_grad=True)
        optimizer = rule([weight], **theirs)
        after = []
        for pull in pulls:
            weight.grad = torch.tensor([float(pull)])
            optimizer.step()
            after.append(float(f'{weight.item():.14g}'))
        runs.setdefault(name, []).append({'given': given, 'gradients': pulls, 'weights': after})

