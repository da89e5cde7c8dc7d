"""Writes the .npz files beside it, by NumPy: `python make.py`. Forty rows of 1 x 2 x 3 in numbers of every kind."""
import pathlib, zipfile
import numpy as np

here = pathlib.Path(__file__).parent
eighths = ((np.arange(240) * 37 % 101 - 50) / 8).reshape(40, 1, 2, 3)
arrays = {
    'f4': eighths.astype('<f4'),
    'f8': eighths.astype('>f8'),
    'f2': eighths.astype('<f2'),
    'i2': (eighths * 8).astype('<i2'),
    'u1': (np.arange(240) * 37 % 256).astype('u1').reshape(40, 1, 2, 3),
    'columns': np.asfortranarray(eighths.astype('<f4')),
    'wild': np.where(np.arange(240).reshape(40, 1, 2, 3) == 200, np.inf, eighths).astype('<f4'),
    'y': np.arange(40) % 3,
    'hot': np.eye(3, dtype='u1')[np.arange(40) % 3],
}
np.savez(here / 'stored.npz', **arrays)
np.savez_compressed(here / 'deflated.npz', **arrays)
# In Fortran order; of two axes, and with labels in it, too.
columns = {name: np.asfortranarray(arrays[name]) for name in ['f4', 'f8', 'f2', 'i2', 'u1', 'wild', 'hot']}
columns |= {'y': arrays['y'], 'flat': np.asfortranarray(eighths.reshape(40, 6))}
np.savez(here / 'columns.npz', **columns)
np.savez_compressed(here / 'columns-deflated.npz', **columns)
# As archives over 4 GB are: NumPy has zipfile write 64-bit sizes where they are needed, here they are everywhere.
zipfile.ZIP64_LIMIT = 100
zipfile.ZIP_FILECOUNT_LIMIT = 3
np.savez(here / 'zip64.npz', **{name: arrays[name] for name in ['f4', 'u1', 'y', 'hot']})
