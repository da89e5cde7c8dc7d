/**
 * What a sound of a report must be, said before the run that would make it: `like` and `bands` have rows of streams of sounds, what
 * is played has the channels that they say, and both have the same frames. In: the line's values; out: a mistake where they don't fit.
 */
import { channelsOf, type SoundFeatures } from '../../program/sound.ts';
import { printType } from '../types.ts';
import type { Context } from './context.ts';
import { misfit, type ReportCall } from './report-line.ts';

export function requireSound(context: Context, line: ReportCall): void {
  const { features, samples, bands } = line.values;
  const like = soundsOf(context, line, 'like');
  if (samples !== undefined) requireChannels(line, 'samples', 1);
  if (features !== undefined && like !== null) requireChannels(line, 'features', channelsOf(like));
  if (bands === undefined) return;
  const wanted = soundsOf(context, line, 'bands');
  if (wanted === null) return;
  if (wanted.edges === null)
    throw misfit(line, 'bands', 'takes mel bands, and these are all bins', {
      hint: 'Name a stream with `features: log_mel(40)`.',
    });
  requireChannels(line, 'bands', channelsOf(wanted));
  if (like !== null && framesOf(like) !== framesOf(wanted))
    throw misfit(
      line,
      'bands',
      `has frames of (${framesOf(wanted)}), and those of \`like\` are of (${framesOf(like)})`,
      { hint: 'Give both streams the same `rate`, `window`, `hop` and `emphasis`.' },
    );
}

/** How the rows of a value are heard; null where they differ in that. */
function soundsOf({ names }: Context, line: ReportCall, param: string): SoundFeatures | null {
  const { rows } = line.values[param];
  const sound = 'stream' in rows ? names.data.get(rows.stream)?.sound : undefined;
  if (sound !== undefined) return sound;
  throw misfit(line, param, 'takes a field of sounds', {
    hint: 'Name one of a `voices(...)` or `speech(...)` stream, such as `test.sound`.',
  });
}

function requireChannels(line: ReportCall, param: string, channels: number): void {
  const { type } = line.values[param].value;
  if (type.form === 'seq' && type.shape[0] === channels) return;
  const wanted = `seq[${channels}, T]`;
  throw misfit(line, param, `takes ${wanted}, and ${printType(type)} is given`, {
    hint: `Give it ${wanted}.`,
  });
}

const framesOf = ({ window, hop, emphasis }: SoundFeatures): string =>
  `window ${window} samples, hop ${hop}, emphasis ${emphasis}`;
