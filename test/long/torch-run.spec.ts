/**
 * `ganc run --target torch`: Python has the loop, and what the run directory holds is what every target leaves. It stops and
 * goes on to the bit, also by other numbers of processes; what fails is said as everywhere.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { describe } from 'mocha';
import { writeWav } from '../../runtime/formats/wav.ts';
import { openRun } from '../../runtime/run/run-directory.ts';
import { tone } from '../audio/waves.ts';
import { within } from '../cli/other-cache.ts';
import { ring, shell } from '../cli/shell.ts';
import { points } from '../health/specs.ts';
import { itOnTorch, torchPython } from '../torch/where.ts';

const { run, write, path, read, weights } = shell();
const train = (out: string, ...more: string[]): ReturnType<typeof run> =>
  run(['run', path('ring.gan'), '--out', path(out), '--threads', '1', '--device', 'cpu', ...more]);

interface Line {
  readonly iteration: number;
  readonly metric?: string;
  readonly value?: number;
  readonly picture?: string;
  readonly losses?: Readonly<Record<string, number>>;
}
const lines = (out: string): Line[] =>
  read(`${out}/metrics.jsonl`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

function near(found: Record<string, number[]>, wanted: Record<string, number[]>, most: number): void {
  assert.hasAllKeys(found, wanted);
  for (const [name, values] of Object.entries(wanted))
    values.forEach((value, i) => assert.closeTo(found[name][i], value, most, `${name}[${i}]`));
}

/** The other utterance that stands beside a segment is drawn anew in each pass. */
const heard = `gan Heard
data segments = speech("<speaker>/*.wav", speakers: 2, features: log_mel(8), frames: 8)
network A(x: seq[8, T]) -> seq[8, T] { x |> dense(8) }
loss reconstruction = mean(square(segments.same - A(segments.sound)))
train for 2 steps, batch 4 { update A to minimize reconstruction with adam(1e-3) }
`;

