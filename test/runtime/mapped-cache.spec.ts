/** Rows that are kept for programs of their own: written once, whoever writes them first. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import type { Manifest } from '../../program/manifest.ts';
import { mappedFolder } from '../../runtime/data/mapped-cache.ts';
import { tableSource } from '../../runtime/data/table.ts';
import { within } from '../cli/other-cache.ts';
import { scratchFiles } from './scratch-files.ts';

const { at } = scratchFiles();
const graphs = {
  step: { inputs: [{ name: 'x', from: { kind: 'field', stream: 'd', field: 'x' } }], outputs: [] },
};
const manifest = {
  float: 'float64',
  streams: [{ name: 'd', source: 'csv', args: {} }],
  graphs,
} as unknown as Manifest;

describe('rows kept for programs of their own', () => {
  it('are those of the run that is done first, where two write them', () =>
    within(join(at(), 'cache'), null, async () => {
      const opened = { d: tableSource({ x: { kind: 'vec', shape: [2] } }, { x: { data: [1, 2, 3, 4] } }) };
      let other: string | null = null;
      const folder = mappedFolder(manifest, opened, () => {
        other ??= mappedFolder(manifest, opened);
      });
      assert.equal(folder, other);
      assert.lengthOf(readdirSync(join(folder, '../..')), 1);
      assert.deepEqual([...readFileSync(join(folder, 'd.x.bin'))], [0, 1, 2, 3]);
    }));
});
