/** Whose epochs a length counts is said by the program: by `of`, else the schedule, else the only stream that is read. */
import { assert } from 'chai';
import { compile } from '../../compiler/compile.ts';
import { isError } from '../../grammar/diagnostics.ts';
import type { Length, Manifest } from '../../program/manifest.ts';
import { reportDue, schedule, start, iterationAt } from '../../runtime/run/schedule.ts';
import { host } from '../parity/host.ts';

/** Two streams with different epochs: 8 batches of `here`, 4 of `there`. */
const spec = (train: string, report: string, objective = 'nll(N(here.point), here.label)'): string => `gan Two
data here = gaussians(modes: 4, rows: 64)
data there = gaussians(modes: 4, rows: 32, radius: 3)
network N(x: vec[2]) -> categorical[4] { categorical(x |> dense(4)) }
${train.replace('OBJECTIVE', objective)}
report ${report}
`;

const both = 'nll(N(here.point), here.label) + nll(N(there.point), there.label)';
const shown = '{ metric right = accuracy(N(there.point), there.label) }';
const inSteps = 'train for 40 steps, batch 8 { update N to minimize OBJECTIVE with sgd(0.1) }';

function manifestOf(text: string): Manifest {
  const { program, diagnostics } = compile({ path: 'two.gan', text }, host, { target: 'reference' });
  assert(program !== undefined, diagnostics.map(({ what }) => what).join());
  return program.manifest;
}

const codesOf = (text: string): string[] =>
  compile({ path: 'two.gan', text }, host, { target: 'reference' })
    .diagnostics.filter(isError)
    .map(({ code }) => code);

const epochs = (count: number, of: string): Length => ({ count, unit: 'epochs', of });

describe('whose epochs', () => {
  it('a report counts: those of the only stream that updates read, though the spec has two', () => {
    const { reports, schedule: phases } = manifestOf(spec(inSteps, `every 1 epochs ${shown}`));
    assert.deepEqual(reports[0].every, epochs(1, 'here'));
    assert.equal(phases[0].clock, 'here');
  });

  it('a report counts: the schedule’s, where it names one, also where both are read', () => {
    const train = inSteps.replace('40 steps', '5 epochs of there');
    const manifest = manifestOf(spec(train, `every 2 epochs ${shown}`, both));
    assert.deepEqual([manifest.length, manifest.reports[0].every], [epochs(5, 'there'), epochs(2, 'there')]);
    assert.equal(manifest.schedule[0].clock, 'there');
  });

  it('is an error where both are read and neither is named', () => {
    const text = spec(inSteps, `every 1 epochs ${shown}`, both);
    const [found, ...others] = compile({ path: 'two.gan', text }, host).diagnostics.filter(isError);
    assert.isEmpty(others);
    assert.deepInclude(found, {
      what: 'it is not clear which stream the epochs are of',
      why: 'The updates read `here` and `there`.',
    });
  });

  it('moments count like the `every` before them, or in steps', () => {
    const [{ every, at }, other] = [
      `every 1 epochs and at 2, 3 epochs ${shown}`,
      `every 4 and at 2, 3 ${shown}`,
    ].map((report) => manifestOf(spec(inSteps, report)).reports[0]);
    assert.deepEqual([every, at], [epochs(1, 'here'), [epochs(2, 'here'), epochs(3, 'here')]]);
    assert.deepEqual(
      other.at,
      [2, 3].map((count) => ({ count, unit: 'steps', of: null })),
    );
    assert.deepEqual(codesOf(spec(inSteps, `every 4 and at 1 epochs ${shown}`, both)), ['GAN4016']);
  });

  it('a recalibration counts: of what it reads, whatever the schedule counts', () => {
    const body = (length: string) => `every 9 steps {
  recalibrate N(there.point) for ${length}
  metric right = accuracy(N(there.point), there.label)
}`;
    const normed = (length: string) =>
      spec(inSteps.replace('40 steps', '5 epochs of here'), body(length)).replace(
        'x |> dense(4)',
        'x |> dense(4) |> batch_norm',
      );
    const lengthIn = (text: string) =>
      manifestOf(text).reports[0].items.flatMap((item) => (item.kind === 'recalibrate' ? [item.length] : []));
    assert.deepEqual(lengthIn(normed('2 epochs')), [epochs(2, 'there')]);
    assert.deepEqual(lengthIn(normed('2 epochs of here')), [epochs(2, 'here')]);
  });

  it('a number of the schedule counts must be clear, if it depends on them', () => {
    const rate = (r: string) => inSteps.replace('sgd(0.1)', `sgd(${r})`);
    const quiet = `every 9 steps ${shown}`;
    assert.deepEqual(codesOf(spec(rate('0.1 / (1 + progress)'), quiet, both)), []);
    assert.deepEqual(codesOf(spec(rate('0.1 / (1 + epoch)'), quiet)), []);
    assert.deepEqual(codesOf(spec(rate('0.1 / (1 + epoch)'), quiet, both)), ['GAN4016']);
    assert.deepEqual(codesOf(spec(rate('stepped(0.1, then: 0.01, at: 3 epochs)'), quiet, both)), ['GAN4016']);
    assert.deepEqual(
      codesOf(
        spec(
          rate('0.1').replace('update', 'every 1 update').replace('sgd(0.1)', 'sgd(0.1) when epoch > 2'),
          quiet,
          both,
        ),
      ),
      ['GAN4016'],
    );
    const named = rate('0.1 / (1 + epoch)').replace('40 steps', '5 epochs of there');
    assert.deepEqual(codesOf(spec(named, quiet, both)), []);
  });

  it('is counted by the runtime in batches of that stream', () => {
    const manifest = manifestOf(spec(inSteps, `every 1 epochs ${shown}`));
    const plan = schedule(manifest, { here: 64, there: 32 });
    const due: number[] = [];
    for (let at = start; at.iteration < 40;) {
      const { next } = iterationAt(plan, at);
      if (reportDue(manifest.reports[0], plan, at, next)) due.push(next.iteration);
      at = next;
    }
    assert.deepEqual(due, [8, 16, 24, 32, 40]);
  });
});