describe('ganc run --target torch', () => {
  before(() => {
    if (torchPython !== null) process.env.GANC_PYTHON = torchPython;
    write('ring.gan', ring);
  });

  itOnTorch('says of its health what another target says, and nothing with --no-health', async () => {
    write('still.gan', points({ rate: '1e-12' }));
    const still = (out: string, ...more: string[]): ReturnType<typeof run> =>
      run(['run', path('still.gan'), '--out', path(out), '--threads', '1', '--device', 'cpu', ...more]);
    const { code, err } = await still('still', '--target', 'torch');
    assert.equal(code, 0, err);
    assert.match(err, /health at iteration \d+: update_\d no longer moves/);
    assert.equal((await still('same')).code, 0);
    const found = (out: string): object[] =>
      read(`${out}/health.jsonl`)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { iteration: number; rule: string; about: string })
        .map(({ iteration, rule, about }) => ({ iteration, rule, about }));
    assert.isNotEmpty(found('same'));
    assert.deepEqual(found('still'), found('same'));
    near(weights('still'), weights('same'), 1e-5);
    assert.equal((await still('silent', '--target', 'torch', '--no-health')).code, 0);
    assert.notInclude(readdirSync(path('silent')), 'health.jsonl');
    near(weights('silent'), weights('still'), 0);
  });

  itOnTorch('leaves what another target leaves', async () => {
    const { code, err } = await train('whole', '--target', 'torch');
    assert.equal(code, 0, err);
    assert.match(err, /iteration 20: spread 0\.\d+/);
    assert.equal((await train('other', '--quiet')).code, 0);
    near(weights('whole'), weights('other'), 1e-5);
    const [found, wanted] = [lines('whole'), lines('other')];
    const kinds = ({ iteration, metric, picture, losses }: Line): object => ({
      iteration,
      metric,
      picture,
      losses: losses && Object.keys(losses),
    });
    assert.deepEqual(found.map(kinds), wanted.map(kinds));
    wanted.forEach(({ value }, i) => value !== undefined && assert.closeTo(found[i].value!, value, 1e-5));
    assert.deepEqual(readdirSync(path('whole/pictures')), readdirSync(path('other/pictures')));
    for (const place of ['report.html', 'spec.gan', 'program/train.py'])
      assert.isNotEmpty(read(`whole/${place}`));
    assert.match(read('whole/log.txt'), /^seed 1, pytorch cpu /);
    assert.notInclude(readdirSync(path('whole')), 'training.lock');
  });

  itOnTorch('asked to stop, ends with a checkpoint, and goes on to the bit', async () => {
    let stop: (() => void) | undefined;
    const stopped = await run(
      [
        'run',
        path('ring.gan'),
        '--out',
        path('cut'),
        '--target',
        'torch',
        '--threads',
        '1',
        '--json',
        '--steps',
        '1000000',
      ],
      {
        out: (text) => void (text.includes('"kind":"iteration"') && stop?.()),
        onInterrupt: (listen) => ((stop = listen), () => undefined),
      },
    );
    assert.equal(stopped.code, 130, stopped.err);
    const [at] = readdirSync(path('cut/checkpoints')).map((name) => Number(name.slice(5)));
    assert.match(read('cut/log.txt'), new RegExp(`stopped after iteration ${at}, as asked`));
    const end = String(at + 25);
    const resumed = await run(['run', '--resume', path('cut'), '--steps', end, '--json']);
    assert.equal(resumed.code, 0, resumed.err);
    assert.include(resumed.out, JSON.stringify({ kind: 'done', iteration: at + 25 }));
    await train('uncut', '--target', 'torch', '--steps', end, '--quiet');
    assert.deepEqual(weights('cut'), weights('uncut'));
    assert.deepEqual(
      lines('cut').map(({ iteration }) => iteration),
      lines('uncut').map(({ iteration }) => iteration),
    );
  });

  itOnTorch('shares its batches among two processes, which go on as one', async () => {
    const { code, err } = await train('two', '--target', 'torch', '--nproc', '2', '--steps', '12');
    assert.equal(code, 0, err);
    assert.equal(openRun(path('two')).info.machine.processes, 2);
    const refused = await run(['run', '--resume', path('two'), '--nproc', '1']);
    assert.equal(refused.code, 2);
    assert.include(refused.err, 'processes: 2 then, 1 now');
    const one = await run(['run', '--resume', path('two'), '--nproc', '1', '--force', '--quiet']);
    assert.equal(one.code, 0, one.err);
    near(weights('two'), weights('whole'), 1e-5);
  });

  itOnTorch('says why it ends early, and refuses what cannot be', async () => {
    const broken = await train('broken', '--target', 'torch', '--set', 'rate=1e38');
    const there = await train('there', '--set', 'rate=1e38');
    assert.equal(broken.code, 4);
    const reason = ({ err }: { err: string }): string => /in iteration \d+, [^;]*/.exec(err)![0];
    assert.equal(reason(broken), reason(there));
    assert.match(read('broken/log.txt'), /training failed: in iteration/);
    const uneven = await train('uneven', '--target', 'torch', '--nproc', '3');
    assert.equal(uneven.code, 2);
    assert.include(uneven.err, '3 processes do not share batches of 16 rows evenly');
    const other = await train('several', '--target', 'onnx', '--nproc', '2');
    assert.equal(other.code, 3);
    assert.include(other.err, '--nproc is for --target torch');
  });

  itOnTorch('trains on recordings that are larger than memory as on those that are held', async () => {
    ['ann', 'bob'].forEach((speaker, i) => {
      mkdirSync(path(speaker));
      for (const n of [1, 2])
        writeFileSync(path(`${speaker}/${n}.wav`), writeWav(tone(400 + 300 * i + 50 * n, 0.5), 16000));
    });
    write('heard.gan', heard);
    const trained = (out: string): ReturnType<typeof run> =>
      run(['run', path('heard.gan'), '--out', path(out), '--target', 'torch', '--threads', '1']);
    const { code, err } = await within(path('cache'), 0.001, () => trained('packed'));
    assert.equal(code, 0, err);
    assert.match(err, /data \w+: packed/);
    const held = await within(path('cache'), null, () => trained('held'));
    assert.equal(held.code, 0, held.err);
    assert.notInclude(held.err, 'packed');
    assert.deepEqual(weights('packed'), weights('held'));
  });
});
