/**
 * Exported networks of every shipped spec in onnxruntime (Python) and PyTorch against the reference engine in float64:
 * `npx tsx bench/exports.ts [specs...]`. Weights are as a run starts them, running statistics made up, so that no data and no
 * training is needed. Prints the table of docs/export.md. Needs bench/setup-pytorch.sh and bench/setup-packages.sh.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { networkState } from '../cli/export-files.ts';
import { hostFor } from '../cli/spec.ts';
import { checkSpec, compileNetwork } from '../compiler/compile.ts';
import { loneGraph } from '../compiler/lower/network.ts';
import { initialState } from '../runtime/run/initial-state.ts';
import { differences, type Case } from '../test/export/compare.ts';
import { torchPython } from '../test/torch/where.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const shipped = readdirSync(join(root, 'specs'))
  .filter((name) => name.endsWith('.gan'))
  .map((name) => join('specs', name));
const asked = process.argv.slice(2);
if (torchPython === null) throw new Error('bench/setup-pytorch.sh and bench/setup-packages.sh come first');

const folder = mkdtempSync(join(tmpdir(), 'ganc-exports-'));
try {
  console.log('| spec | network | onnxruntime | PyTorch |\n|---|---|---|---|');
  for (const [i, spec] of (asked.length > 0 ? asked : shipped).entries()) {
    const entry = { path: spec, text: readFileSync(join(root, spec), 'utf8') };
    // What data there is makes no difference to a network.
    const host = { ...hostFor(entry), describe: () => null };
    const names = [...checkSpec(entry, host).analysis.names.networks.keys()];
    const cases = names.flatMap((name) => casesOf(entry, host, name));
    const found = differences(torchPython, join(folder, `${i}`), cases);
    names.forEach((name, at) =>
      console.log(
        `| ${spec} | ${name} | ${[found[2 * at], found[2 * at + 1]].map((x) => x.toExponential(1)).join(' | ')} |`,
      ),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function casesOf(
  entry: Parameters<typeof compileNetwork>[0],
  host: Parameters<typeof compileNetwork>[1],
  name: string,
): Case[] {
  const { network: lone } = compileNetwork(entry, host, name);
  if (lone === null) throw new Error(`${entry.path}: there is no ${name}`);
  const { manifest } = lone.plan;
  const state = initialState(manifest, 1);
  const values = networkState(lone).map(({ name: own, role }) => {
    const { shape, data } = state[own];
    return [
      own,
      { shape, data: role === 'buffer' ? data.map((x, i) => x + 0.25 * Math.sin(i) ** 2) : data },
    ] as const;
  });
  const numbers = manifest.graphs[loneGraph].inputs.flatMap(({ name: leaf, from }) =>
    from.kind === 'scalar' ? [[leaf, 0.5] as const] : [],
  );
  return (['onnx', 'torch'] as const).map((to) => ({
    lone,
    values: new Map(values),
    numbers: new Map(numbers),
    to,
  }));
}
