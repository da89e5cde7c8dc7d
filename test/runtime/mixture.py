"""What scikit-learn (1.9) says the modes of a column are: `python test/runtime/mixture.py` writes mixture.json, which mixture.spec.ts
holds runtime/data/mixture.ts against. Its BayesianGaussianMixture is started from k-means on quantiles, as ours is, and goes on for
300 steps.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.mixture import BayesianGaussianMixture


class FromQuantiles(BayesianGaussianMixture):
    """Starts where ours does, without draws."""

    def _initialize_parameters(self, X, *_args, **_more):
        different = np.unique(X)
        k = self.n_components
        starts = different[((np.arange(k) + 0.5) * len(different) / k).astype(int)]
        labels = KMeans(k, init=starts[:, None], n_init=1, tol=0, max_iter=100).fit(X).labels_
        self._initialize(X, np.eye(k)[labels])


def modes(numbers, most):
    x = np.array(numbers)
    centre, std = x.mean(), x.std(ddof=1)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        found = FromQuantiles(
            n_components=most, weight_concentration_prior=0.001, weight_concentration_prior_type='dirichlet_process', max_iter=300, tol=0
        ).fit(((x - centre) / std)[:, None])
    means, stds = centre + std * found.means_[:, 0], std * np.sqrt(found.covariances_[:, 0, 0])
    order = np.argsort(means)
    return [{'weight': found.weights_[k], 'mean': means[k], 'std': stds[k]} for k in order]


draw = np.random.default_rng(0).normal
columns = [
    ('three apart', [*draw(-40, 2, 60), *draw(5, 1, 120), *draw(30, 4, 40)], 10),
    ('two that overlap', [*draw(0, 1, 150), *draw(2.5, 0.6, 50)], 5),
    ('one, far from 0', draw(1e4, 3, 100), 4),
    ('mostly the same number', [*([0] * 100), *draw(5000, 800, 40)], 6),
]
cases = []
for name, numbers, most in columns:
    rounded = [round(float(x), 2) for x in numbers]
    cases.append({'name': name, 'most': most, 'numbers': rounded, 'modes': modes(rounded, most)})
Path(__file__).with_suffix('.json').write_text(json.dumps(cases, separators=(',', ':')) + '\n')
