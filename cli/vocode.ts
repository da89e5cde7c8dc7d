/**
 * `ganc convert --vocoder RUN`: features that one run made, as sound by another, a trained vocoder, in the place of Griffin-Lim.
 * In: a line that plays features, the vocoder's run; out: a WAV file. Both must mean the same by a feature.
 */
import type { Manifest } from '../program/manifest.ts';
import type { SoundFormat } from '../runtime/audio/features.ts';
import type { Tensor } from '../runtime/engines/engine.ts';
import { writeNamedFile } from '../runtime/atomic.ts';
import { reporter } from '../runtime/reports/reports.ts';
import { formatOf, framing, soundFormat, valuesMade } from '../runtime/reports/sounds/format.ts';
import type { StreamFormat } from '../runtime/reports/sounds/sound.ts';
import { featuresAt } from '../runtime/reports/sounds/speech.ts';
import type { Moment } from '../runtime/reports/result.ts';
import { sampleValue } from '../runtime/reports/values.ts';
import type { ReportContext } from '../runtime/reports/values.ts';
import { linesOf, opened } from './chosen.ts';
import type { Shown } from './chosen.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { fieldsRead } from './feed.ts';
import type { Feeds } from './feed.ts';
import { contextFor, momentOf, programOf } from './sampled.ts';
import type { Placing } from './sampled.ts';
import type { Terminal } from './terminal.ts';

export interface VocodeOptions extends Placing {
  readonly vocoder: string;
  readonly out: string;
  /** Of the conversion; of the vocoder it is the newest. */
  readonly checkpoint?: string;
  readonly quiet: boolean;
}

/** `line`: a sound of the run at `path` that plays features. Throws Exit where the vocoder's features are others. */
export async function vocode(
  path: string,
  line: Shown,
  feed: Feeds,
  options: VocodeOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const vocoder = vocoderOf(options.vocoder);
  if (line.fn !== 'speech')
    throw new Exit(exitCodes.usage, `${line.name} makes samples itself: it needs no --vocoder`);
  const format = soundFormat(opened(path, options.checkpoint).run.manifest, line.values);
  requireAlike(path, format, options.vocoder, vocoder.format);
  const { made, iteration } = await featuresOf(path, line, feed, format, options, terminal);
  const [low, high] = vocoder.format.range;
  const sound: Tensor = {
    shape: [made.channels, made.frames],
    data: made.data.map((x) => low + x * (high - low)),
  };
  const placing = { ...options, checkpoint: undefined };
  const { context, moment } = await atCheckpoint(options.vocoder, vocoder.line, { sound }, placing, terminal);
  const [result] = await reporter(context)([{ ...vocoder.line, rows: 1 }], moment);
  if (result.kind !== 'file')
    throw new Exit(exitCodes.failed, `no ${vocoder.line.name}: ${'reason' in result ? result.reason : ''}`);
  writeNamedFile(options.out, result.bytes);
  if (!options.quiet) {
    const by = `${vocoder.line.name} of ${options.vocoder}`;
    terminal.err(`${options.out}: from iteration ${iteration}, by ${by}\n`);
  }
  return exitCodes.fine;
}

interface Vocoder {
  readonly line: Shown;
  /** Of the features that it reads. */
  readonly format: StreamFormat;
}

/** The run's only line that makes sound of features alone, of any length. */
function vocoderOf(path: string): Vocoder {
  const { manifest } = opened(path, undefined).run;
  const fitting = linesOf(manifest).flatMap((line): Vocoder[] => {
    const format = featuresRead(manifest, line);
    return format === null ? [] : [{ line, format }];
  });
  if (fitting.length === 1) return fitting[0];
  const names = fitting.map(({ line }) => line.name).join(', ');
  const wanted =
    'a vocoder plays what is made of the sound of a stream with frames: all, and reads nothing else of it';
  throw new Exit(
    exitCodes.usage,
    fitting.length === 0
      ? `${path} is no vocoder: ${wanted}`
      : `which of ${path} is the vocoder? ${names} each play what is made of features: leave one`,
  );
}

/** Of the only field that the line reads, if that is the sound of a stream of any length. */
function featuresRead(manifest: Manifest, line: Shown): StreamFormat | null {
  if (line.kind !== 'sound') return null;
  try {
    const { stream, fields } = fieldsRead(manifest, Object.values(valuesMade(line)), line.name);
    const entry = manifest.streams.find(({ name }) => name === stream);
    const anyLength = typeof entry?.fields.sound?.shape[1] === 'string';
    return entry !== undefined && anyLength && fields.join() === 'sound' ? formatOf(entry) : null;
  } catch (error) {
    if (error instanceof Exit) return null;
    throw error;
  }
}

interface Features {
  readonly made: ReturnType<typeof featuresAt>;
  /** Of the checkpoint that made them. */
  readonly iteration: number;
}

/** The features that the line would play, in [0, 1]. */
async function featuresOf(
  path: string,
  line: Shown,
  feed: Feeds,
  format: StreamFormat,
  options: VocodeOptions,
  terminal: Terminal,
): Promise<Features> {
  const { context, moment } = await atCheckpoint(path, line, feed, options, terminal);
  const made = featuresAt(await sampleValue(context, moment, line.values.features, 1), 0, format);
  if (made.data.some((x) => !Number.isFinite(x)))
    throw new Exit(exitCodes.failed, `no ${line.name}: the features are not finite numbers`);
  return { made, iteration: moment.iteration };
}

async function atCheckpoint(
  path: string,
  item: Shown,
  feed: Feeds,
  options: Placing & { readonly checkpoint?: string },
  terminal: Terminal,
): Promise<{ context: ReportContext; moment: Moment & { readonly iteration: number } }> {
  const { run, checkpoint } = opened(path, options.checkpoint);
  const { program, place } = await programOf(run, options, terminal);
  const { engine, context } = await contextFor(run, program, place, { item }, { feed });
  return { context, moment: await momentOf(run, program, checkpoint, engine, context) };
}

function requireAlike(path: string, run: StreamFormat, vocoderPath: string, vocoder: StreamFormat): void {
  const [own, wanted] = [described(run.format), described(vocoder.format)];
  if (own === wanted) return;
  throw new Exit(
    exitCodes.usage,
    `${vocoderPath} reads other features than ${path} makes: ${wanted}, not ${own}: train a vocoder on a stream like the run's`,
  );
}

/** What a feature is: two formats with one text are the same. */
const described = (format: SoundFormat): string =>
  `${format.mel === null ? 'log_magnitude' : `log_mel(${format.channels})`}, ${framing(format)}`;
