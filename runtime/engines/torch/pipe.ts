/**
 * Messages to and from a Python process that runs a program (ganc_torch/serve.py): four bytes (the header's length), a JSON
 * header, the bytes of the tensors that it lists. In: a child's streams; out: one answer for each request, in order.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { EngineError, type Tensor, type Tensors } from '../engine.ts';

export interface Message {
  readonly header: Readonly<Record<string, unknown>>;
  readonly tensors: Tensors;
}

type Listed = readonly [name: string, shape: readonly number[], type: 'F32' | 'F64'];

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts Python in a program's folder, where it finds ganc_torch, in a process group of its own: a terminal's Ctrl-C comes to
 * whoever asked for it, who passes it on.
 */
export function startPython(python: string, args: readonly string[], folder: string, env = {}): Pipe {
  const whole = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env };
  return new Pipe(
    spawn(python, args, { cwd: folder, env: whole, stdio: ['pipe', 'pipe', 'pipe'], detached: true }),
  );
}

/** A request and its answer at a time. */
export class Pipe {
  private readonly child: Child;
  private buffered: Buffer[] = [];
  private size = 0;
  private waiting: { needed: number; resolve(): void; reject(error: Error): void } | null = null;
  private said = '';
  private ended: Error | null = null;

  constructor(child: Child) {
    this.child = child;
    child.stdout.on('data', (part: Buffer) => this.arrived(part));
    child.stderr.on('data', (part: Buffer) => (this.said = (this.said + part.toString()).slice(-4000)));
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.end(error.message));
    this.closed = new Promise((resolve) => child.once('close', () => resolve()));
    child.on('close', (code, signal) => this.end(`it ended with ${signal ?? `code ${code ?? '?'}`}`));
  }

  /** Sends a message that has no answer; to a process that is gone, none. */
  tell(header: Message['header']): void {
    this.write(header, {});
  }

  /** What the process has written on its error output: the end of it. */
  get complaints(): string {
    return this.said;
  }

  /** Resolves when the process is gone, and its outputs are closed. */
  readonly closed: Promise<void>;

  /** Ends the process and those that it started. */
  kill(): void {
    if (this.ended !== null || this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }

  async ask(header: Message['header'], tensors: Tensors = {}): Promise<Message> {
    if (this.ended !== null) throw this.ended;
    this.write(header, tensors);
    return this.receive();
  }

  /** One write: the caller may use the tensors again once the answer is there, not before. */
  private write(header: Message['header'], tensors: Tensors): void {
    const listed = Object.entries(tensors).map(([name, { shape, data }]): Listed => {
      return [name, shape, data instanceof Float64Array ? 'F64' : 'F32'];
    });
    const text = Buffer.from(JSON.stringify({ ...header, tensors: listed }));
    const start = Buffer.alloc(4);
    start.writeUInt32LE(text.length);
    const bodies = Object.values(tensors).map(({ data }) =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    );
    this.child.stdin.write(Buffer.concat([start, text, ...bodies]));
  }

  /** The next message, or what the process died of. */
  async receive(): Promise<Message> {
    this.hold(true);
    try {
      return await this.message();
    } finally {
      this.hold(false);
    }
  }

  private async message(): Promise<Message> {
    const length = (await this.take(4)).readUInt32LE();
    const { tensors: listed, ...header } = JSON.parse((await this.take(length)).toString()) as {
      tensors: readonly Listed[];
    };
    const tensors: Record<string, Tensor> = {};
    for (const [name, shape, type] of listed) tensors[name] = await this.tensor(shape, type);
    const { error, trace } = header as { error?: string; trace?: string };
    if (error !== undefined) throw new Error(`the Python process failed: ${error}\n${trace ?? ''}`);
    return { header, tensors };
  }

  private async tensor(shape: readonly number[], type: Listed[2]): Promise<Tensor> {
    const count = shape.reduce((product, size) => product * size, 1);
    const bytes = await this.take(count * (type === 'F64' ? 8 : 4));
    const { buffer } = Uint8Array.from(bytes);
    return { shape, data: type === 'F64' ? new Float64Array(buffer) : new Float32Array(buffer) };
  }

  private take(needed: number): Promise<Buffer> {
    const ready = new Promise<void>((resolve, reject) => {
      if (this.size >= needed) return resolve();
      if (this.ended !== null) return reject(this.ended);
      this.waiting = { needed, resolve, reject };
    });
    return ready.then(() => {
      const all = this.buffered.length === 1 ? this.buffered[0] : Buffer.concat(this.buffered);
      this.buffered = [all.subarray(needed)];
      this.size -= needed;
      return all.subarray(0, needed);
    });
  }

  private arrived(part: Buffer): void {
    this.buffered.push(part);
    this.size += part.length;
    if (this.waiting === null || this.size < this.waiting.needed) return;
    const { resolve } = this.waiting;
    this.waiting = null;
    resolve();
  }

  private end(reason: string): void {
    const said = this.said.trim().split('\n').slice(-12).join('\n');
    this.ended ??= new EngineError(`the Python process is gone: ${reason}${said === '' ? '' : `\n${said}`}`);
    this.waiting?.reject(this.ended);
    this.waiting = null;
  }

  /** Whether the process keeps this one alive; while an answer is awaited it does. */
  private hold(held: boolean): void {
    for (const one of [this.child, this.child.stdin, this.child.stdout, this.child.stderr] as Socket[])
      if (held) one.ref();
      else one.unref();
  }
}
