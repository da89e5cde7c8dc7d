/**
 * `gaussians(layout: ring, modes: 8)`: points in the plane round a few centres, the toy on which a generator that
 * forgets modes shows it. Arguments → records { point: vec[2], label: the centre }, made from the seed.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { draws } from '../random.ts';
import { count, real, withDefaults } from './arguments.ts';
import { hashOf } from './files.ts';
import type { OpenSource, SyncSource } from './source.ts';
import { tableSource } from './table.ts';

const layouts = ['ring', 'grid'];
/** Larger ones are slips: rows are held in memory. */
const [mostRows, mostModes] = [10_000_000, 10_000];

const params: readonly ParamSpec[] = [
  {
    name: 'layout',
    type: 'choice',
    default: 'ring',
    choices: layouts,
    doc: 'centres on a circle, or on a square grid',
  },
  { name: 'modes', type: 'int', default: 8, doc: 'how many centres; of a grid a square: 9, 16, 25' },
  { name: 'radius', type: 'real', default: 2, doc: 'of the circle, or half the side of the grid' },
  { name: 'std', type: 'real', default: 0.02, doc: 'how far points lie from their centre' },
  { name: 'rows', type: 'int', default: 10000, doc: 'how many points; the centres take turns' },
  { name: 'seed', type: 'int', default: 0, doc: 'of the points' },
];

function fields(given: SourceArguments): Record<string, FieldType> {
  const args = withDefaults(params, given);
  const modes = count(args, 'modes', 2, mostModes);
  if (!layouts.includes(String(args.layout))) throw new Error(`layout is one of ${layouts.join(', ')}`);
  if (args.layout === 'grid' && !Number.isInteger(Math.sqrt(modes))) {
    throw new Error(`a grid has a square number of modes (9, 16, 25), not ${modes}`);
  }
  count(args, 'rows', 1, mostRows);
  count(args, 'seed', 0);
  if (!(real(args, 'radius') > 0) || !(real(args, 'std') >= 0))
    throw new Error('radius and std are positive');
  return { point: { kind: 'vec', shape: [2] }, label: { kind: 'label', shape: [], classes: modes } };
}

/** The centres' coordinates: round the circle from the right, or the grid row by row from below. */
export function centres(layout: string, modes: number, radius: number): [number, number][] {
  const side = Math.round(Math.sqrt(modes));
  return Array.from({ length: modes }, (_, i) => {
    if (layout === 'ring') {
      const angle = (2 * Math.PI * i) / modes;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    }
    const step = (2 * radius) / (side - 1);
    return [(i % side) * step - radius, Math.floor(i / side) * step - radius];
  });
}

export const gaussians: SyncSource = {
  signature: {
    name: 'gaussians',
    doc: 'Points round centres on a ring or a grid: { point: vec[2], label: label[modes] }.',
    params,
    fields,
  },
  describe(given) {
    const args = withDefaults(params, given);
    return {
      count: count(args, 'rows', 1, mostRows),
      hash: hashOf('gaussians', JSON.stringify(params.map(({ name }) => args[name]))),
    };
  },
  open(given): OpenSource {
    const args = withDefaults(params, given);
    const types = fields(args);
    const [rows, modes, std] = [
      count(args, 'rows', 1, mostRows),
      count(args, 'modes', 2, mostModes),
      real(args, 'std'),
    ];
    const points = new Float64Array(2 * rows);
    draws(
      { seed: count(args, 'seed', 0), key: 'gaussians', iteration: 0, scope: 0 },
      'normal',
      rows,
      2,
      points,
    );
    const middles = centres(String(args.layout), modes, real(args, 'radius'));
    const data = points.map((value, i) => middles[(i >> 1) % modes][i % 2] + std * value);
    const label = Uint32Array.from({ length: rows }, (_, row) => row % modes);
    return tableSource(types, { point: { data }, label: { data: label } });
  },
};
