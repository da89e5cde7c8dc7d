/** Units of a picture from what the graph knows: leaves by their input's name, networks by their call. */
import type { Names, SampleInfo, Weights } from '../bind/names.ts';
import type { Node, Region } from '../ir/node.ts';
import type { FieldType } from '../../program/catalogue.ts';
import type { Layer, Unit } from './architecture.ts';

/** The field or sample that a leaf is; nothing for weights, for numbers of the host, and for noise inside layers. */
export function leafUnit(node: Node, names: Names): Unit | undefined {
  if (node.op === 'draw') {
    const name = String(node.attrs.key).replace(/(\/again)+$/, '');
    const sample = names.samples.get(name);
    return sample && leaf('sample', name, sampleDetail(sample));
  }
  if (node.op !== 'input') return undefined;
  const field = /^field:(.+)$/.exec(String(node.attrs.name))?.[1];
  if (field === undefined) return undefined;
  const [stream, ...rest] = field.split('.');
  const type = names.data.get(stream)?.fields[rest.join('.')];
  return leaf('field', field, type === undefined ? '' : fieldDetail(type));
}

const leaf = (kind: 'field' | 'sample', name: string, detail: string): Unit => ({
  id: `${kind}:${name}`,
  kind,
  name,
  detail,
  layers: [],
  weights: 0,
});

const fieldDetail = ({ kind, shape, classes }: FieldType): string =>
  kind === 'label' ? `${classes} classes` : `${kind} ${shape.join('×')}`;

const sampleDetail = ({ family, size }: SampleInfo): string => `${family}${size === null ? '' : ` ${size}`}`;

/** `G`, `G.average`: weights are those that stand under its own name. */
export function networkUnit({ name, path }: Region, layers: readonly Layer[], all: Weights): Unit {
  const weights = [...(all.get(name)?.values() ?? [])]
    .filter(({ role }) => role === 'weight')
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  return { id: `network:${path}`, kind: 'network', name: path ?? name, detail: '', layers, weights };
}
