/** Python's schedule (ganc_torch/schedule.py) against the runtime's own, of every shipped spec: phases, times, steps, minibatches. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe } from 'mocha';
import { iterationAt, schedule, start, type Schedule } from '../../runtime/run/schedule.ts';
import { programOf, root } from '../parity/host.ts';
import { python, scratch, writeRuntime } from './built.ts';
import { itOnTorch } from './where.ts';

const iterations = 12;

const script = (folder: string): string => `
import json, sys
sys.path.insert(0, ${JSON.stringify(folder)})
from ganc_torch.schedule import Schedule, start

def told(manifest, counts):
    schedule, position, lines = Schedule(manifest, counts), start(), []
    for _ in range(${iterations}):
        now = schedule.iteration_at(position)
        runs = [[one.graph, list(one.updates), one.scope, one.batches] for one in now.runs]
        lines.append({'phase': now.phase['name'], 'time': now.time, 'runs': runs})
        position = now.next
    return {'steps': [phase['steps'] for phase in schedule.phases], 'lines': lines}

with open(sys.argv[1]) as file:
    print(json.dumps([told(one['manifest'], one['counts']) for one in json.load(file)]))
`;

function told(plan: Schedule): unknown {
  const lines = [];
  let position = start;
  for (let i = 0; i < iterations; i++) {
    const { phase, time, runs, next } = iterationAt(plan, position);
    lines.push({
      phase: phase.name,
      time,
      runs: runs.map(({ graph, updates, scope, batches }) => [graph, updates, scope, batches]),
    });
    position = next;
  }
  return { steps: plan.phases.map(({ steps }) => steps), lines };
}

describe('the schedule in Python', () => {
  itOnTorch('is the runtime’s, of every shipped spec', async () => {
    const specs = readdirSync(join(root, 'specs')).filter((name) => name.endsWith('.gan'));
    const given = specs.map((name) => {
      const { manifest } = programOf(`specs/${name}`, { target: 'torch' });
      const counts = manifest.streams.map((one) => [one.name, one.description?.count ?? 1000] as const);
      return { manifest, counts: Object.fromEntries(counts) };
    });
    const folder = scratch();
    writeRuntime(folder);
    const file = join(folder, 'given.json');
    writeFileSync(file, JSON.stringify(given));
    const { code, out, err } = await python(1, ['-c', script(folder), file]);
    assert.equal(code, 0, err);
    const found = JSON.parse(out) as unknown[];
    given.forEach(({ manifest, counts }, i) =>
      assert.deepEqual(found[i], told(schedule(manifest, counts)), specs[i]),
    );
  });
});
