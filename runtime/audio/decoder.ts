/**
 * The thread that decodes: for each file that is asked for, its samples or why there are none. Whoever asks sleeps until
 * the answer lies in the port (decoder-thread.ts), so every way out of here has to wake it.
 */
import { decode } from './decode.ts';
import type { CompressedKind, Decoded } from './decode.ts';
import { answerRequests } from '../waiting-thread.ts';

export interface DecoderRequest {
  readonly kind: CompressedKind;
  readonly bytes: Uint8Array;
}

export type DecoderAnswer = { readonly decoded: Decoded } | { readonly failure: string };

// The decoders print each fault that they find and go on, mpg123's for ever: the first one ends the work on a file.
console.error = (text: unknown): never => {
  throw new Error(
    `damaged: ${String(text)
      .replace(/^.*decoders?[^:]*:\s*/, '')
      .trim()}`,
  );
};

async function answerTo({ kind, bytes }: DecoderRequest): Promise<DecoderAnswer> {
  try {
    return { decoded: await decode(kind, bytes) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

answerRequests(answerTo, (answer) =>
  'decoded' in answer ? [answer.decoded.samples.buffer as ArrayBuffer] : [],
);
