/**
 * Sounds that aren't plain WAV: FLAC to the bit, Ogg and MP3 near what went in, WAV of unknown and of 64-bit sizes; cut and
 * damaged files. The files are made by test/cases/sounds/make.sh.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import fc from 'fast-check';
import { sources } from '../../runtime/catalogue.ts';
import { readSound } from '../../runtime/audio/read-sound.ts';
import { resampled } from '../../runtime/audio/resample.ts';
import { FileError } from '../../runtime/formats/file-error.ts';
import { readWav } from '../../runtime/formats/wav.ts';
import { root } from '../parity/host.ts';

const folder = join(root, 'test/cases/sounds');
const bytesOf = (name: string): Buffer => readFileSync(join(folder, name));
const sound = (name: string) => readSound(bytesOf(name), name);
const tone = sound('tone.wav');

/** 1 for the same sound, however loud. */
function likeness(a: Float64Array, b: Float64Array): number {
  const dot = (x: Float64Array, y: Float64Array): number =>
    x.reduce((sum, one, i) => sum + one * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('compressed sounds', () => {
  it('FLAC, also in Ogg, of 16 bits and of 24 in two channels, is the WAV to the bit', () => {
    for (const [flac, wav] of [
      ['tone.flac', 'tone.wav'],
      ['tone.oga', 'tone.wav'],
      ['deep.flac', 'deep.wav'],
    ])
      assert.deepEqual(sound(flac), sound(wav), flac);
  });

  it('Vorbis, Opus and MP3 are near it, as long and at their rate', () => {
    for (const [name, rate, wanted, least] of [
      ['tone.ogg', 16000, 'tone.wav', 0.999],
      ['tone.mp3', 16000, 'tone.wav', 0.99],
      // Opus changes phases: what its own decoder gives is compared.
      ['tone.opus', 48000, 'tone.opus.wav', 0.999],
    ] as const) {
      const heard = sound(name);
      assert.equal(heard.rate, rate, name);
      const samples = resampled(heard.samples, rate, 16000);
      assert.lengthOf(samples, tone.samples.length, name);
      assert.isAtLeast(likeness(samples, sound(wanted).samples), least, name);
    }
  });

  it('what is cut or damaged is refused with the reason; what is no sound says what is read', () => {
    const refused = (bytes: Uint8Array, message: RegExp, name?: string): void =>
      void assert.throws(() => readSound(bytes, 'x'), FileError, message, name);
    for (const name of ['tone.flac', 'tone.oga', 'tone.ogg', 'tone.opus'])
      refused(bytesOf(name).subarray(0, -700), /x: an? (FLAC|Ogg) file that is (cut|damaged)/, name);
    const damaged = bytesOf('tone.flac');
    damaged.fill(0x55, 2000, 2400);
    refused(damaged, /cut or damaged: it says 4800 samples/);
    refused(bytesOf('tone.flac').subarray(0, 30), /a FLAC file that is cut/);
    refused(bytesOf('tone.mp3').subarray(0, 50), /an MP3 file that is damaged/);
    refused(Buffer.from('OggS and nothing else'), /an Ogg file that is cut/);
    refused(Buffer.alloc(0), /x, byte 0: not a sound .*the file is empty/);
    refused(Buffer.from('\0\0\0\x20ftypM4A '), /WAV, FLAC, Ogg \(Vorbis, Opus\) and MP3 are; it begins with/);
  });

  it('whatever the bytes, it is sound or a FileError', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('deep.flac', 'tone.ogg', 'tone.opus', 'tone.mp3'),
        fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (name, changes) => {
          const bytes = bytesOf(name);
          for (const [at, value] of changes) if (at > 4 && at < bytes.length) bytes[at] = value;
          try {
            assert.isTrue(readSound(bytes, name).samples.every((x) => Number.isFinite(x)));
          } catch (error) {
            assert.instanceOf(error, FileError);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('speech reads them beside each other, counted when a spec is checked', () => {
    const at = mkdtempSync(join(tmpdir(), 'ganc-sounds-'));
    try {
      const kinds = {
        mary: ['tone.flac', 'tone.opus'],
        tom: ['tone.ogg', 'tone.mp3'],
        ann: ['tone.wav', 'streamed.wav'],
      };
      for (const [speaker, names] of Object.entries(kinds)) {
        mkdirSync(join(at, speaker));
        for (const name of names) copyFileSync(join(folder, name), join(at, speaker, name));
      }
      const args = { files: '<speaker>/*', speakers: 3, frames: 8, trim: false };
      const source = sources.speech.open(args, at);
      assert.notInstanceOf(source, Promise);
      assert.equal(sources.speech.describe(args, at)?.count, 18);
      assert.deepEqual(sources.speech.describe(args, at)?.classes, { speaker: ['ann', 'mary', 'tom'] });
    } finally {
      rmSync(at, { recursive: true });
    }
  });
});

describe('WAV of sizes that are not known', () => {
  const good = bytesOf('tone.wav');
  const sized = (riff: number, data: number, rest = 0): Buffer => {
    const bytes = Buffer.concat([good, Buffer.alloc(rest, 7)]);
    bytes.writeUInt32LE(riff, 4);
    bytes.writeUInt32LE(data, 40);
    return bytes;
  };
  const samples = (bytes: Uint8Array): Float64Array => readWav(bytes, 'a.wav').samples;

  it('as sox, ffmpeg and others write it into a pipe, to the last whole sample', () => {
    assert.deepEqual(sound('streamed.wav'), tone);
    for (const [riff, data] of [
      [0xffffffff, 0xffffffff],
      [0, 0],
      [0x7ffff024, 0x7ffff000],
    ])
      for (const odd of [0, 1]) assert.deepEqual(samples(sized(riff, data, odd)), tone.samples);
    assert.lengthOf(samples(sized(good.length - 8, 0)), 0);
  });

  for (const name of ['RF64', 'BW64'])
    it(`${name}: the sizes stand in a chunk of their own`, () => {
      const ds64 = Buffer.alloc(36);
      ds64.write('ds64');
      ds64.writeUInt32LE(28, 4);
      ds64.writeBigUInt64LE(BigInt(good.length + 28), 8);
      ds64.writeBigUInt64LE(9600n, 16);
      const bytes = Buffer.concat([
        good.subarray(0, 12),
        ds64,
        good.subarray(12),
        Buffer.from('LIST\x02\0\0\0ab'),
      ]);
      bytes.write(name);
      bytes.writeUInt32LE(0xffffffff, 4);
      bytes.writeUInt32LE(0xffffffff, 12 + 36 + 24 + 4);
      assert.deepEqual(samples(bytes), tone.samples);
      bytes.writeBigUInt64LE(9611n, 12 + 16);
      assert.throws(() => samples(bytes), FileError, /the chunk "data" says 9611 bytes, and 9610 follow/);
    });
});
