/** Reads the images of a source, row after row and in any order, and prints the process's peak in MB. In: source, arguments, folder. */
import { peakBytes } from '../../cli/peak.ts';
import type { SourceArguments } from '../../program/catalogue.ts';
import { sources } from '../../runtime/catalogue.ts';
import { fieldWidth } from '../../runtime/data/source.ts';

const [name, args, folder] = process.argv.slice(2);
const source = await sources[name].open(JSON.parse(args) as SourceArguments, folder);
const out = new Float32Array(fieldWidth(source.fields.image));
for (let row = 0; row < source.count; row++) source.read('image', Uint32Array.of(row), out);
for (let i = 0; i < 1000; i++) source.read('image', Uint32Array.of((i * 7919) % source.count), out);
process.stdout.write(String(peakBytes() / 1e6));
