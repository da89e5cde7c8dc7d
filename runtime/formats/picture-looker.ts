/** The thread that tries pictures: of each file that is asked for, why it can't be read. Whoever asks sleeps (picture-thread.ts). */
import { readFile } from 'node:fs/promises';
import { answerRequests } from '../waiting-thread.ts';
import { FileError } from './file-error.ts';
import { readPicture } from './picture.ts';

/** Paths. */
export type LookRequest = readonly string[];

/** By file, null of one that can be read; or what stands against reading any. */
export type LookAnswer = { readonly reasons: readonly (string | null)[] } | { readonly failure: string };

/** Throws what has nothing to do with this picture. */
async function reasonOf(path: string): Promise<string | null> {
  try {
    await readPicture(await readFile(path), path);
    return null;
  } catch (error) {
    if (!(error instanceof FileError) || error.path !== path) throw error;
    return error.message.slice(path.length).replace(/^[:,] /, '');
  }
}

async function answerTo(paths: LookRequest): Promise<LookAnswer> {
  try {
    return { reasons: await Promise.all(paths.map(reasonOf)) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

answerRequests(answerTo, () => []);
