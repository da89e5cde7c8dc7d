/** `ganc` in the tests' own process: a terminal that remembers what was written, in a folder of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ganc } from '../../cli/ganc.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import type { TrainingEvent } from '../../runtime/run/training.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Shell {
  readonly folder: string;
  path(name: string): string;
  write(name: string, text: string): string;
  read(name: string): string;
  /** Each value of a metric of the run in that folder. */
  metric(name: string, metric: string): { iteration: number; value: number }[];
  /** By name, of the newest checkpoint of the run in that folder. */
  weights(name: string): Record<string, number[]>;
  run(args: readonly string[], around?: Partial<Terminal>): Promise<Said>;
}

/** A folder that stands for this test file; all paths that tests give are in it. */
export function shell(): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-cli-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    path,
    write(name, text) {
      writeFileSync(path(name), text);
      return path(name);
    },
    read: (name) => readFileSync(path(name), 'utf8'),
    metric: (name, metric) =>
      readFileSync(path(`${name}/metrics.jsonl`), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { iteration: number; metric?: string; value: number })
        .filter((line) => line.metric === metric),
    weights(name) {
      const { values } = newestCheckpoint(inside(path(name)).checkpoints)!;
      return Object.fromEntries(Object.entries(values).map(([weight, { data }]) => [weight, [...data]]));
    },
    async run(args, around = {}) {
      let [out, err] = ['', ''];
      const code = await ganc(args, {
        out: (text) => void (out += text),
        err: (text) => void (err += text),
        live: false,
        color: false,
        outColor: false,
        width: 100,
        input: async () => '',
        onInterrupt: () => () => undefined,
        die: () => undefined,
        ...around,
      });
      return { code, out, err: stripVTControlCharacters(err) };
    },
  };
}

/** What `--json` wrote, a line each. */
export const events = (out: string): TrainingEvent[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainingEvent);

/** A game that is over in a second. */
export const ring = `/// A ring of Gaussians, small enough for tests.
gan Ring

param rate: real = 0.001
param pause: int = 10

data ring = gaussians(rows: 100)
sample z ~ normal[4]

network G(z: vec[4]) -> vec[2] { z |> dense(8) |> relu |> dense(2) }

network D(x: vec[2]) -> logit { x |> dense(8) |> leaky_relu |> dense(1) }

let fake = G(z)
let game = adversarial(real: D(ring.point), fake: D(fake))

loss discriminator_loss = game.discriminator
loss generator_loss = game.generator

train for 30 steps, batch 16 {
  update D to minimize discriminator_loss with adam(rate)
  update G to minimize generator_loss with adam(rate)
}

report every pause steps {
  metric spread = std(fake, rows: 50)
  picture points = scatter(fake)
}
`;
