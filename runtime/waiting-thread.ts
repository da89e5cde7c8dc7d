/**
 * A thread that is asked while the caller waits: what is known of a spec's data is said at once, and libraries that are WebAssembly
 * start asynchronously. In: where the thread starts, and requests. Out: its answers.
 */
import { MessageChannel, parentPort, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads';
import type { MessagePort, TransferListItem } from 'node:worker_threads';

/** What the thread is started with; `answered`: 1 where an answer lies in `answers`. */
interface Start {
  readonly answers: MessagePort;
  readonly answered: Int32Array;
}

interface Thread extends Start {
  readonly worker: Worker;
}

export interface WaitingThread<Request, Answer> {
  /** null: there was no answer for so many milliseconds, or none that can be received, or the thread has died; it is given up. */
  ask(request: Request, patience: number): Answer | null;
  /** The next request has another thread. */
  giveUp(): void;
}

/** One thread for all requests, started with the first; it doesn't keep the process alive. */
export function waitingThread<Request, Answer>(entry: URL): WaitingThread<Request, Answer> {
  let started: Thread | null = null;
  const giveUp = (): void => {
    void started?.worker.terminate();
    started = null;
  };
  const begun = (): Thread => {
    const thread = start(entry);
    // It may die while nobody waits. What it died of is not said, since nobody asked.
    thread.worker.on('error', () => undefined);
    thread.worker.on('exit', () => {
      if (started === thread) started = null;
    });
    return thread;
  };
  return {
    giveUp,
    ask(request, patience) {
      const { worker, answers, answered } = (started ??= begun());
      worker.postMessage(request);
      if (Atomics.wait(answered, 0, 0, patience) === 'timed-out') {
        giveUp();
        return null;
      }
      Atomics.store(answered, 0, 0);
      const received = receiveMessageOnPort(answers);
      if (received === undefined) giveUp();
      return received === undefined ? null : (received.message as Answer);
    },
  };
}

function start(entry: URL): Thread {
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(entry, {
    workerData: { answers: port2, answered } satisfies Start,
    transferList: [port2],
  });
  worker.unref();
  port1.unref();
  return { worker, answers: port1, answered };
}

/**
 * In the thread: answers each request. Whoever asks sleeps until the answer lies in the port, or the thread has died of what `answer`
 * rejects with.
 * `moved`: what of an answer is given away with it.
 */
export function answerRequests<Request, Answer>(
  answer: (request: Request) => Promise<Answer>,
  moved: (answer: Answer) => TransferListItem[],
): void {
  const { answers, answered } = workerData as Start;
  const wake = (): void => {
    Atomics.store(answered, 0, 1);
    Atomics.notify(answered, 0);
  };
  // Whoever sleeps hears nothing of the thread's end but this.
  process.once('exit', wake);
  parentPort?.on('message', (request: Request) => {
    void answer(request).then((found) => {
      answers.postMessage(found, moved(found));
      wake();
    });
  });
}
