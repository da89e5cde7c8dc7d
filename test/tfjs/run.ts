/** Graphs through TensorFlow.js in this process: which backends there are, and a graph's values and derivatives on one. */
import type { Node } from '../../compiler/graph/node.ts';
import type { Tensor } from '../../compiler/ops/op.ts';
import { functionModule } from '../../compiler/targets/tfjs/function.ts';
import type { Derivatives } from '../../compiler/targets/tfjs/outline.ts';
import type { HelperName } from '../../compiler/targets/tfjs/support.ts';
import { chooseBackend, type Choice } from '../../runtime/tensorflow/choose.ts';
import { load, type Tensorflow } from '../../runtime/tensorflow/load.ts';
import { argumentsOf, type ProgramModule } from '../../runtime/tfjs-engine.ts';

/** What tests run on: TensorFlow where it is set up, and always what npm brings. */
export async function choices(): Promise<Choice[]> {
  const pure: Choice[] = [{ backend: 'wasm', device: 'cpu' }, { backend: 'cpu', device: 'cpu' }]; // prettier-ignore
  const best = await chooseBackend('cpu');
  return best.backend === 'tensorflow' ? [best, ...pure] : pure;
}

export const backendNames = ['tensorflow', 'wasm', 'cpu'] as const;
export type TestedBackend = (typeof backendNames)[number];
export const notSetUp = 'TensorFlow is not set up here: `npm run setup:tensorflow`, and this runs on it too';

/** The backend, ready; null, which the test must say, where it is not there. */
export async function loaded(name: TestedBackend): Promise<Tensorflow | null> {
  const choice = (await choices()).find(({ backend }) => backend === name);
  return choice === undefined ? null : load(choice, { threads: 1 });
}

/** A graph's values as a module's function computes them. */
export interface Compiled {
  readonly text: string;
  readonly helpers: ReadonlySet<HelperName>;
  on(tensorflow: Tensorflow, feeds: ReadonlyMap<string, Tensor>): Promise<Record<string, Tensor>>;
}

/** `feeds`: inputs by name, draws by `draw:key`. */
export async function compiled(
  outputs: Readonly<Record<string, Node>>,
  derivatives?: Derivatives,
): Promise<Compiled> {
  const { text, helpers } = functionModule(outputs, derivatives);
  const url = `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`;
  const module = (await import(url)) as Pick<ProgramModule, 'use' | 'inputs'> & {
    values(draws: object, given: object): Record<string, import('@tensorflow/tfjs-core').Tensor>;
  };
  return {
    text,
    helpers,
    async on({ tf }, feeds) {
      module.use(tf);
      const { args, dispose } = argumentsOf(tf, module, Object.fromEntries(feeds));
      const made = module.values(args[1], args[3]);
      const entries = Object.entries(made).map(async ([name, tensor]): Promise<[string, Tensor]> => {
        return [name, { shape: tensor.shape, data: Float64Array.from(await tensor.data()) }];
      });
      const found = Object.fromEntries(await Promise.all(entries));
      tf.dispose(made);
      dispose();
      return found;
    },
  };
}
