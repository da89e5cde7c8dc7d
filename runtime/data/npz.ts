/** `npz("faces.npz", values: "x", shape: [3, 64, 64], label: "y")`: arrays of a NumPy archive (array-source.ts). */
import { arraySource } from './array-source.ts';
import { npzArray } from './npz-rows.ts';

export const npz = arraySource({
  name: 'npz',
  doc: 'Arrays of a NumPy .npz file: { image, seq or values, by the length of shape; label: label[labels] }.',
  file: 'the .npz file',
  array: 'array',
  open: npzArray,
});
