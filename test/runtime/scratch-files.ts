/** A folder of files for each test, and sources opened there. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { sources } from '../../runtime/catalogue.ts';
import type { OpenSource } from '../../runtime/data/source.ts';

export interface ScratchFiles {
  /** The folder. */
  at(): string;
  put(name: string, content: Uint8Array | string): void;
  open(source: string, args: SourceArguments): Promise<OpenSource>;
  /** Opening rejects with a FileError, or another error, whose sentence matches. */
  refused(source: string, args: SourceArguments, message: RegExp): Promise<void>;
}

/** To be called in a `describe`. */
export function scratchFiles(): ScratchFiles {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ganc-data-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const open: ScratchFiles['open'] = async (source, args) => sources[source].open(args, folder);
  return {
    at: () => folder,
    put(name, content) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), content);
    },
    open,
    async refused(source, args, message) {
      const error = await open(source, args).then(
        () => assert.fail(`${source} ${JSON.stringify(args)} opens`),
        (thrown: Error) => thrown,
      );
      assert.match(error.message, message);
    },
  };
}

/** Every row of a field, one after the other. */
export const all = (source: OpenSource, field: string): number[] => {
  const out = new Float64Array(
    source.count * source.fields[field].shape.reduce<number>((a, b) => a * Number(b), 1),
  );
  source.read(field, { from: 0, to: source.count }, out);
  return [...out];
};
