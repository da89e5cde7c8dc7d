/** From WAV to WAV: a small conversion trained on tones, its sounds and pictures, and `ganc convert` on new files. */
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { readNpy } from '../../runtime/formats/npy.ts';
import { ink } from '../../runtime/reports/pictures/canvas.ts';
import type { Raster } from '../../runtime/formats/png.ts';
import { pixelsOf } from '../runtime/pixels.ts';
import { readWav, writeWav } from '../../runtime/formats/wav.ts';
import { shell } from '../cli/shell.ts';
import { tone } from './waves.ts';

const { run, write, path, read } = shell();

const spec = `gan Convert
param bands: int = 20
data voices = speech("set/<speaker>/*.wav", speakers: 2, frames: 16, features: log_mel(bands)) in [-1, 1]
data test = speech("set/<speaker>/*.wav", speakers: 2, frames: all, features: log_mel(bands)) in [-1, 1]
network ContentEncoder(x: seq[20, T]) -> seq[4, T / 4] { x |> conv(4, kernel: 5, stride: 4) |> instance_norm |> relu }
network SpeakerEncoder(x: seq[20, T]) -> vec[3] { x |> conv(3, kernel: 3) |> relu |> mean(over: time) }
network Decoder(words: seq[4, T], voice: vec[3]) -> seq[20, 4 * T] { concat(words, voice) |> conv(80, kernel: 3) |> pixel_shuffle(4) }
network Dub(words: seq[4, T], who: onehot[2]) -> seq[20, 4 * T] { concat(words, who) |> conv(80, kernel: 3) |> pixel_shuffle(4) }
let words = ContentEncoder(voices.sound)
loss reconstruction = l1(Decoder(words, SpeakerEncoder(voices.same)), voices.sound) + l1(Dub(words, voices.speaker), voices.sound)
train for 4 steps, batch 4 { update ContentEncoder, SpeakerEncoder, Decoder, Dub to minimize reconstruction with adam(1e-2) }
report every 4 steps {
  sound converted = speech(Decoder(ContentEncoder(test.sound), SpeakerEncoder(test.other)), like: test.sound, rows: 3, iterations: 4)
  sound dubbed = speech(Dub(ContentEncoder(test.sound), test.other_speaker), like: test.sound, rows: 1, iterations: 4)
  sound source = speech(test.sound, like: test.sound, rows: 2, iterations: 40)
  picture lines = spectrograms(test.sound, Decoder(ContentEncoder(test.sound), SpeakerEncoder(test.other)), rows: 2)
  metric away = l1(Decoder(ContentEncoder(test.sound), SpeakerEncoder(test.same)), test.sound)
  metric leak = probe(ContentEncoder(test.sound), test.speaker)
}
`;

function put(name: string, bytes: Uint8Array): string {
  mkdirSync(join(path(name), '..'), { recursive: true });
  writeFileSync(path(name), bytes);
  return path(name);
}

const seconds = (file: string): number => {
  const { rate, samples } = readWav(readFileSync(path(file)), file);
  return samples.length / rate;
};

/** The longest line of one colour, that of axes, in a row of pixels. */
function inkRun({ data, width }: Raster, y: number): number {
  let [most, run] = [0, 0];
  for (let x = 0; x < width; x++) {
    run = ink.every((c, k) => data[3 * (y * width + x) + k] === c) ? run + 1 : 0;
    most = Math.max(most, run);
  }
  return most;
}

