/** Reads all segments of a folder's sounds with their samples, and prints the process's peak in MB. In: the folder. */
import { peakBytes } from '../../cli/peak.ts';
import { sources } from '../../runtime/catalogue.ts';

const args = { files: '*.wav', features: 'log_magnitude', rate: 8000, frames: 50, wave: true };
const source = await sources.speech.open(args, process.argv[2]);
const out = new Float32Array(50 * 300);
for (let row = 0; row < source.count; row++)
  for (const field of ['sound', 'wave']) source.read(field, Uint32Array.of((row * 7) % source.count), out);
process.stdout.write(String(peakBytes() / 1e6));
