/**
 * What `difference` says, held against the programs that two specs compile to: the oracle is the program without the text
 * that it came from. In: two texts; out: whether their programs are one, and what is said of them.
 */
import { compile, difference, subjectOf } from '../../compiler/compile.ts';
import type { Difference } from '../../compiler/meaning/compare.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { host } from '../parity/host.ts';

export const differenceOf = (before: string, after: string, folder = 'test/cases'): Difference | null => {
  const [a, b] = [before, after].map((text) => subjectOf({ path: `${folder}/spec.gan`, text }, host).subject);
  return a === null || b === null ? null : difference(a, b);
};

/** null: it has errors. */
export function programText(text: string, folder = 'test/cases'): string | null {
  const { program } = compile({ path: `${folder}/spec.gan`, text }, host, { target: 'reference' });
  if (program === undefined) return null;
  const { spec: _spec, params: _params, updates, networks, bytes: _bytes, ...rest } = program.manifest;
  const told = {
    ...rest,
    updates: updates.map(({ text: _text, ...update }) => update),
    networks: networks.map(({ name, weights }) => [name, weights]),
  };
  const graphs = Object.entries(program.graphs).map(([name, roots]) => `${name}\n${printGraph(roots)}`);
  return [JSON.stringify(told), ...graphs].join('\n');
}
