/**
 * The table that specs/zoo/ctgan.gan reads: people who don't exist, whose age and hours of work have several modes and hang together
 * with what they do; some of that is rare. `npx tsx setup/data/people.ts` writes it anew.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { draws } from '../../runtime/random.ts';

const people = 1000;

/** What one does: how often, the mean and spread of ages, the hours of most and of those who work part time. */
const works = [
  { name: 'office', chance: 0.62, age: [44, 9], hours: [40, 25] },
  { name: 'shop', chance: 0.25, age: [31, 8], hours: [38, 20] },
  { name: 'school', chance: 0.1, age: [20, 2], hours: [12, 4] },
  { name: 'farm', chance: 0.03, age: [58, 7], hours: [60, 48] },
] as const;

function numbers(distribution: 'uniform' | 'normal', perRow: number): Float64Array {
  const out = new Float64Array(people * perRow);
  draws(
    { seed: 0, key: 'people', iteration: Number(distribution === 'normal'), scope: 0 },
    distribution,
    people,
    perRow,
    out,
  );
  return out;
}

const [uniform, normal] = [numbers('uniform', 3), numbers('normal', 2)];

function person(row: number): string {
  const [what, time, town] = uniform.subarray(3 * row, 3 * row + 3);
  let left: number = what;
  const work = works.find(({ chance }) => (left -= chance) < 0) ?? works[0];
  const age = Math.round(Math.max(16, work.age[0] + work.age[1] * normal[2 * row]));
  const hours = (Math.round(10 * (work.hours[time < 0.7 ? 0 : 1] + 1.5 * normal[2 * row + 1])) / 10).toFixed(
    1,
  );
  const lives = town < (work.name === 'farm' ? 0.05 : 0.7) ? 'town' : 'country';
  return [age, hours, work.name, lives].join();
}

const file = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'specs', 'zoo', 'people.csv');
const rows = Array.from({ length: people }, (_, row) => person(row));
writeFileSync(file, ['age,hours,work,lives', ...rows, ''].join('\n'));
