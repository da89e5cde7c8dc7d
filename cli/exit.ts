/** How `ganc` ends: the codes, and the errors that a person caused and can mend (one sentence, no stack). */
import { diskError } from '../runtime/disk.ts';

export const exitCodes = {
  fine: 0,
  diagnostics: 1,
  /** Of `ganc diff`. */
  different: 1,
  usage: 2,
  noEngine: 3,
  failed: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Where a command hands its work to: it ends with the code that comes of it. */
export type Done = (work: Promise<ExitCode>) => Promise<void>;

/** Ends the command with a sentence that says what is wrong and what to do; an empty one was said already. */
export class Exit extends Error {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message = '') {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Errors whose message is meant for people, by their class's name, here and in the training thread. */
const ours: Readonly<Record<string, ExitCode>> = {
  DiskError: exitCodes.usage,
  EngineError: exitCodes.noEngine,
  FileError: exitCodes.usage,
  RunDirectoryError: exitCodes.usage,
  ScheduleError: exitCodes.usage,
  SetupError: exitCodes.noEngine,
};

/** What to say and how to end for anything that was thrown; null if it is a mistake of ganc's own. */
export function asExit(error: unknown): Exit | null {
  if (!(error instanceof Error)) return null;
  // By its form: a loader may have read this file twice.
  if ('exitCode' in error) return error as Exit;
  const kind = 'kind' in error && typeof error.kind === 'string' ? error.kind : error.constructor.name;
  if (Object.hasOwn(ours, kind)) return new Exit(ours[kind], error.message);
  const disk = diskError(error);
  return disk === null ? null : new Exit(exitCodes.usage, disk.message);
}
