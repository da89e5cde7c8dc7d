/** WAV files of every coding, for tests; and sounds to put into them. */

export interface WaveOptions {
  readonly bits: 8 | 16 | 24 | 32 | 64;
  readonly float?: boolean;
  readonly extensible?: boolean;
  readonly rate?: number;
  /** Chunks before the sound's. */
  readonly before?: Uint8Array;
}

/** Channels of samples in [-1, 1] as a WAV file. */
export function waveBytes(channels: readonly (readonly number[])[], options: WaveOptions): Uint8Array {
  const { bits, float = false, extensible = false, rate = 16000, before = new Uint8Array(0) } = options;
  const frame = (channels.length * bits) / 8;
  const format = Buffer.alloc(extensible ? 48 : 24);
  format.write('fmt ');
  format.writeUInt32LE(format.length - 8, 4);
  format.writeUInt16LE(extensible ? 0xfffe : float ? 3 : 1, 8);
  format.writeUInt16LE(channels.length, 10);
  format.writeUInt32LE(rate, 12);
  format.writeUInt32LE(rate * frame, 16);
  format.writeUInt16LE(frame, 20);
  format.writeUInt16LE(bits, 22);
  if (extensible) {
    format.writeUInt16LE(22, 24);
    format.writeUInt16LE(bits, 26);
    format.writeUInt16LE(float ? 3 : 1, 32);
  }
  const sound = Buffer.concat(
    channels[0].flatMap((_, n) => channels.map((channel) => sample(channel[n], bits, float))),
  );
  const data = Buffer.alloc(8);
  data.write('data');
  data.writeUInt32LE(sound.length, 4);
  const chunks = Buffer.concat([format, before, data, sound]);
  const head = Buffer.alloc(12);
  head.write('RIFF');
  head.writeUInt32LE(4 + chunks.length, 4);
  head.write('WAVE', 8);
  return Buffer.concat([head, chunks]);
}

function sample(x: number, bits: number, float: boolean): Buffer {
  const out = Buffer.alloc(bits / 8);
  if (float) {
    if (bits === 32) out.writeFloatLE(x);
    else out.writeDoubleLE(x);
  } else if (bits === 8) out.writeUInt8(Math.min(255, Math.round(x * 128 + 128)));
  else out.writeIntLE(Math.min(2 ** (bits - 1) - 1, Math.round(x * 2 ** (bits - 1))), 0, bits / 8);
  return out;
}

/** A sine of so many seconds. */
export function tone(hertz: number, seconds: number, rate = 16000, amplitude = 0.5): number[] {
  return Array.from(
    { length: Math.round(seconds * rate) },
    (_, n) => amplitude * Math.sin((2 * Math.PI * hertz * n) / rate),
  );
}
