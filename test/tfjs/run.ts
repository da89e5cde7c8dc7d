/** Graphs through TensorFlow.js in this process: which backends there are, and a graph's values and derivatives on one. */
import type { Tensor as Made } from '@tensorflow/tfjs-core';
import { it } from 'mocha';
import type { Node } from '../../compiler/ir/node.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import type { Derivatives } from '../../compiler/targets/text/outline.ts';
import type { HelperName } from '../../compiler/targets/tfjs/support.ts';
import type { Choice } from '../../runtime/engines/tensorflow/choose.ts';
import { load, type Tensorflow } from '../../runtime/engines/tensorflow/load.ts';
import { argumentsOf, type ProgramModule } from '../../runtime/engines/tfjs-engine.ts';
import { itOnTensorflow, tensorflowBinding } from '../tensorflow/where.ts';
import { functionModule } from './function-module.ts';

/** A backend of TensorFlow.js that tests run on, and mocha's `it`, which skips where it is not there. */
export interface Tested {
  readonly choice: Choice;
  readonly it: typeof itOnTensorflow;
  /** The library with this backend. */
  ready(): Promise<Tensorflow>;
}

function onBackend(backend: Choice['backend'], test: Tested['it']): Tested {
  const choice: Choice = { backend, device: 'cpu', binding: tensorflowBinding ?? undefined };
  return { choice, it: test, ready: () => load(choice, { threads: 1 }) };
}

export const onTensorflow = onBackend('tensorflow', itOnTensorflow);
export const onWasm = onBackend('wasm', it);
export const onCpu = onBackend('cpu', it);

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
    values(draws: object, given: object): Record<string, Made>;
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
