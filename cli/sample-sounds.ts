/**
 * Many sounds as files: a folder with a WAV for each row. In: the sound of the spec, how many rows; out: a folder that is there
 * whole or not at all.
 */
import { folderInMaking } from '../runtime/atomic.ts';
import { reporter } from '../runtime/reports/reports.ts';
import type { Moment } from '../runtime/reports/result.ts';
import type { ReportContext } from '../runtime/reports/values.ts';
import type { Shown } from './chosen.ts';
import { Exit, exitCodes } from './exit.ts';
import { marker, type Watch } from './sample-files.ts';

export interface SoundsWanted {
  readonly out: string;
  readonly item: Shown;
  readonly rows: number;
  readonly force: boolean;
  /** samples.json: what they are. */
  readonly notes: Readonly<Record<string, unknown>>;
}

export async function writeSounds(
  context: ReportContext,
  moment: Moment,
  { out, item, rows, force, notes }: SoundsWanted,
  watch: Watch,
): Promise<void> {
  const pulse = (_: string, share: number): void => watch(Math.floor(share * rows), rows);
  const results = await reporter(context)([{ ...item, rows }], { ...moment, pulse });
  const folder = folderInMaking(out);
  const digits = String(Math.max(0, rows - 1)).length;
  try {
    results.forEach((result, row) => {
      if (result.kind === 'problem') throw new Exit(exitCodes.failed, `no ${item.name}: ${result.reason}`);
      if (result.kind === 'file') folder.write(`${String(row).padStart(digits, '0')}.wav`, result.bytes);
    });
    folder.write(marker, `${JSON.stringify(notes, null, 1)}\n`);
    folder.finish(force);
  } catch (error) {
    folder.abandon();
    throw error;
  }
}
