/** Reads the images of a source, row after row and in any order, and prints the process's peak in MB. In: source, arguments, folder. */
import { readFileSync } from 'node:fs';
import type { SourceArguments } from '../../program/catalogue.ts';
import { sources } from '../../runtime/catalogue.ts';
import { fieldWidth } from '../../runtime/data/source.ts';

const [name, args, folder] = process.argv.slice(2);
const source = await sources[name].open(JSON.parse(args) as SourceArguments, folder);
const out = new Float32Array(fieldWidth(source.fields.image));
for (let row = 0; row < source.count; row++) source.read('image', Uint32Array.of(row), out);
for (let i = 0; i < 1000; i++) source.read('image', Uint32Array.of((i * 7919) % source.count), out);
// Not resourceUsage().maxRSS: that begins at the peak of the process that started this one.
const peak = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
process.stdout.write(String(Number(peak) / 1000));
