/**
 * Trains a spec and follows it in MLflow, by its REST API: losses, objectives and metrics as curves, params, pictures and sounds
 * as artifacts, what rules of health say as a tag. In: a spec, and values for its params; out: a run directory, and a run in MLflow.
 *
 *     MLFLOW_TRACKING_URI=http://127.0.0.1:5000 npx tsx mlflow.ts my.gan steps=2000
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { compile, render } from 'ganc';
import { train, type Outcome, type TrainingEvent } from 'ganc/runtime';

const server = process.env.MLFLOW_TRACKING_URI ?? 'http://127.0.0.1:5000';
/** What MLflow takes at once. */
const most = { metrics: 1000, params: 100 };
/** Milliseconds between two requests with what has come meanwhile. */
const pause = 2000;

interface Metric {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  readonly timestamp: number;
}

/** What is read of MLflow's answers. */
interface Answer {
  readonly experiments?: readonly { readonly experiment_id: string }[];
  readonly experiment_id?: string;
  readonly run?: { readonly info: { readonly run_id: string; readonly artifact_uri: string } };
}

async function ask(method: string, path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Answer> {
  const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
  const answer = await fetch(`${server}${path}`, { method, body, headers: { 'content-type': type } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text || '{}') as Answer;
}

const post = (call: string, body: object): Promise<Answer> =>
  ask('POST', `/api/2.0/mlflow/${call}`, JSON.stringify(body));

/** The id of the experiment of that name, which is made where there is none. */
async function experimentOf(name: string): Promise<string> {
  const found = await post('experiments/search', { max_results: 1, filter: `name = '${name}'` });
  const id =
    found.experiments?.[0]?.experiment_id ?? (await post('experiments/create', { name })).experiment_id;
  if (id === undefined) throw new Error(`there is no experiment ${name}, and none was made`);
  return id;
}

class Tracked {
  private metrics: Metric[] = [];
  /** Requests one after the other; a server that is gone ends the following, not the training. */
  private sent: Promise<unknown> = Promise.resolve();
  private lost = false;
  private readonly timer = setInterval(() => this.flush(), pause);
  private readonly id: string;
  /** Where artifacts go, on a server that takes them; null: it keeps them elsewhere. */
  private readonly artifacts: string | null;

  constructor({ run_id, artifact_uri }: NonNullable<Answer['run']>['info']) {
    this.id = run_id;
    const place = /^mlflow-artifacts:\/+(.*)$/.exec(artifact_uri)?.[1];
    this.artifacts = place === undefined ? null : `/api/2.0/mlflow-artifacts/artifacts/${place}`;
  }

  static async begin(name: string, params: Readonly<Record<string, unknown>>): Promise<Tracked> {
    const experiment_id = await experimentOf('ganc');
    const { run } = await post('runs/create', { experiment_id, run_name: name, start_time: Date.now() });
    if (run === undefined) throw new Error('MLflow made no run');
    const tracked = new Tracked(run.info);
    const all = Object.entries(params).map(([key, value]) => ({ key, value: String(value) }));
    for (let i = 0; i < all.length; i += most.params)
      await post('runs/log-batch', { run_id: run.info.run_id, params: all.slice(i, i + most.params) });
    return tracked;
  }

  /** For `onEvent`: returns at once. */
  readonly take = (event: TrainingEvent): void => {
    if (event.kind === 'iteration') {
      const { losses, objectives } = event.logged;
      for (const [name, value] of Object.entries(losses)) this.log(`loss/${name}`, value, event.iteration);
      for (const [name, value] of Object.entries(objectives))
        this.log(`objective/${name}`, value, event.iteration);
    } else if (event.kind === 'metric') this.log(event.name, event.value, event.iteration);
    else if (event.kind === 'file') this.upload(event.path);
    else if (event.kind === 'health')
      this.send(() => post('runs/set-tag', { run_id: this.id, key: 'health', value: event.text }));
  };

  async end(outcome: Outcome): Promise<void> {
    clearInterval(this.timer);
    this.flush();
    const status = { done: 'FINISHED', stopped: 'KILLED', failed: 'FAILED' }[outcome.kind];
    this.send(() => post('runs/update', { run_id: this.id, status, end_time: Date.now() }));
    await this.sent;
  }

  private log(key: string, value: number, step: number): void {
    this.metrics.push({ key, value, step, timestamp: Date.now() });
    if (this.metrics.length >= most.metrics) this.flush();
  }

  private flush(): void {
    const metrics = this.metrics.splice(0, most.metrics);
    if (metrics.length > 0) this.send(() => post('runs/log-batch', { run_id: this.id, metrics }));
  }

  private upload(path: string): void {
    const { artifacts } = this;
    if (artifacts === null) return;
    this.send(() =>
      ask('PUT', `${artifacts}/${encodeURIComponent(basename(path))}`, new Uint8Array(readFileSync(path))),
    );
  }

  private send(request: () => Promise<unknown>): void {
    this.sent = this.sent.then(async () => {
      if (this.lost) return;
      try {
        await request();
      } catch (error) {
        this.lost = true;
        console.error(
          `MLflow is not followed any more: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    });
  }
}

const [path, ...given] = process.argv.slice(2);
if (path === undefined) throw new Error('which spec? npx tsx mlflow.ts my.gan steps=2000');
const set = Object.fromEntries(given.map((one) => one.split('=', 2) as [string, string]));
const { program, diagnostics } = compile({ path, text: readFileSync(path, 'utf8') }, { set });
if (program === undefined) throw new Error(render(diagnostics));
const { name, params } = program.manifest;
const tracked = await Tracked.begin(name, params);
const { path: run, outcome } = await train(program, { onEvent: tracked.take });
await tracked.end(outcome);
console.log(`${run}: ${outcome.kind} after iteration ${outcome.iteration}`);
