/**
 * A trained run as one file: every command that looks at a run finds the same numbers in it, to the bit, where neither the run's
 * data nor what its spec imports is.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import { sample as sampled } from '../../lib/runtime.ts';
import { readNpy } from '../../runtime/formats/npy.ts';
import { writeWav } from '../../runtime/formats/wav.ts';
import { tone } from '../audio/waves.ts';
import { block, codes, contentsOf, models, pictures } from './models.ts';
import { ring } from './shell.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { run, write, path, read, trained, handed } = models();

const voices = `gan Convert
data voices = speech("set/<speaker>/*.wav", speakers: 2, frames: 16, features: log_mel(20)) in [-1, 1]
data test = speech("set/<speaker>/*.wav", speakers: 2, frames: all, features: log_mel(20)) in [-1, 1]
network ContentEncoder(x: seq[20, T]) -> seq[4, T / 4] { x |> conv(4, kernel: 5, stride: 4) |> instance_norm |> relu }
network SpeakerEncoder(x: seq[20, T]) -> vec[3] { x |> conv(3, kernel: 3) |> relu |> mean(over: time) }
network Decoder(words: seq[4, T], voice: vec[3]) -> seq[20, 4 * T] { concat(words, voice) |> conv(80, kernel: 3) |> pixel_shuffle(4) }
loss reconstruction = l1(Decoder(ContentEncoder(voices.sound), SpeakerEncoder(voices.same)), voices.sound)
train for 3 steps, batch 4 { update ContentEncoder, SpeakerEncoder, Decoder to minimize reconstruction with adam(1e-2) }
report every 3 steps {
  sound converted = speech(Decoder(ContentEncoder(test.sound), SpeakerEncoder(test.other)), like: test.sound, rows: 1, iterations: 4)
}
`;

/** What the command writes of the run and of its file: the same bytes. */
async function same(
  command: readonly string[],
  name: string,
  file: string,
  out: string,
): Promise<Uint8Array> {
  const [verb, ...rest] = command;
  const [a, b] = [path(`of-run-${out}`), path(`of-file-${out}`)];
  for (const [from, to] of [
    [path(`runs/${name}`), a],
    [file, b],
  ]) {
    const { code, err } = await run([verb, from, ...rest, '--out', to, '--threads', '1']);
    assert.equal(code, 0, err);
  }
  const [found, wanted] = [readFileSync(b), readFileSync(a)];
  assert.isTrue(found.equals(wanted), `${command.join(' ')} gives other bytes from the file`);
  return found;
}

