/**
 * Emitted programs read as somebody who knows PyTorch would write them: each derivative is taken by the weights that the
 * manifest gives its update, names are the spec's and the language's, a program is at most half as long again as the one
 * written by hand, and `python train.py` trains with nothing on the path.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe } from 'mocha';
import type { Program } from '../../compiler/compiled.ts';
import { opNames } from '../../compiler/ir/primitives/catalog.ts';
import { prelude } from '../../compiler/prelude/prelude.ts';
import { functions } from '../../compiler/vocabulary/functions.ts';
import { layers } from '../../compiler/vocabulary/layers.ts';
import { load, programFrom, programOf, root } from '../parity/host.ts';
import { built, python, scratch, written } from './built.ts';
import { itOnTorch } from './where.ts';

/** What readable.py says of a program. */
interface Read {
  readonly updates: Readonly<Record<string, { readonly trained: string[]; readonly derivatives: number }>>;
  readonly tables: Readonly<Record<string, string[]>>;
  readonly names: readonly string[];
  readonly lines: number;
}

/** What programs call things that neither the spec nor the language's tables name; the last three are a game's players. */
const own =
  'weights objective statistics total product difference ratio concat padded crop made box moved discriminator generator encoder';

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^a-z0-9]+/);

/** Words that the language's own functions call their parts by: whole ones, no letters with numbers. */
const parts = ['functions', 'layers'].flatMap((folder) =>
  readdirSync(join(root, 'compiler/vocabulary', folder)).flatMap((name) =>
    wordsOf(load(`compiler/vocabulary/${folder}/${name}`).text).filter((word) => /^[a-z]{4,}$/.test(word)),
  ),
);

/** Words of a spec and of all files that it may import. */
function vocabularyOf(path: string): Set<string> {
  const imported = readdirSync(join(root, 'specs/parts')).map((name) => load(`specs/parts/${name}`).text);
  const language = [...Object.keys(functions), ...Object.keys(layers), ...opNames].join(' ');
  return new Set([...wordsOf([load(path).text, ...imported, prelude, language, own].join(' ')), ...parts]);
}

/** A name without the numbers that tell it from others: dense_3, nll_2. */
const strange = (name: string, known: Set<string>): boolean =>
  wordsOf(name.replace(/(_\d+)+$/, '')).some((word) => word !== '' && !known.has(word));

const shipped = readdirSync(join(root, 'specs')).filter((name) => name.endsWith('.gan'));
const compared = ['specs/infogan.gan', 'bench/specs/mlp-gan.gan', 'bench/specs/mlp-wgan-gp.gan'];

describe('PyTorch: emitted programs', () => {
  itOnTorch('read as one would write them', async () => {
    const full = compared.map((path) =>
      programOf(path, { target: 'torch', profile: path === compared[0] ? 'paper' : undefined }),
    );
    const tiny = shipped.map((name) => programOf(`specs/${name}`, { target: 'torch', profile: 'tiny' }));
    const all: readonly Program[] = [...full, ...tiny];
    const folders = all.map((program) => written(program));
    const script = join(root, 'test/torch/readable.py');
    const { code, out, err } = await python(1, [script, ...folders, join(root, 'bench/pytorch')]);
    assert.equal(code, 0, err);
    const { programs, hand } = JSON.parse(out) as { programs: Read[]; hand: Record<string, number> };
    const paths = [...compared, ...shipped.map((name) => `specs/${name}`)];
    for (const [i, { manifest }] of all.entries()) {
      const { updates, tables, names } = programs[i];
      assert.sameMembers(
        Object.keys(updates),
        manifest.updates.map(({ name }) => name),
      );
      for (const { name, networks } of manifest.updates) {
        const weights = networks.flatMap((network) =>
          manifest.state.filter((entry) => entry.network === network && entry.role === 'weight'),
        );
        assert.deepEqual(
          updates[name].trained,
          weights.map((entry) => entry.name),
          `${paths[i]} ${name}`,
        );
        assert.equal(updates[name].derivatives, 1, `${paths[i]} ${name}`);
        assert.deepEqual(tables[name], [...networks]);
      }
      const known = vocabularyOf(paths[i]);
      assert.isTrue(strange('t123', known));
      assert.isEmpty(
        names.filter((name) => strange(name, known)),
        paths[i],
      );
    }
    for (const [i, { manifest }] of full.entries())
      assert.isAtMost(programs[i].lines / hand[manifest.name], 1.5, manifest.name);
  });

  itOnTorch('train by `python train.py` with nothing on the path', async () => {
    const program = programFrom(load('test/cases/schedule/penalty.gan'), { target: 'torch' });
    const [folder, run] = [await built(program), join(scratch(), 'run')];
    const { code, err } = await python(1, [join(folder, 'train.py'), '--out', run, '--steps', '3']);
    assert.equal(code, 0, err);
    assert.lengthOf(readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n'), 3);
    assert.match(err, /done after iteration 3/);
  });
});
