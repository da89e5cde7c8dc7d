"""The runtime of PyTorch programs that ganc compiles: the same for all specs, and without ganc."""
