/**
 * The thread that decodes: for each file that is asked for, its samples or why there are none. Whoever asks sleeps until
 * the answer lies in the port (decoder-thread.ts), so every way out of here has to wake it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { decode } from './decode.ts';
import type { CompressedKind, Decoded } from './decode.ts';

/** What the thread is started with; `answered`: 1 where an answer lies in `answers`. */
export interface DecoderStart {
  readonly answers: MessagePort;
  readonly answered: Int32Array;
}

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

const { answers, answered } = workerData as DecoderStart;

async function answerTo({ kind, bytes }: DecoderRequest): Promise<DecoderAnswer> {
  try {
    return { decoded: await decode(kind, bytes) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (request: DecoderRequest) => {
  void answerTo(request).then((answer) => {
    answers.postMessage(answer, 'decoded' in answer ? [answer.decoded.samples.buffer as ArrayBuffer] : []);
    Atomics.store(answered, 0, 1);
    Atomics.notify(answered, 0);
  });
});
