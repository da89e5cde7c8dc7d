/**
 * Many sounds as files: a folder with a WAV for each row. In: the sound of the spec, how many rows; out: a folder that is there
 * whole or not at all.
 */
import { reporter } from '../runtime/reports/reports.ts';
import type { Moment } from '../runtime/reports/result.ts';
import type { ReportContext } from '../runtime/reports/values.ts';
import type { Shown } from './chosen.ts';
import { Exit, exitCodes } from './exit.ts';
import { inFolder, numbered, type FolderWanted, type Watch } from './sample-files.ts';

export interface SoundsWanted extends Pick<FolderWanted, 'out' | 'rows' | 'force' | 'notes'> {
  readonly item: Shown;
}

export async function writeSounds(
  context: ReportContext,
  moment: Moment,
  wanted: SoundsWanted,
  watch: Watch,
): Promise<void> {
  const { item, rows } = wanted;
  const pulse = (_: string, share: number): void => watch(Math.floor(share * rows), rows);
  const results = await reporter(context)([{ ...item, rows }], { ...moment, pulse });
  await inFolder(wanted, async (write) => {
    results.forEach((result, row) => {
      if (result.kind === 'problem') throw new Exit(exitCodes.failed, `no ${item.name}: ${result.reason}`);
      if (result.kind === 'file') write(`${numbered(row, rows)}.wav`, result.bytes);
    });
  });
}
