/** Event files for TensorBoard: the checksum by its published values, all else as TensorBoard's own reader reads it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { writeWav } from '../../runtime/formats/wav.ts';
import { crc32c } from '../../tensorboard/records.ts';
import { ring, shell } from '../cli/shell.ts';
import { root } from '../parity/host.ts';
import { torchPython } from '../torch/where.ts';

const { run, write, path, read } = shell();

const hasTensorboard =
  torchPython !== null &&
  spawnSync(torchPython, ['-c', 'import tensorboard'], { stdio: 'ignore' }).status === 0;
/** bench/setup-packages.sh brings it. */
const itOnTensorboard = hasTensorboard ? it : it.skip;

interface Found {
  readonly scalars: Readonly<Record<string, [step: number, value: number][]>>;
  readonly images: Readonly<Record<string, [step: number, width: number, height: number, bytes: number][]>>;
  readonly audio: Readonly<Record<string, [step: number, rate: number, frames: number, type: string][]>>;
  readonly histograms: Readonly<Record<string, [step: number, count: number, inBins: number][]>>;
  readonly text: Readonly<Record<string, string>>;
  readonly hparams: Readonly<Record<string, number | string | boolean>>;
}

const readBack = (folder: string): Found =>
  JSON.parse(
    execFileSync(torchPython!, [join(root, 'test/tensorboard/read.py'), folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString(),
  ) as Found;

interface Line {
  readonly iteration: number;
  readonly losses?: Readonly<Record<string, number>>;
  readonly metric?: string;
  readonly value?: number;
}

describe('event files for TensorBoard', () => {
  const lines = (): Line[] =>
    read('run/metrics.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);

  before(async () => {
    write('ring.gan', ring);
    const out = path('run');
    const { code, err } = await run([
      'run',
      path('ring.gan'),
      '--out',
      out,
      '--threads',
      '1',
      '--tensorboard',
    ]);
    assert.equal(code, 0, err);
  });

  it('have the checksums of RFC 3720, B.4', () => {
    const bytes = (of: (i: number) => number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => of(i));
    assert.equal(crc32c(bytes(() => 0)), 0x8a9136aa);
    assert.equal(crc32c(bytes(() => 0xff)), 0x62a8ab43);
    assert.equal(crc32c(bytes((i) => i)), 0x46dd794e);
  });

  it('are one file a run, written anew by ganc report', async () => {
    const files = (): string[] => readdirSync(path('run/tensorboard'));
    const [first] = files();
    assert.lengthOf(files(), 1);
    const { code } = await run(['report', path('run'), '--tensorboard', '--quiet']);
    assert.equal(code, 0);
    assert.deepEqual(files(), [first]);
  });

  itOnTensorboard('hold losses, metrics, pictures, sounds, weights, spec and params', async () => {
    mkdirSync(path('run/sounds'), { recursive: true });
    writeFileSync(path('run/sounds/hum-00000030-2.wav'), writeWav(new Float64Array(50), 8000));
    const [sound, gone] = ['sounds/hum-00000030-2.wav', '../../etc/passwd'];
    for (const file of [sound, gone])
      appendFileSync(path('run/metrics.jsonl'), `${JSON.stringify({ iteration: 30, sound: 'hum', file })}\n`);
    await run(['report', path('run'), '--tensorboard', '--quiet']);
    const found = readBack(path('run/tensorboard'));
    const losses = lines().flatMap(({ iteration, losses: own }) =>
      own ? [[iteration, Math.fround(own.generator_loss)]] : [],
    );
    assert.deepEqual(found.scalars['loss/generator_loss'], losses as [number, number][]);
    assert.lengthOf(found.scalars['objective/update_2'], 30);
    const spread = lines().flatMap(({ iteration, metric, value }) =>
      metric === 'spread' ? [[iteration, Math.fround(value!)]] : [],
    );
    assert.deepEqual(found.scalars['metric/spread'], spread as [number, number][]);
    assert.deepEqual(
      found.images['picture/points'].map(([step]) => step),
      [10, 20, 30],
    );
    assert.isTrue(
      found.images['picture/points'].every(([, width, height, bytes]) => width * height * bytes > 0),
    );
    assert.deepEqual(found.audio, { 'sound/hum/2': [[30, 8000, 50, 'audio/wav']] });
    assert.deepEqual(found.histograms['weights/G/dense_1/weight'].at(-1), [30, 32, 32]);
    assert.include(found.text.spec, '    network D(x: vec[2]) -> logit');
    assert.deepEqual(found.hparams, { rate: 0.001, pause: 10, seed: 1 });
  });

  it('and losses and metrics as CSV', async () => {
    const { out } = await run(['report', path('run'), '--csv']);
    const [head, ...rows] = out.trim().split('\r\n');
    assert.sameMembers(head.split(','), [
      'iteration',
      'loss discriminator_loss',
      'loss generator_loss',
      'objective update_1',
      'objective update_2',
      'metric spread',
    ]);
    assert.lengthOf(rows, 30);
    const columns = head.split(',');
    const tenth = rows[9].split(',');
    const value = lines().find(({ iteration, metric }) => iteration === 10 && metric === 'spread')!.value;
    assert.equal(tenth[columns.indexOf('metric spread')], String(value));
    assert.equal(rows[8].split(',')[columns.indexOf('metric spread')], '');
  });

  it('refuse what is no run', async () => {
    const { code, err } = await run(['report', path('none'), '--tensorboard']);
    assert.notEqual(code, 0);
    assert.include(err, 'run.json');
  });
});