describe('voice conversion from files to files', () => {
  before(async () => {
    [0.31, 0.52, 0.47].forEach((length, i) => {
      put(`set/ann/${i}.wav`, writeWav(tone(300 + 40 * i, length), 16000));
      put(`set/bob/${i}.wav`, writeWav(tone(1200 + 90 * i, length + 0.1), 16000));
    });
    write('convert.gan', spec);
    const { code, err } = await run(['run', path('convert.gan'), '--out', path('run'), '--threads', '1']);
    assert.equal(code, 0, err);
  });

  it('a run writes its sounds beside its pictures, each as long as its row', () => {
    const sounds = [1, 2, 3]
      .map((row) => `converted-00000004-${row}`)
      .concat('dubbed-00000004-1', 'source-00000004-1', 'source-00000004-2');
    assert.deepEqual(
      readdirSync(path('run/sounds')).sort(),
      sounds.flatMap((sound) => [`${sound}.png`, `${sound}.wav`]),
    );
    const spectrogram = readFileSync(path('run/sounds/converted-00000004-2.png')).toString('base64');
    assert.include(
      read('run/report.html'),
      `<img src="data:image/png;base64,${spectrogram}" alt="spectrogram of converted`,
    );
    [0.31, 0.52, 0.47].forEach((length, i) =>
      assert.closeTo(seconds(`run/sounds/converted-00000004-${i + 1}.wav`), length, 0.0126),
    );
    assert.include(read('run/metrics.jsonl'), '"sound":"converted","file":"sounds/converted-00000004-1.wav"');
    const lines = pixelsOf(readFileSync(path('run/pictures/lines-00000004.png')));
    // Two bands of two strips of 20 channels, enlarged by 6; the second row has 1 + floor(0.52 s / hop) frames of two pixels.
    const ticks = Array.from({ length: lines.height }, (_, y) => inkRun(lines, y)).filter((run) => run >= 50);
    assert.deepEqual(ticks, [2 * 25, 2 * 42], 'a time axis under each band, as long as its recording');
    assert.isAbove(lines.height, 4 * 20 * 6);
  });

  it('a row of its own length is played from the very numbers: its pitch is there again', () => {
    const { samples, rate } = readWav(readFileSync(path('run/sounds/source-00000004-1.wav')), 'source.wav');
    const strength = (hertz: number): number => {
      const [re, im] = [Math.cos, Math.sin].map((f) =>
        samples.reduce((sum, x, n) => sum + x * f((2 * Math.PI * hertz * n) / rate), 0),
      );
      return Math.hypot(re, im);
    };
    assert.isAbove(
      Math.max(...[280, 300, 320].map(strength)),
      5 * Math.max(...[900, 1200, 1500].map(strength)),
    );
  });

  it('what can’t be measured is said in a sentence, and the run goes on', () => {
    assert.match(read('run/log.txt'), /no leak: probe takes rows of one length/);
    assert.match(read('run/log.txt'), /iteration 4: away 0?\.\d+/);
  });

  it('ganc convert: any length and rate in, its own length out', async () => {
    for (const [length, rate] of [
      [0.4, 8000],
      [1.37, 44100],
    ] as const) {
      const from = put('new/from.wav', writeWav(tone(500, length, rate), rate));
      const voice = put('new/voice.wav', writeWav(tone(1500, 0.3), 16000));
      const out = path('new/out.wav');
      const { code, err } = await run([
        'convert',
        path('run'),
        'converted',
        '--from',
        from,
        '--voice',
        voice,
        '--out',
        out,
      ]);
      assert.equal(code, 0, err);
      assert.closeTo(seconds('new/out.wav'), length, 0.0126);
    }
  });

  it('a voice is a recording or a known speaker, whichever the line reads', async () => {
    const from = put('new/from.wav', writeWav(tone(500, 0.4), 16000));
    const to = (line: string, voice: string): Promise<{ code: number; err: string }> =>
      run(['convert', path('run'), line, '--from', from, '--voice', voice, '--out', path('new/to.wav')]);
    assert.equal((await to('dubbed', '1')).code, 0);
    assert.match((await to('dubbed', '2')).err, /other_speaker is a class from 0 to 1, not "2"/);
    assert.match((await to('converted', '1')).err, /1: no such file/);
    const { code, err } = await to('source', '1');
    assert.equal(code, 2);
    assert.match(err, /no conversion is called source \(there are converted, dubbed\)/);
    assert.match(
      (await run(['convert', path('run'), '--from', from, '--voice', from])).err,
      /which sound\? \(there are converted, dubbed\)/,
    );
  });

  it('needs nothing of the data, and refuses files that hold no speech', async () => {
    const silent = put('new/silent.wav', writeWav(new Array<number>(8000).fill(0), 16000));
    const broken = put('new/broken.wav', Buffer.from('RIFF'));
    const fine = put('new/fine.wav', writeWav(tone(500, 0.4), 16000));
    for (const [file, message] of [
      [silent, /is silent: there is nothing to convert/],
      [broken, /not a WAV file/],
    ] as const) {
      const out = path('new/none.wav');
      const { code, err } = await run([
        'convert',
        path('run'),
        'converted',
        '--from',
        file,
        '--voice',
        fine,
        '--out',
        out,
      ]);
      assert.notEqual(code, 0);
      assert.match(err, message);
      assert.isFalse(existsSync(out));
    }
  });

  it('ganc sample feeds any line by the names of its fields', async () => {
    const fine = put('new/fine.wav', writeWav(tone(500, 0.4), 16000));
    const sampled = (...args: string[]): Promise<{ code: number; err: string }> =>
      run(['sample', path('run'), ...args, '--out', path('new/value.npy')]);
    assert.equal((await sampled('source', '--feed', `test.sound=${fine}`)).code, 0);
    const { shape, data } = readNpy(readFileSync(path('new/value.npy')), 'value.npy');
    assert.deepEqual(shape, [1, 20, 33]);
    assert.isBelow(Math.min(...data), 0, 'the range is the stream’s: [-1, 1]');
    assert.match((await sampled('converted', '--feed', `sound=${fine}`)).err, /feed other too/);
    assert.match((await sampled('converted', '--feed', 'sund=a')).err, /did you mean sound\?/);
    assert.match((await sampled('source', '--feed', 'sound')).err, /It takes field=value/);
  });
});
