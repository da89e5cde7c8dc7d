/** How long a phase is in iterations, for rules that look at it over time. In: a phase; out: counts, as far as data tells them. */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { evaluateHost, timesIn, type HostExpr } from '../../program/host.ts';
import type { Length } from '../../program/manifest.ts';
import type { Analysis, AnalysedUpdate } from '../analyse/analysis.ts';
import { updatesIn, type PhaseInfo } from '../model.ts';

export interface Iterations {
  readonly all: number;
  /** Of one epoch of the phase's stream; null: not known, or it has none. */
  readonly epoch: number | null;
  /** What the spec counts it in. */
  readonly unit: Length['unit'];
}

/** null: not known before data is there, or the phase takes what others leave. */
export function iterationsOf({ names, batches, schedule }: Analysis, phase: PhaseInfo): Iterations | null {
  const length = phase.length ?? (schedule?.phases.length === 1 ? schedule.length : null);
  if (length === null) return null;
  const { count, unit } = length;
  const stream = length.of ?? phase.clock;
  const rows = stream === null ? undefined : names.data.get(stream)?.description?.count;
  const batch = stream === null ? undefined : batches.get(stream);
  const epoch = rows === undefined || batch === undefined ? null : Math.max(1, Math.floor(rows / batch));
  if (unit === 'steps') return { all: count, epoch, unit };
  return epoch === null ? null : { all: count * epoch, epoch, unit };
}

const looks = 200;

/** A number at a moment of its phase, which is `step 5` or `epoch 5`. */
interface Moment {
  readonly value: number;
  readonly place: string;
}

/** A number that changes with time, from a phase's first iteration to its last; none where epochs are not known. */
export function momentsOf(number: HostExpr, { all, epoch, unit }: Iterations): Moment[] {
  if (epoch === null && timesIn(number).some((name) => name.startsWith('epoch'))) return [];
  return Array.from({ length: looks + 1 }, (_, i) => {
    const step = Math.round(((all - 1) * i) / looks);
    const epochs = epoch === null ? 0 : step / epoch;
    const time = { step, progress: step / all, epochs, epoch: Math.floor(epochs) };
    const place = unit === 'steps' ? `step ${step}` : `epoch ${time.epoch}`;
    return { value: evaluateHost(number, { time }), place };
  });
}

/** What a rule has to say of the updates of each phase whose length is known. */
export const overPhases = (
  analysis: Analysis,
  look: (updates: readonly AnalysedUpdate[], iterations: Iterations) => readonly Diagnostic[],
): Diagnostic[] =>
  (analysis.schedule?.phases ?? []).flatMap((phase) => {
    const iterations = iterationsOf(analysis, phase);
    return iterations === null ? [] : look(updatesDuring(analysis, phase), iterations);
  });

/** The updates of a phase, in the order of the spec. */
export function updatesDuring({ schedule }: Analysis, { body }: PhaseInfo): readonly AnalysedUpdate[] {
  const here = new Set(updatesIn(body).map(({ declaration }) => declaration));
  return (schedule?.updates ?? []).filter(({ declaration }) => here.has(declaration));
}
