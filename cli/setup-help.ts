/** What `ganc setup --help` adds; apart, because the command's own file loads what it sets up with. */
import { space, tensorflowVersion, wheels } from '../runtime/engines/tensorflow/pins.ts';

export function setupHelp(): string {
  const megabytes = (variant: 'cpu' | 'cuda'): string => {
    const bytes = wheels[variant].reduce((sum, { size }) => sum + size, 0);
    return `${Math.round(bytes / 1e6)} MB to fetch, ${(space[variant].after / 1e9).toFixed(1)} GB on the disk`;
  };
  return `
Builds TensorFlow ${tensorflowVersion} for the target tfjs into $GANC_CACHE (else $XDG_CACHE_HOME/ganc, else ~/.cache/ganc):
  ganc setup tensorflow        for the CPU: ${megabytes('cpu')}
  ganc setup tensorflow --gpu  with CUDA for NVIDIA cards: ${megabytes('cuda')}
It needs Linux on x86-64, a C++ compiler and pip.

Makes a Python with PyTorch for the target torch in the same place, by python3 (3.10 or newer) and pip:
  ganc setup torch             for the CPU
  ganc setup torch --gpu       with CUDA: several gigabytes
  ganc setup torch --python P  takes an interpreter that has PyTorch 2.4 or newer
What is there already is only checked.
`;
}
