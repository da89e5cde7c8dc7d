/**
 * A run that Python trains: the program's own train.py has the loop, the checkpoints and metrics.jsonl (ganc_torch/watch.py).
 * Here it is started and watched, its reports are drawn as those of every target, from the state where it lies, and
 * whoever wants it to stop is heard. In: an opened run; out: events, files of reports, how it ended.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shellPath } from '../../grammar/shell-word.ts';
import { mappedFolder } from '../data/mapped-cache.ts';
import { EngineError } from '../engines/engine.ts';
import { launch, lostProcess } from '../engines/torch/launch.ts';
import type { Pipe } from '../engines/torch/pipe.ts';
import { pythonWithTorch } from '../engines/torch/python.ts';
import { stateOver } from '../engines/torch-engine.ts';
import { between, first } from '../health/looks.ts';
import { healthWatch } from '../health/watch.ts';
import { Interrupted } from '../reports/pulse.ts';
import { reporter } from '../reports/reports.ts';
import type { ReportContext } from '../reports/values.ts';
import { newestCheckpoint, type Best } from './checkpoint.ts';
import type { Applied, Logged } from './loop.ts';
import { keepUpTo, tell } from './health.ts';
import type { TrainingRequest } from './messages.ts';
import { metricsLine } from './metrics-file.ts';
import { report, type Reported } from './reporting.ts';
import { pulseIn, say } from './run.ts';
import { inside, RunDirectoryError } from './run-directory.ts';
import type { RunDirectory } from './run-directory.ts';
import type { Position } from './schedule.ts';
import { openData } from './session.ts';
import type { Outcome, Surroundings, TrainingEvent } from './training.ts';

/** What Python says: ganc_torch/watch.py. */
interface Told {
  readonly event?: TrainingEvent;
  /** Lines of all reports, by their number, that are due at this position. */
  readonly report?: readonly number[];
  /** It stands still before or after an iteration, for rules of health. */
  readonly look?: LookTold;
  readonly position?: Position;
  readonly applied?: Applied;
  readonly best?: Best | null;
  readonly ended?: Outcome;
  readonly refused?: string;
}

type LookTold =
  | { readonly when: 'before'; readonly iteration: number }
  | {
      readonly when: 'after';
      /** What iterations logged since the last look. */
      readonly logs: readonly { readonly iteration: number; readonly logged: Logged }[];
      readonly applied: { readonly before: Applied; readonly now: Applied };
    };

/** Milliseconds between two looks whether the run is to stop, and that processes have to end after they said how they did. */
const [look, farewell] = [100, 60_000];

/** Trains the run. Throws EngineError where there is no PyTorch, RunDirectoryError where the run can't go on. */
export async function trainByPython(
  run: RunDirectory,
  request: TrainingRequest,
  around: Surroundings,
): Promise<Outcome> {
  const { sources, reports } = await openData(run, run.manifest, request.threads);
  const program = resolve(run.program);
  const own = existsSync(join(program, 'data', 'index.json'));
  let data: string | null = null;
  try {
    const written = pulseIn(around, (field, share) => ({ kind: 'rows', field, share }));
    if (!own) data = mappedFolder(run.manifest, sources, written);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return { kind: 'stopped', iteration: reached(run) };
  }
  const { python } = await pythonWithTorch();
  const looks = request.health ? ([first, between] as const) : null;
  const pipe = launch({ ...request, python, program, run: resolve(run.path), data, looks });
  const stopping = setInterval(() => {
    if (!around.stopRequested()) return;
    pipe.tell({ do: 'stop' });
    clearInterval(stopping);
  }, look);
  try {
    const { best: judge } = run.info;
    const health = request.health ? { health: healthWatch(run.manifest, reports.streams) } : {};
    return await new Watched(run, reports, pipe, around, { judge, ...health }).outcome();
  } finally {
    clearInterval(stopping);
    pipe.kill();
  }
}

const reached = ({ path }: RunDirectory): number =>
  newestCheckpoint(inside(path).checkpoints)?.position.iteration ?? 0;

