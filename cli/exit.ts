/** How `ganc` ends: the codes, and the errors that a person caused and can mend (one sentence, no stack). */

export const exitCodes = {
  fine: 0,
  diagnostics: 1,
  usage: 2,
  noEngine: 3,
  failed: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

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
  const system = systemError(error);
  return system === null ? null : new Exit(exitCodes.usage, system);
}

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'it is there already',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
};

function systemError(error: Error): string | null {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || path === undefined) return null;
  return `${path}: ${systemReasons[code] ?? code}`;
}
