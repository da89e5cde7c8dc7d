/** `ganc sample` of sounds that networks make, at once and step by step, into folders. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { readWav, writeWav } from '../../runtime/formats/wav.ts';
import { tone } from '../audio/waves.ts';
import { shell } from './shell.ts';

const spec = `gan Sounds
data d = speech("set/*.wav", frames: 4, wave: true, features: log_mel(8), rate: 8000, hop: 10)
sample z ~ normal[4]
network W(z: vec[4]) -> seq[1, 320] in [-1, 1] { z |> dense(320) |> reshape(1, 320) |> tanh }
network Next(x: seq[1, 320]) -> seq[1, 320] in [-1, 1] {
  shift(x, 1, over: time) |> conv(4, kernel: 2, dilation: 4, groups: 1, pad: causal) |> conv(1, kernel: 1) |> tanh
}
let made = W(z)
train for 2 steps, batch 2 {
  update W to minimize mse(made, d.wave) with sgd(0.01)
  update Next to minimize mse(Next(d.wave), d.wave) with sgd(0.01)
}
report every 2 steps {
  sound said = wave(made, like: d.wave, rows: 2)
  sound told = wave(generate(Next, like: d.wave), like: d.wave, rows: 2)
}
`;

describe('ganc sample of sounds', () => {
  const sh = shell();

  before(async () => {
    mkdirSync(sh.path('set'));
    for (let i = 0; i < 3; i++)
      writeFileSync(sh.path(`set/${i}.wav`), writeWav(tone(300 + 100 * i, 0.6, 8000, 0.1), 8000));
    const args = ['--out', sh.path('run'), '-q', '--threads', '1', '--no-report'];
    const { code, err } = await sh.run(['run', sh.write('s.gan', spec), ...args]);
    assert.equal(code, 0, err);
  });

  const sample = (name: string, out: string, ...args: string[]) =>
    sh.run(['sample', sh.path('run'), name, '--out', sh.path(out), ...args]);
  const heard = (file: string): Float64Array => readWav(readFileSync(sh.path(file)), file).samples;

  for (const name of ['said', 'told'])
    it(`a folder has a WAV for each row: ${name}`, async () => {
      const { code, err } = await sample(name, `${name}/`, '--count', '5');
      assert.equal(code, 0, err);
      assert.include(err, '5 rows');
      const files = ['0.wav', '1.wav', '2.wav', '3.wav', '4.wav'];
      assert.deepEqual(readdirSync(sh.path(name)).sort(), [...files, 'samples.json']);
      const notes = JSON.parse(readFileSync(sh.path(`${name}/samples.json`), 'utf8')) as object;
      assert.deepInclude(notes, { kind: 'samples', of: name, spec: 'Sounds', iteration: 2, rows: 5 });
      assert.equal((await sample(name, `${name}.wav`, '--count', '5')).code, 0);
      files.forEach((file, i) => {
        const [one, beside] = [heard(`${name}/${file}`), heard(`${name}-${i + 1}.wav`)];
        assert.lengthOf(one, 320);
        assert.deepEqual(one, beside, file);
      });
      // What is made from nothing but itself, step by step, is the same in each row.
      assert.equal(heard(`${name}/0.wav`).join() === heard(`${name}/1.wav`).join(), name === 'told');
    });

  it('what is there stays without --force, and is replaced whole with it', async () => {
    const again = await sample('said', 'said/', '--count', '3');
    assert.equal(again.code, 2);
    assert.include(again.err, 'is there already');
    assert.equal((await sample('said', 'said/', '--count', '3', '--force')).code, 0);
    assert.isFalse(existsSync(sh.path('said/4.wav')));
  });
});
