/**
 * onnxruntime's WebGPU provider against the reference engine: every primitive, every item of the vocabulary with its
 * gradients, a spec trained for a few iterations with its state on the device. Nothing may be left to the CPU. Without
 * an adapter these tests are skipped; on SwiftShader they take a minute, nearly all of it for compiling shaders.
 */
import { sumAll } from '../../compiler/graph/compose.ts';
import { reachable, type Node } from '../../compiler/graph/node.ts';
import { differentiate } from '../../compiler/differentiate.ts';
import { feedName } from '../../compiler/targets/onnx/leaves.ts';
import { assertClose } from '../ops/differences.ts';
import { inputsOf, samples, tensorsIn } from '../vocabulary/samples.ts';
import { Workbench } from '../vocabulary/workbench.ts';
import { missingAdapter } from './adapter.ts';
import { primitiveCases } from './primitive-cases.ts';
import { onnxValues } from './run.ts';

const way = { float: 'float32', device: 'webgpu' } as const;

describe('ONNX on WebGPU', () => {
  before(async function () {
    const reason = await missingAdapter();
    if (reason === null) return;
    console.log(`  skipped: ${reason}`);
    this.skip();
  });

  it('primitives and their gradients', async () => {
    for (const { title, nodes, feeds, wanted } of primitiveCases()) {
      const got = await onnxValues(nodes, way, feeds).catch((error: unknown) => {
        throw new Error(`${title}: ${String(error)}`);
      });
      got.forEach((value, i) => assertClose(value, wanted[i], 2e-5, `${title} ${i}`));
    }
  });

  it('the vocabulary and its gradients', async () => {
    for (const [name, list] of Object.entries(samples)) {
      for (const [i, sample] of list.entries()) {
        const bench = new Workbench({ trained: false });
        const results = tensorsIn(bench.apply(name, sample.args(inputsOf(bench, sample.inputs), bench)));
        await sameValues(bench, results.flatMap(({ node }) => withGradients(bench, node)), `${name} ${i + 1}`); // prettier-ignore
      }
    }
  });
});

/** A value and the gradients of its sum by all inputs and weights that it reads. */
function withGradients(bench: Workbench, y: Node): Node[] {
  const leaves = reachable([y]).filter(({ op }) => op === 'input');
  return [y, ...differentiate(bench.b, sumAll(bench.b, bench.b.mul(y, y)), leaves)];
}

async function sameValues(bench: Workbench, nodes: readonly Node[], what: string): Promise<void> {
  const wanted = bench.run(...nodes);
  const leaves = reachable(nodes).filter(({ op }) => op === 'input' || op === 'draw');
  const feeds = new Map(
    leaves.map((leaf) => [feedName(leaf), bench.values.get(feedName(leaf).replace(/^draw:/, ''))!]),
  );
  const got = await onnxValues(nodes, way, feeds).catch((error: unknown) => {
    throw new Error(`${what}: ${String(error)}`);
  });
  got.forEach((value, i) => assertClose(value, wanted[i], 2e-4, `${what}, output ${i}`));
}