describe('a trained run as one file', () => {
  let [faces, book, convert] = ['', '', ''];

  before(async () => {
    mkdirSync(path('specs/faces/parts'), { recursive: true });
    write('specs/faces/parts/block.gan', block);
    await trained('faces', pictures);
    await trained('codes', codes);
    for (const [who, pitch] of [
      ['ann', 300],
      ['bob', 1200],
    ] as const) {
      mkdirSync(path(`specs/convert/set/${who}`), { recursive: true });
      writeFileSync(path(`specs/convert/set/${who}/1.wav`), writeWav(tone(pitch, 0.4), 16000));
      writeFileSync(path(`specs/convert/set/${who}/2.wav`), writeWav(tone(pitch + 90, 0.3), 16000));
    }
    await trained('convert', voices);
    [faces, book, convert] = [await handed('faces'), await handed('codes'), await handed('convert')];
    // What the spec imports is in the run, and in the file.
    rmSync(path('specs/faces/parts'), { recursive: true });
  });

  it('is sampled as the run is: pictures, an average, values, arrays by chosen samples', async () => {
    await same(['sample', 'shown'], 'faces', faces, 'shown.png');
    await same(['sample', 'codes'], 'faces', faces, 'codes.png');
    await same(['sample', 'shown.images', '--count', '7', '--seed', '5'], 'faces', faces, 'shown.npy');
    const chosen = ['sample', 'shown', '--set-sample', 'kind=2', '--interpolate', '3', '--count', '9'];
    await same(chosen, 'faces', faces, 'chosen.npz');
  });

  it('has codebooks and states, which reports read', async () => {
    const found = await same(['sample', 'held.points.0', '--count', '20'], 'codes', book, 'held.npy');
    assert.isTrue(readNpy(found, 'held.npy').data.some((x) => x !== 0));
    await same(['eval', '--value', 'k=level * Book(ring.point).codes'], 'codes', book, 'book.npz');
  });

  it('converts voices where there is no data', async () => {
    const from = path('from.wav');
    writeFileSync(from, writeWav(tone(500, 0.5), 16000));
    writeFileSync(path('voice.wav'), writeWav(tone(1500, 0.3), 16000));
    renameSync(path('specs/convert/set'), path('specs/convert/gone'));
    await same(['convert', '--from', from, '--voice', path('voice.wav')], 'convert', convert, 'said.wav');
  });

  it('is evaluated and exported as the run is', async () => {
    const value = ['eval', '--value', 'x=G(z, kind)', '--count', '6'];
    await same(value, 'faces', faces, 'x.npz');
    for (const [from, to] of [
      [path('runs/faces'), 'net-run'],
      [faces, 'net-file'],
    ]) {
      const { code, err } = await run(['export', from, 'G', '--average', '--out', path(to)]);
      assert.equal(code, 0, err);
    }
    for (const name of ['G.onnx', 'README.md', 'export.json'])
      assert.equal(read(`net-file/${name}`), read(`net-run/${name}`));
  });

  it('has networks from files, and weights that its networks started with, of which nothing is there any more', async () => {
    const text = `gan Foreign
sample z ~ normal[3]
network Features(x: mat[7, 3]) -> vec[19] { x |> onnx("steps.onnx") }
network G(z: vec[3]) -> mat[7, 3] { z |> dense(21) |> sigmoid |> reshape(7, 3, form: mat) }
train for 2 steps, batch 4 { update G to minimize mean(square(Features(G(z)))) with adam(1e-2) }
`;
    mkdirSync(path('specs/foreign'), { recursive: true });
    copyFileSync(`${root}test/cases/networks/steps.onnx`, path('specs/foreign/steps.onnx'));
    await trained('foreign', text);
    const second = text.replace('train for', 'initialize G from "../../runs/foreign"\ntrain for');
    mkdirSync(path('specs/again'), { recursive: true });
    copyFileSync(path('specs/foreign/steps.onnx'), path('specs/again/steps.onnx'));
    await trained('again', second, '--allow', path('runs'));
    const file = await handed('again');
    for (const gone of ['specs/foreign', 'specs/again', 'runs/foreign'])
      rmSync(path(gone), { recursive: true });
    await same(['eval', '--value', 'f=Features(G(z))', '--count', '4'], 'again', file, 'features.npz');
  });

  it('is sampled by programs and by another target', async () => {
    const found = await sampled(faces, 'shown');
    assert.equal(found.kind, 'picture');
    assert.isTrue(
      'files' in found && Buffer.from(found.files[0]).equals(readFileSync(path('of-run-shown.png'))),
    );
    const other = await run(['sample', faces, 'shown.images', '--target', 'tfjs', '--out', path('tfjs.npy')]);
    assert.equal(other.code, 0, other.err);
  });

  it('of a run of another target holds graphs for ONNX, compiled from its spec', async () => {
    await trained('ring', ring, '--target', 'tfjs', '--device', 'cpu', '--steps', '10');
    const file = await handed('ring');
    assert.isEmpty([...contentsOf(file).keys()].filter((name) => /\.m?js$/.test(name)));
    rmSync(path('specs/ring'), { recursive: true });
    const values = async (from: string, target: string): Promise<number[]> => {
      const out = path('points.npy');
      const { code, err } = await run(['sample', from, 'points.points.0', '--target', target, '--out', out]);
      assert.equal(code, 0, err);
      return [...readNpy(readFileSync(out), out).data];
    };
    assert.deepEqual(await values(file, 'tfjs'), await values(path('runs/ring'), 'tfjs'));
    const onnx = await values(file, 'onnx');
    (await values(path('runs/ring'), 'tfjs')).forEach((x, i) => assert.closeTo(onnx[i], x, 1e-5));
    assert.isFalse(existsSync(path('specs/ring')));
  });
});
