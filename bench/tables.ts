/**
 * How fast a table is read: `npx tsx bench/tables.ts [--megabytes 60] [--rounds 3] [--quoted]`. Makes a file of twenty columns of numbers
 * and one of three classes (`--quoted`: between quotation marks), and packs it as `ganc run` does, which goes through it twice. Prints megabytes of text for a second of processor time, each round. The folder is removed at the end.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { csv } from '../runtime/data/csv.ts';
import { memoryVariable } from '../runtime/data/pack.ts';

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
    quoted: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'ganc-tables-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.env[memoryVariable] = '1';

const names = Array.from({ length: 20 }, (_, i) => `c${i}`);
const file = join(folder, 'table.csv');
let seed = 1;
const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
const lines = Array.from({ length: 20_000 }, (_, row) => {
  const name = ['cat', 'dog', 'bird'][row % 3];
  const numbers = names.map(() => (6 * random() - 3).toFixed(6));
  return `${[...numbers, values.quoted ? `"${name}"` : name].join()}\n`;
}).join('');
writeFileSync(file, `${names.join()},label\n`);
const times = Math.ceil((Number(values.megabytes) * 1e6) / lines.length);
for (let i = 0; i < times; i++) writeFileSync(file, lines, { flag: 'a' });
const megabytes = statSync(file).size / 1e6;

for (let round = 0; round < Number(values.rounds); round++) {
  process.env.GANC_CACHE = join(folder, `cache-${round}`);
  const before = process.cpuUsage();
  // What is known of a table is kept in the process: another range makes it another question.
  const args = { file, columns: names.join(), range: [-4 - round, 4], label: 'label', labels: 3 };
  await csv.pack!(args, folder, { always: true });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const speed = (megabytes / seconds).toFixed(1);
  process.stdout.write(`${megabytes.toFixed(0)} MB in ${seconds.toFixed(1)} s: ${speed} MB/s\n`);
}
