/** Transforms, mel bands, resampling and Griffin-Lim against formulas. Against librosa: bench/audio.ts. */
import { assert } from 'chai';
import fc from 'fast-check';
import { formatOf, magnitudes, spectrogram } from '../../runtime/audio/features.ts';
import type { SoundFormat } from '../../runtime/audio/features.ts';
import { RealFft } from '../../runtime/audio/fft.ts';
import { griffinLim, spectralConvergence } from '../../runtime/audio/griffin-lim.ts';
import { fromMel, hertzOfMel, holdToMel, melBands, melOfHertz, toMel } from '../../runtime/audio/mel.ts';
import { resampled } from '../../runtime/audio/resample.ts';
import { emptySpectra, framesOf, Stft } from '../../runtime/audio/stft.ts';
import { soundOf } from '../../runtime/audio/vocoder.ts';
import { draws } from '../../runtime/random.ts';
import { tone } from './waves.ts';

function noise(length: number, key = 'noise'): Float64Array {
  const out = new Float64Array(length);
  draws({ seed: 3, key, iteration: 0, scope: 0 }, 'normal', 1, length, out);
  return out;
}

const format = (change: Record<string, string | number> = {}): SoundFormat =>
  formatOf({ features: 'log_mel(80)', rate: 16000, window: 50, hop: 12.5, emphasis: 0.97, ...change });

