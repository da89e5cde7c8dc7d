/** WAV files: every coding that is read, against numbers worked out here; and files that are broken at every place. */
import { assert } from 'chai';
import fc from 'fast-check';
import { FileError } from '../../runtime/formats/file-error.ts';
import { readWav, writeWav } from '../../runtime/formats/wav.ts';
import { waveBytes } from './waves.ts';

const wave = [0, 0.5, -0.5, 0.25, -1];

describe('WAV files', () => {
  for (const [bits, float, tolerance] of [
    [8, false, 1 / 128],
    [16, false, 1 / 32768],
    [24, false, 2 ** -23],
    [32, false, 2 ** -31],
    [32, true, 1e-7],
    [64, true, 0],
  ] as const) {
    for (const extensible of [false, true]) {
      it(`${bits} bits${float ? ' float' : ''}${extensible ? ', extensible' : ''}`, () => {
        const { rate, samples } = readWav(
          waveBytes([wave], { bits, float, extensible, rate: 22050 }),
          'a.wav',
        );
        assert.equal(rate, 22050);
        assert.lengthOf(samples, wave.length);
        wave.forEach((x, i) => assert.closeTo(samples[i], x, tolerance, `sample ${i}`));
      });
    }
  }

  it('channels are mixed down to their mean', () => {
    const bytes = waveBytes([wave, wave.map((x) => -x), wave.map(() => 0.75)], { bits: 16 });
    readWav(bytes, 'a.wav').samples.forEach((x) => assert.closeTo(x, 0.25, 1e-4));
  });

  it('chunks that are not known are passed over, odd ones with their padding', () => {
    const extra = Buffer.concat([Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1')]);
    const samples = readWav(waveBytes([wave], { bits: 16, before: extra }), 'a.wav').samples;
    assert.lengthOf(samples, wave.length);
  });

  it('what is written is read again; beyond full scale it is clipped', () => {
    const { rate, samples } = readWav(writeWav([0, 0.5, -0.25, 2, -2, NaN], 8000), 'a.wav');
    assert.equal(rate, 8000);
    [0, 0.5, -0.25, 32767 / 32768, -1, 0].forEach((x, i) => assert.closeTo(samples[i], x, 1e-9));
  });

  it('says where a broken file is broken', () => {
    const good = Buffer.from(waveBytes([wave], { bits: 16 }));
    const wrong = (change: (bytes: Buffer) => Buffer | void, message: RegExp): void => {
      const bytes = Buffer.from(good);
      const changed = change(bytes) ?? bytes;
      assert.throws(() => readWav(changed, 'a.wav'), FileError, message);
    };
    wrong(() => Buffer.alloc(0), /a\.wav, byte 0: not a WAV file/);
    wrong((b) => void b.write('OggS', 0), /not a WAV file/);
    wrong((b) => b.subarray(0, b.length - 3), /byte 36: the chunk "data" says 10 bytes, and 7 follow/);
    wrong((b) => b.subarray(0, 36), /byte 36: a WAV file without sound/);
    wrong((b) => void b.writeUInt16LE(85, 20), /byte 20: sound of the coding 85/);
    wrong((b) => void b.writeUInt16LE(12, 34), /samples of 12 bits/);
    wrong((b) => void b.writeUInt16LE(0, 22), /0 channels/);
    wrong((b) => void b.writeUInt16LE(3, 32), /in 3 bytes/);
    wrong((b) => void b.writeUInt32LE(0, 24), /no samples a second/);
    wrong((b) => void b.writeUInt32LE(9, 40), /9 bytes of sound are not whole samples of 2 bytes/);
    wrong((b) => void b.write('skip', 12), /sound before it is said in which format/);
    const nan = waveBytes([[0, NaN]], { bits: 32, float: true });
    assert.throws(() => readWav(nan, 'a.wav'), FileError, /byte 48: sample 1 is not a number/);
  });

  it('whatever the bytes, it is sound or a FileError', () => {
    const good = Array.from(waveBytes([wave, wave], { bits: 24, extensible: true }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(good.length),
        (changes, cut) => {
          const bytes = Uint8Array.from(good.slice(0, good.length - (cut % 9)));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          try {
            assert.isTrue(readWav(bytes, 'a.wav').samples.every((x) => Number.isFinite(x)));
          } catch (error) {
            assert.instanceOf(error, FileError);
          }
        },
      ),
    );
  });
});