type Plan = NonNullable<Reported['plan']>;

class Watched {
  private readonly run: RunDirectory;
  private readonly reports: ReportContext;
  private readonly pipe: Pipe;
  private readonly around: Surroundings;
  private readonly plan: Plan;
  private iteration = 0;
  private began = false;

  constructor(run: RunDirectory, reports: ReportContext, pipe: Pipe, around: Surroundings, plan: Plan) {
    [this.run, this.reports, this.pipe, this.around, this.plan] = [run, reports, pipe, around, plan];
  }

  /** Hears everything until Python says how it ended, or is gone. */
  async outcome(): Promise<Outcome> {
    try {
      for (;;) {
        const told = (await this.pipe.receive()).header as Told;
        if (told.refused !== undefined) throw new RunDirectoryError(told.refused);
        if (told.ended !== undefined) return await this.ended(told.ended);
        if (told.look !== undefined) await this.look(told.look);
        if (told.report !== undefined) await this.draw(told as Required<Told>);
        if (told.event !== undefined) this.see(told.event);
      }
    } catch (error) {
      if (!(error instanceof EngineError) || !this.began) throw error;
      return this.gone(error);
    }
  }

  private see(event: TrainingEvent): void {
    if (event.kind === 'start') {
      this.began = true;
      keepUpTo(this.run.path, event.iteration);
    }
    if ('iteration' in event) this.iteration = event.iteration;
    this.around.emit(event);
  }

  /** What rules of health say, of the state where it lies. */
  private async look(told: LookTold): Promise<void> {
    const state = stateOver(this.pipe);
    if (told.when === 'before') await this.plan.health?.before(told.iteration, state);
    else {
      for (const { iteration, logged } of told.logs) {
        const line = (await this.plan.health?.after(iteration, logged, state, told.applied)) ?? null;
        tell({ path: this.run.path, around: this.around }, line);
      }
    }
    this.pipe.tell({ do: 'seen' });
  }

  /** Reports, and back to Python what belongs into metrics.jsonl and into the checkpoint. */
  private async draw({ report: lines, position, applied, best }: Required<Told>): Promise<void> {
    const { manifest, schedule } = this.reports;
    const all = manifest.reports.flatMap(({ items }) => items);
    const rows: object[] = [];
    const moment: Reported & { best: Best | null } = {
      path: this.run.path,
      trainer: { manifest, schedule },
      reporter: reporter(this.reports),
      around: this.around,
      state: stateOver(this.pipe),
      metrics: { append: (row) => void rows.push(JSON.parse(metricsLine(row)) as object) },
      position,
      applied,
      best,
      plan: this.plan,
    };
    try {
      await report(
        moment,
        lines.map((line) => all[line]),
      );
      this.pipe.tell({ do: 'reported', rows, best: moment.best });
    } catch (error) {
      this.pipe.tell({ do: 'interrupted' });
      if (!(error instanceof Interrupted)) throw error;
    }
  }

  /** Processes that wait for one that is gone are ended by torchrun, which then says which one that was. */
  private async ended(outcome: Outcome): Promise<Outcome> {
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((done) => void (late = setTimeout(done, farewell)));
    await Promise.race([this.pipe.closed, patience]);
    clearTimeout(late);
    const lost = outcome.kind === 'failed' ? lostProcess(this.pipe.complaints) : null;
    if (outcome.kind !== 'failed' || lost === null) return outcome;
    return { ...outcome, reason: `${outcome.reason} (${lost})` };
  }

  /** Python died without a word: by kill -9, or for want of memory. */
  private gone({ message }: Error): Outcome {
    const why = lostProcess(this.pipe.complaints) ?? message;
    const reason = `training failed: ${why}; \`ganc run --resume ${shellPath(this.run.path)}\` goes on from the newest checkpoint`;
    say({ path: this.run.path, around: this.around }, reason);
    return { kind: 'failed', iteration: this.iteration, reason };
  }
}