describe('Fourier transforms', () => {
  for (const size of [4, 8, 64, 1024]) {
    it(`of ${size} numbers: by the definition, and back`, () => {
      const x = noise(size);
      const [re, im] = [new Float64Array(size / 2 + 1), new Float64Array(size / 2 + 1)];
      const fft = new RealFft(size);
      fft.forward(x, re, im);
      for (let k = 0; k <= size / 2; k += Math.max(1, size >> 5)) {
        let [a, b] = [0, 0];
        x.forEach((value, n) => {
          a += value * Math.cos((2 * Math.PI * k * n) / size);
          b -= value * Math.sin((2 * Math.PI * k * n) / size);
        });
        assert.closeTo(re[k], a, 1e-10 * size);
        assert.closeTo(im[k], b, 1e-10 * size);
      }
      const back = new Float64Array(size);
      fft.inverse(re, im, back);
      x.forEach((value, n) => assert.closeTo(back[n], value, 1e-12));
    });
  }

  it('only of powers of two', () => {
    for (const size of [0, 2, 3, 1000, NaN]) assert.throws(() => new RealFft(size), /FFT/);
  });

  it('short-time spectra give their samples back, whatever their length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 3000 }), fc.constantFrom(64, 100, 128), (length, hop) => {
        const shape = { size: 512, window: 400, hop };
        const [x, stft] = [noise(length), new Stft(shape)];
        const spectra = emptySpectra(shape, framesOf(length, shape));
        stft.forward(x, spectra);
        const back = new Float64Array(length);
        stft.inverse(spectra, back);
        // What no window covers, or its very edge, is lost at the end.
        const covered = (spectra.frames - 1) * hop;
        for (let n = 0; n < covered; n++) assert.closeTo(back[n], x[n], 1e-9);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the mel scale', () => {
  it('is linear to 1 kHz, logarithmic above, and its own inverse', () => {
    assert.closeTo(melOfHertz(1000), 15, 1e-12);
    assert.closeTo(melOfHertz(6400), 42, 1e-9);
    for (let hertz = 10; hertz < 8000; hertz += 97)
      assert.closeTo(hertzOfMel(melOfHertz(hertz)), hertz, 1e-8);
  });

  it('bands weigh to 1, and a spectrum found from bands has these bands and nothing negative', () => {
    const mel = melBands(40, 16000, 1024);
    mel.weights.forEach((weights) =>
      assert.closeTo(
        weights.reduce((a, b) => a + b),
        1,
        1e-12,
      ),
    );
    const spectrum = noise(mel.bins).map(Math.abs);
    const [wanted, found] = [new Float64Array(40), new Float64Array(40)];
    toMel(mel, spectrum, wanted);
    const back = new Float64Array(mel.bins);
    fromMel(mel, wanted, back);
    assert.isTrue(back.every((x) => x >= 0));
    toMel(mel, back, found);
    wanted.forEach((value, b) => assert.closeTo(found[b] / value, 1, 1e-3, `band ${b}`));
  });
});

describe('a spectrum held to mel bands', () => {
  const mel = melBands(40, 16000, 1024);
  const bandsOf = (spectrum: Float64Array): Float64Array => {
    const bands = new Float64Array(mel.bands);
    toMel(mel, spectrum, bands);
    return bands;
  };
  /** Harmonics of 100 Hz, which bands above 1 kHz cannot tell apart, louder or quieter from bin to bin by `slope`. */
  const voice = (slope: number): Float64Array =>
    Float64Array.from({ length: mel.bins }, (_, k) => (k % 6.4 < 1 ? 1 : 0.05) * Math.exp(slope * k));

  it('has them, and harmonics where the spectrum had them, where the bands alone give none', () => {
    const wanted = bandsOf(voice(-0.01));
    const held = voice(0.002);
    holdToMel(mel, wanted, held);
    const alone = new Float64Array(mel.bins);
    fromMel(mel, wanted, alone);
    bandsOf(held).forEach((x, b) => assert.closeTo(x / wanted[b], 1, 1e-3, `band ${b}`));
    const apart = (found: Float64Array): number =>
      Math.max(...found.subarray(200, 500).map((x, i) => Math.abs(Math.log(x / voice(-0.01)[200 + i]))));
    assert.isBelow(apart(held), 0.4);
    assert.isAbove(apart(alone), 1);
  });

  it('one that has them stays, silence stays silent, and bins of no band stay', () => {
    const spectrum = voice(-0.01);
    const held = spectrum.slice();
    holdToMel(mel, bandsOf(spectrum), held);
    held.forEach((x, k) => assert.closeTo(x / spectrum[k], 1, 1e-12));
    holdToMel(mel, new Float64Array(mel.bands), held);
    held.forEach((x, k) => assert.equal(x, k === 0 || k === 512 ? spectrum[k] : 0));
    const silent = new Float64Array(mel.bins);
    holdToMel(mel, bandsOf(spectrum), silent);
    assert.isTrue(silent.every((x) => x === 0));
  });
});

describe('features', () => {
  it('a full-scale sine is at 0 dB in its bin: the top of the range is 20 dB under it', () => {
    const plain = format({ features: 'log_magnitude', emphasis: 0 });
    const quiet = spectrogram(Float64Array.from(tone(1000, 0.5, 16000, 0.001)), plain);
    const middle = quiet.frames >> 1;
    const bin = (1000 * 1024) / 16000;
    // -60 dB lies half way from -100 to -20.
    assert.closeTo(quiet.data[bin * quiet.frames + middle], 0.5, 1e-4);
    assert.equal(Math.max(...spectrogram(Float64Array.from(tone(1000, 0.5)), plain).data), 1);
  });

  it('silence is 0, and magnitudes are those that were', () => {
    assert.isTrue(spectrogram(new Float64Array(4000), format()).data.every((x) => x === 0));
    const plain = format({ features: 'log_magnitude', emphasis: 0 });
    const x = noise(4000).map((value) => value * 0.01);
    const made = spectrogram(x, plain);
    const spectra = emptySpectra(plain.shape, made.frames);
    new Stft(plain.shape).forward(x, spectra);
    magnitudes(made, plain).forEach((value, i) => {
      const wanted = Math.hypot(spectra.re[i], spectra.im[i]);
      assert.closeTo(value, wanted, 1e-4 * wanted + 0.003);
    });
  });
});

describe('resampling', () => {
  for (const [from, to] of [
    [8000, 16000],
    [44100, 16000],
    [48000, 16000],
    [22050, 16000],
    [16000, 11025],
  ] as const) {
    it(`${from} to ${to}: a sine stays this sine`, () => {
      const x = Float64Array.from(tone(440, 0.5, from));
      const y = resampled(x, from, to);
      assert.lengthOf(y, Math.ceil((x.length * to) / from));
      const wanted = tone(440, 0.5, to);
      for (let n = 200; n < y.length - 200; n++) assert.closeTo(y[n], wanted[n], 2e-4);
    });
  }

  it('what the new rate can’t hold is gone, not folded down', () => {
    const y = resampled(Float64Array.from(tone(11000, 0.3, 48000, 1)), 48000, 16000);
    const loudest = y.subarray(100, -100).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    assert.isBelow(20 * Math.log10(loudest), -70);
  });

  it('the same rate is the same sound', () => {
    const x = noise(10);
    assert.equal(resampled(x, 16000, 16000), x);
  });
});

describe('Griffin-Lim', () => {
  const shape = { size: 512, window: 400, hop: 100 };
  const sweep = Float64Array.from(
    { length: 8000 },
    (_, n) => 0.3 * Math.sin(2 * Math.PI * (200 + 0.1 * n) * (n / 16000)),
  );
  const spectra = emptySpectra(shape, framesOf(sweep.length, shape));
  new Stft(shape).forward(sweep, spectra);
  const wanted = Float64Array.from(spectra.re, (re, i) => Math.hypot(re, spectra.im[i]));

  it('comes near magnitudes that are a sound’s, nearer with more steps and with momentum', () => {
    const reached = (iterations: number, momentum: number): number =>
      spectralConvergence(wanted, griffinLim(wanted, shape, { iterations, momentum }), shape);
    assert.isBelow(reached(60, 0), reached(5, 0));
    assert.isBelow(reached(60, 0.99), reached(60, 0));
    assert.isBelow(reached(60, 0.99), 0.1);
    assert.closeTo(spectralConvergence(wanted, sweep, shape), 0, 1e-12);
  });

  it('features become a sound with these features', () => {
    const x = sweep.map((value, n) => value * Math.sin(n / 700) ** 2 + 1e-3 * Math.sin(n * n));
    for (const one of [format(), format({ features: 'log_magnitude' })]) {
      const made = spectrogram(x, one);
      const again = spectrogram(soundOf(made, one), one);
      assert.equal(again.frames, made.frames);
      const away = made.data.reduce((sum, value, i) => sum + Math.abs(value - again.data[i]), 0);
      assert.isBelow((80 * away) / made.data.length, 2.5, 'decibel');
    }
    assert.throws(
      () => soundOf({ channels: 3, frames: 1, data: new Float64Array(3) }, format()),
      /3 channels/,
    );
  });
});
