/** Each shipped spec as the compiler sees it: what it says about it, networks, schedule, which primitives, how many bytes. */
import { readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { compile } from '../../compiler/compile.ts';
import type { Host } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import { reachable, type Node } from '../../compiler/ir/node.ts';
import { printReports, printSchedule } from '../../compiler/print.ts';
import { render } from '../../grammar/render.ts';
import { sources } from '../../runtime/catalogue.ts';
import { golden } from '../golden.ts';
import { host, load, root } from '../parity/host.ts';

/** `conv 4, matmul 12, ...`, in the order of the alphabet. */
function histogram(outputs: Readonly<Record<string, Node>>): string {
  const counts = new Map<string, number>();
  for (const { op } of reachable(Object.values(outputs))) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([op, count]) => `${op} ${count}`)
    .join(', ');
}

function summary({ manifest, graphs }: Program): string {
  const networks = manifest.networks.map(
    ({ signature, weights }) => `network ${signature}: ${weights} weights\n`,
  );
  const updates = manifest.updates.map(
    ({ name, networks: trained, text, losses, conditional }) =>
      `${name} (${trained.join(', ')}): ${text}${conditional ? ', on a condition' : ''}; computes ${losses.join(', ') || 'no named loss'}\n`,
  );
  const streams = manifest.streams.map(
    ({ name, source, batch, fields }) =>
      `stream ${name} = ${source} ${JSON.stringify(fields)}, batch ${batch}\n`,
  );
  const ops = Object.entries(graphs).map(([name, outputs]) => `graph ${name}: ${histogram(outputs)}\n`);
  const bytes = Object.entries(manifest.bytes).map(([what, count]) => `${what}: ${count} bytes\n`);
  return [
    ...networks,
    ...streams,
    printSchedule(manifest),
    ...updates,
    printReports(manifest),
    ...ops,
    ...bytes,
  ].join('');
}

/** What a module exports, how often it calls which operation of the library, and how long it is. */
function moduleSummary({ files }: Program): string {
  const text = new TextDecoder().decode(files['train.mjs']);
  const exported = [...text.matchAll(/^export (?:async )?(?:function|const) (\w+)/gm)].map(
    ([, name]) => name,
  );
  const counts = new Map<string, number>();
  for (const [, op] of text.matchAll(/\btf\.(\w+)\(/g)) counts.set(op, (counts.get(op) ?? 0) + 1);
  const ops = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([op, count]) => `${op} ${count}`);
  return `tfjs exports: ${exported.join(', ')}\ntfjs calls: ${ops.join(', ')}\ntfjs module: ${text.length} bytes\n`;
}

/** Those of specs/fetched read data that must be fetched: they compile without it, and no other test needs it. */
const files = ['.', 'fetched'].flatMap((folder) =>
  readdirSync(join(root, 'specs', folder))
    .filter((name) => name.endsWith('.gan'))
    .map((name) => posix.join(folder, name)),
);

/** Paths of data are taken from the spec's own folder, as by the command. */
const hostAt = (file: string): Host => ({
  ...host,
  describe: (source, args) => sources[source].describe(args, dirname(join(root, 'specs', file))),
});

describe('shipped specs', () => {
  for (const file of files) {
    it(file, () => {
      const { program, diagnostics } = compile(load(`specs/${file}`), hostAt(file), {
        target: 'tfjs',
        strict: true,
      });
      const said = render(diagnostics, { color: false });
      assert(program !== undefined, said);
      golden(
        `specs/${file.replace(/\.gan$/, '.txt')}`,
        `${said}${summary(program)}${moduleSummary(program)}`,
      );
    });
  }
});
