/** Reads a table of twenty columns, row after row and in any order, and prints the process's peak in MB. In: its path. */
import { dirname } from 'node:path';
import { peakBytes } from '../../cli/peak.ts';
import { sources } from '../../runtime/catalogue.ts';

const [file] = process.argv.slice(2);
const columns = Array.from({ length: 20 }, (_, j) => `c${j}`).join();
const source = await sources.csv.open({ file, columns }, dirname(file));
const out = new Float32Array(20 * 100);
for (let from = 0; from < source.count; from += 100) source.read('values', { from, to: from + 100 }, out);
for (let i = 0; i < 1000; i++) source.read('values', Uint32Array.of((i * 7919) % source.count), out);
process.stdout.write(String(peakBytes() / 1e6));
