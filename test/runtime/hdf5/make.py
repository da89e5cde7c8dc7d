"""Writes the .h5 files beside it, by h5py 3.16 (`pip install h5py`): `python make.py`. Forty rows of 1 x 2 x 3 in numbers of every kind."""
import pathlib
import h5py
import numpy as np

here = pathlib.Path(__file__).parent
eighths = ((np.arange(240) * 37 % 101 - 50) / 8).reshape(40, 1, 2, 3)
arrays = {
    'f4': eighths.astype('<f4'),
    'f8': eighths.astype('>f8'),
    'f2': eighths.astype('<f2'),
    'i2': (eighths * 8).astype('>i2'),
    'i8': (eighths * 8).astype('<i8'),
    'u1': (np.arange(240) * 37 % 256).astype('u1').reshape(40, 1, 2, 3),
    'wild': np.where(np.arange(240).reshape(40, 1, 2, 3) == 200, np.inf, eighths).astype('<f4'),
    'y': np.arange(40) % 3,
    'hot': np.eye(3, dtype=bool)[np.arange(40) % 3],
}
with h5py.File(here / 'plain.h5', 'w') as file:
    for name, array in arrays.items():
        file.create_dataset(f'train/{name}', data=array)
with h5py.File(here / 'packed.h5', 'w', libver='latest') as file:
    for name, array in arrays.items():
        # Chunks that don't divide the rows, nor all of them a row.
        chunks = (7, *array.shape[1:-1], 2)[: array.ndim]
        file.create_dataset(f'train/{name}', data=array, chunks=chunks, compression='gzip', shuffle=True,
                            fletcher32=True, maxshape=(None, *array.shape[1:]))

with h5py.File(here / 'odd.h5', 'w') as file:
    file.create_dataset('x', data=eighths.astype('f4'))
    file['link'] = h5py.SoftLink('/x')
    file['gone'] = h5py.SoftLink('/nowhere')
    file['round'] = h5py.SoftLink('/')
    file['elsewhere'] = h5py.ExternalLink('plain.h5', '/train/f4')
    file.create_dataset('outside', shape=(4, 2), dtype='u1', external=[('plain.h5', 0, 8)])
    layout = h5py.VirtualLayout(shape=(40, 1, 2, 3), dtype='f4')
    layout[:] = h5py.VirtualSource('plain.h5', 'train/f4', shape=(40, 1, 2, 3))
    file.create_virtual_dataset('virtual', layout)
    file.create_dataset('lzf', data=eighths, chunks=True, compression='lzf')
    file.create_dataset('texts', data=['a', 'b'])
    file.create_dataset('complex', data=np.array([1j, 2]))
    file.create_dataset('pairs', data=np.zeros(3, dtype=[('a', 'f4'), ('b', 'i4')]))
    file.create_dataset('number', data=3.5)
    file.create_dataset('empty', data=h5py.Empty('f4'))
    file.create_dataset('none', data=np.zeros((0, 2)))
    # Sizes that nothing stands behind.
    file.create_dataset('endless', shape=(10 ** 12, 2, 3), dtype='f4', chunks=(64, 2, 3))
    file.create_dataset('chunk', shape=(10 ** 9, 2), dtype='f4', chunks=(10 ** 8, 2))
    file.create_dataset('wide', shape=(3, 10 ** 9), dtype='f4', chunks=(1, 10 ** 3))
