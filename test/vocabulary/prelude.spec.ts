/** The prelude: its text as the compiler has it, and the value of each of its functions, from spec to number. */
import { readFileSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { prelude } from '../../compiler/prelude/prelude.ts';
import { parse } from '../../grammar/parse.ts';
import { objectiveOf } from './objective.ts';

const folder = new URL('../../compiler/prelude/', import.meta.url);
const header = `/**
 * The text of losses.gan, so that the compiler stays pure. Kept in step by test/vocabulary/prelude.spec.ts
 * (UPDATE_GOLDEN=1 rewrites it): edit the .gan file.
 */
`;

/** Two rows of each, and the weights of a linear critic. */
const a = [
  [1, -2, 0.5],
  [0.25, 3, -1],
];
const b = [
  [0.5, 1, 2],
  [-1, 0, 0.75],
];
const c = [
  [2, 0, -1],
  [1, 1, 1],
];
const w = [0.6, -1.2, 0.4];

type Row = readonly number[];
const dot = (x: Row, y: Row): number => x.reduce((sum, v, i) => sum + v * y[i], 0);
const length = (x: Row): number => Math.sqrt(dot(x, x));
const minus = (x: Row, y: Row): number[] => x.map((v, i) => v - y[i]);
const mean = (xs: readonly number[]): number => xs.reduce((p, q) => p + q, 0) / xs.length;
const overRows = (f: (x: Row, y: Row, z: Row) => number): number =>
  mean(a.map((_, i) => f(a[i], b[i], c[i])));
const column = (rows: readonly Row[], i: number): number => mean(rows.map((row) => row[i]));

const cases: Readonly<Record<string, readonly [expression: string, wanted: number]>> = {
  gradient_penalty: ['gradient_penalty(C, a, b)', (length(w) - 1) ** 2],
  lipschitz_penalty: ['lipschitz_penalty(C, a, b)', Math.max(0, length(w) - 1) ** 2],
  zero_penalty: ['zero_penalty(C, a)', dot(w, w) / 2],
  drift: ['drift(C(a))', overRows((x) => dot(x, w) ** 2)],
  hinge_real: ['hinge_real(C(a))', overRows((x) => Math.max(0, 1 - dot(x, w)))],
  hinge_fake: ['hinge_fake(C(a))', overRows((x) => Math.max(0, 1 + dot(x, w)))],
  square_real: ['square_real(C(a))', overRows((x) => (dot(x, w) - 1) ** 2 / 2)],
  square_fake: ['square_fake(C(a))', overRows((x) => dot(x, w) ** 2 / 2)],
  feature_matching: [
    'feature_matching(a, b)',
    [0, 1, 2].reduce((sum, i) => sum + (column(a, i) - column(b, i)) ** 2, 0),
  ],
  cosine_distance: ['cosine_distance(a, b)', overRows((x, y) => 1 - dot(x, y) / (length(x) * length(y)))],
  contrastive: [
    'contrastive(distance(a, b), distance(a, c), margin: 4)',
    overRows((x, y, z) => length(minus(x, y)) ** 2 + Math.max(0, 4 - length(minus(x, z))) ** 2),
  ],
  triplet: [
    'triplet(a, b, c)',
    overRows((x, y, z) => Math.max(0, length(minus(x, y)) ** 2 - length(minus(x, z)) ** 2 + 1)),
  ],
  huber: [
    'huber(a, b)',
    overRows((x, y) => mean(minus(x, y).map((g) => (Math.abs(g) <= 1 ? (g * g) / 2 : Math.abs(g) - 0.5)))),
  ],
  charbonnier: [
    'charbonnier(a, b, epsilon: 0.5)',
    overRows((x, y) => mean(minus(x, y).map((g) => Math.sqrt(g * g + 0.25)))),
  ],
};

describe('prelude', () => {
  it('the compiler has the text of losses.gan', () => {
    const text = readFileSync(new URL('losses.gan', folder), 'utf8');
    const escaped = text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
    const module = `${header}export const prelude = \`${escaped}\`;\n`;
    const path = new URL('prelude.ts', folder);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, module);
    assert.equal(readFileSync(path, 'utf8'), module, 'UPDATE_GOLDEN=1 accepts the change');
    assert.equal(prelude, text, 'run again after an update');
  });

  it('every function has a case here, and a doc comment', () => {
    const { spec, diagnostics } = parse({ path: 'losses.gan', text: prelude });
    assert.deepEqual([...diagnostics], []);
    const names = spec.declarations.map((d) => (d.kind === 'Fn' ? d.name.name : d.kind));
    assert.sameMembers(Object.keys(cases), names);
    const undocumented = spec.declarations.filter((d) => d.kind === 'Fn' && !d.doc);
    assert.isEmpty(undocumented);
  });

  for (const [name, [expression, wanted]] of Object.entries(cases))
    it(name, () => assert.closeTo(objectiveOf(expression, { rows: { a, b, c }, critic: w }), wanted, 1e-12));
});
