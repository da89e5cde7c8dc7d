/** `ganc eval --feed sound=...`: recordings cut into segments as the spec's data is. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { sources } from '../../runtime/catalogue.ts';
import { readNpz } from '../../runtime/formats/npz.ts';
import { writeWav } from '../../runtime/formats/wav.ts';
import { tone } from '../audio/waves.ts';
import { shell } from './shell.ts';

const format = 'features: log_mel(8), rate: 8000, hop: 10';
const spec = `data d = speech("set/*.wav", frames: 16, wave: true, ${format}) in [-1, 1]
data whole = speech("set/*.wav", frames: all, ${format})
network E(x: seq[8, 16]) -> vec[2] { x |> flatten |> dense(2) }
network W(x: seq[1, 1280]) -> vec[2] { x |> flatten |> dense(2) }
train for 2 steps, batch 2 { update E, W to minimize mse(E(d.sound), 0.5) + mse(W(d.wave), 0.5) with sgd(0.01) }
`;

describe('ganc eval of sounds', () => {
  const sh = shell();

  before(async () => {
    for (const folder of ['set', 'mine']) mkdirSync(sh.path(folder));
    for (let i = 0; i < 3; i++)
      writeFileSync(sh.path(`set/${i}.wav`), writeWav(tone(300 + 100 * i, 0.6, 8000, 0.1), 8000));
    for (let i = 0; i < 2; i++)
      writeFileSync(sh.path(`mine/${i}.wav`), writeWav(tone(700 + 90 * i, 0.5 + i / 4, 8000, 0.1), 8000));
    sh.write('s.gan', spec);
    const args = ['--out', sh.path('run'), '-q', '--threads', '1', '--no-report'];
    const { code, err } = await sh.run(['run', sh.path('s.gan'), ...args]);
    assert.equal(code, 0, err);
  });

  const run = (...args: string[]) => sh.run(['eval', sh.path('run'), ...args]);

  it('gives rows of segments, of features and of samples, as the source makes them', async () => {
    const args = { files: 'mine/*.wav', frames: 16, features: 'log_mel(8)', rate: 8000, hop: 10, wave: true };
    const source = await sources.speech.open(args, sh.folder);
    assert.isAbove(source.count, 4);
    for (const [field, width] of [
      ['sound', 8 * 16],
      ['wave', 1280],
    ] as const) {
      const feed = `mine: d.${field}=${sh.path('mine')}/*.wav`;
      const out = sh.path(`${field}.npz`);
      const { code, err } = await run('--feed', feed, '--value', 'mine', '--out', out);
      assert.equal(code, 0, err);
      const { shape, data } = readNpz(readFileSync(out), 'out').get('value')!;
      assert.equal(shape[0], source.count);
      const wanted = new Float32Array(source.count * width);
      source.read(field, { from: 0, to: source.count }, wanted);
      // The features are in [-1, 1] here, of [0, 1].
      const scaled = field === 'sound' ? wanted.map((x) => 2 * x - 1) : wanted;
      scaled.forEach((x, i) => assert.closeTo(data[i], x, 1e-6));
    }
  });

  it('takes a folder, and networks see what is fed', async () => {
    const feed = `x: d.sound=${sh.path('mine')}`;
    const { code, err } = await run('--feed', feed, '--value', 'e=E(x)', '--out', sh.path('e.csv'));
    assert.equal(code, 0, err);
    assert.match(sh.read('e.csv'), /^e_0,e_1\n-?\d/);
  });

  it('says where there is no table of them, and where no file is', async () => {
    const out = ['--value', '1', '--out', sh.path('no.npz')];
    const whole = await run('--feed', `x: whole.sound=${sh.path('mine')}/*.wav`, ...out);
    assert.equal(whole.code, 2);
    assert.match(
      whole.err,
      /lengths of their own, which no table holds; `ganc sample RUN NAME --feed` writes them/,
    );
    const none = await run('--feed', `x: d.sound=${sh.path('none')}/*.wav`, ...out);
    assert.match(none.err, /there is no such file/);
    const word = await run('--feed', `d.sound=${sh.path('mine')}`, ...out);
    assert.match(
      word.err,
      /sound is a word of the language: give it another name, as in --feed "x: d\.sound=/,
    );
  });
});
