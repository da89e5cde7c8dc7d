"""The runtime of PyTorch programs that ganc compiles: the same for all specs, and without ganc."""

import warnings

# PyTorch comes without NumPy, does without it, and warns of that.
warnings.filterwarnings('ignore', 'Failed to initialize NumPy')
