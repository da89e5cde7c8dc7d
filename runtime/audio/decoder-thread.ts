/**
 * Compressed sounds decoded while the caller waits: sources count their rows when a spec is checked, which is at once, and
 * the decoders start asynchronously, in a thread. In: a file's bytes. Out: its samples, one channel.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { FileError } from '../formats/file-error.ts';
import type { Wave } from '../formats/wav.ts';
import type { CompressedKind } from './decode.ts';
import type { DecoderAnswer, DecoderRequest, DecoderStart } from './decoder.ts';

interface Thread {
  readonly worker: Worker;
  readonly answers: MessagePort;
  readonly answered: Int32Array;
}

/** Milliseconds after which a thread that doesn't answer is given up: a minute, and as long as a slow machine needs. */
const patience = (bytes: Uint8Array): number => 60_000 + bytes.length / 100;

const article: Readonly<Record<CompressedKind, string>> = { FLAC: 'a', Ogg: 'an', MP3: 'an' };

let started: Thread | null = null;

/** One thread for all files; it doesn't keep the process alive. */
function thread(): Thread {
  if (started !== null) return started;
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./decoder-entry.js', import.meta.url), {
    workerData: { answers: port2, answered } satisfies DecoderStart,
    transferList: [port2],
  });
  worker.unref();
  port1.unref();
  return (started = { worker, answers: port1, answered });
}

/** Throws FileError where the file is damaged or cut. */
export function decodeWaiting(kind: CompressedKind, bytes: Uint8Array, path: string): Wave {
  const { worker, answers, answered } = thread();
  worker.postMessage({ kind, bytes } satisfies DecoderRequest);
  if (Atomics.wait(answered, 0, 0, patience(bytes)) === 'timed-out') {
    void worker.terminate();
    started = null;
    throw new FileError(path, null, `the decoder of ${kind} does not answer`);
  }
  Atomics.store(answered, 0, 0);
  const answer = receiveMessageOnPort(answers)?.message as DecoderAnswer;
  if ('failure' in answer)
    throw new FileError(path, null, `${article[kind]} ${kind} file that is ${answer.failure}`);
  const { rate, samples } = answer.decoded;
  return { rate, samples: Float64Array.from(samples) };
}
