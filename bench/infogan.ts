/**
 * One iteration of InfoGAN (LANGUAGE.md's spec: Chen et al. 2016, arXiv:1606.03657) as graph, by hand: both losses
 * losses, their gradients, Adam, the generator's forward shared. In: a batch size. Out: named outputs of the step and
 * the state that goes from one iteration to the next.
 */
import { Builder } from '../compiler/ir/builder.ts';
import type { Window } from '../compiler/ir/node.ts';
import {
  alongAxes,
  broadcastTo,
  leakyRelu,
  logSoftmax,
  meanAll,
  moments,
  oneHot,
  relu,
  softplus,
  square,
} from '../compiler/ir/compose.ts';
import type { Shape } from '../compiler/ir/dim.ts';
import type { Node } from '../compiler/ir/node.ts';
import { simplify } from '../compiler/ir/simplify.ts';
import { differentiate } from '../compiler/ir/differentiate.ts';

export interface Step {
  readonly outputs: Readonly<Record<string, Node>>;
  /** Weights and moments: inputs whose next value is the output of the same name. */
  readonly state: Readonly<Record<string, Shape>>;
}

const window: Window = {
  strides: [2, 2],
  pads: [
    [1, 1],
    [1, 1],
  ],
};

/** The networks' layers over weights found by name. */
class Layers {
  private readonly b: Builder;
  private weights = new Map<string, Node>();

  constructor(b: Builder) {
    this.b = b;
  }
  weight(name: string, shape: Shape): Node {
    const made = this.weights.get(name) ?? this.b.input(name, shape);
    this.weights.set(name, made);
    return made;
  }
  /** The weights of some networks, as they are now. */
  of(...networks: readonly string[]): [string, Node][] {
    return [...this.weights].filter(([name]) => networks.includes(name.split('.')[0]));
  }
  replace(name: string, node: Node): void {
    this.weights.set(name, node);
  }
  dense(name: string, x: Node, out: number, bias = false): Node {
    const y = this.b.matmul(x, this.weight(`${name}.w`, [x.shape[1], out]));
    return bias ? this.b.add(y, alongAxes(this.b, this.weight(`${name}.b`, [out]), y.shape, [0])) : y;
  }
  batchNorm(name: string, x: Node): Node {
    const { b } = this;
    const axes = [...x.shape.keys()].filter((axis) => axis !== 1);
    const { variance, centred } = moments(b, x, axes);
    const along = (c: Node): Node => alongAxes(b, c, x.shape, axes);
    const scaled = b.div(centred, along(b.sqrt(b.add(variance, 1e-5))));
    const gain = this.weight(`${name}.gain`, [x.shape[1]]);
    return b.add(b.mul(scaled, along(gain)), along(this.weight(`${name}.shift`, [x.shape[1]])));
  }
  conv(name: string, x: Node, out: number, bias = false): Node {
    const y = this.b.conv(x, this.weight(`${name}.w`, [out, x.shape[1], 4, 4]), window);
    return bias ? this.b.add(y, broadcastTo(this.b, this.weight(`${name}.b`, [out]), y.shape, [1])) : y;
  }
  convTranspose(name: string, x: Node, out: number, bias = false): Node {
    const size = x.shape.slice(2).map((dim) => 2 * (dim as number));
    const y = this.b.convInputGrad(x, this.weight(`${name}.w`, [x.shape[1], out, 4, 4]), { ...window, size });
    return bias ? this.b.add(y, broadcastTo(this.b, this.weight(`${name}.b`, [out]), y.shape, [1])) : y;
  }
}

function generator(l: Layers, b: Builder, z: Node): Node {
  const h1 = relu(b, l.batchNorm('G.n1', l.dense('G.d1', z, 1024)));
  const h2 = relu(b, l.batchNorm('G.n2', l.dense('G.d2', h1, 128 * 7 * 7)));
  const h3 = l.convTranspose('G.c1', b.reshape(h2, [z.shape[0], 128, 7, 7]), 64);
  return b.sigmoid(l.convTranspose('G.c2', relu(b, l.batchNorm('G.n3', h3)), 1, true));
}

function trunk(l: Layers, b: Builder, x: Node): Node {
  const lrelu = (y: Node): Node => leakyRelu(b, y, 0.1);
  const h1 = lrelu(l.conv('T.c1', x, 64, true));
  const h2 = lrelu(l.batchNorm('T.n1', l.conv('T.c2', h1, 128)));
  return lrelu(l.batchNorm('T.n2', l.dense('T.d1', b.reshape(h2, [x.shape[0], 128 * 7 * 7]), 1024)));
}

interface Codes {
  readonly digit: Node;
  readonly style: Node;
}

function mutualInformation(l: Layers, b: Builder, h: Node, codes: Codes): Node {
  const q = leakyRelu(b, l.batchNorm('Q.n1', l.dense('Q.d1', h, 128)), 0.1);
  const logits = logSoftmax(b, l.dense('Q.digit', q, 10, true), 1);
  const style = square(b, b.sub(l.dense('Q.style', q, 2, true), codes.style));
  const rows = b.add(b.sum(b.mul(b.neg(codes.digit), logits), [1]), b.mul(b.sum(style, [1]), 0.5));
  return meanAll(b, rows);
}

const BETA1 = 0.5;
const BETA2 = 0.999;

/** Adam over named weights; bias corrections are fed. */
function adam(l: Layers, b: Builder, networks: string[], loss: Node, rate: number): Record<string, Node> {
  const correction1 = b.input('correction1', []);
  const correction2 = b.input('correction2', []);
  const named = l.of(...networks);
  const others = new Set(l.of('G', 'T', 'D', 'Q').map(([, node]) => node));
  named.forEach(([, node]) => others.delete(node));
  const gradients = differentiate(
    b,
    loss,
    named.map(([, node]) => node),
    { constants: others },
  );
  return Object.fromEntries(
    named.flatMap(([name, w], i) => {
      const g = gradients[i];
      const m = b.add(b.mul(b.input(`${name}@m`, w.shape), BETA1), b.mul(g, 1 - BETA1));
      const v = b.add(b.mul(b.input(`${name}@v`, w.shape), BETA2), b.mul(b.mul(g, g), 1 - BETA2));
      const root = b.add(b.sqrt(b.div(v, correction2)), 1e-8);
      const next = b.sub(w, b.mul(b.div(b.div(m, correction1), root), rate));
      l.replace(name, next);
      return [
        [name, next],
        [`${name}@m`, m],
        [`${name}@v`, v],
      ];
    }),
  );
}

/** The whole iteration: D, Trunk and Q to minimise the discriminator's loss, then G to minimise its own. */
export function infoganStep(batch: number): Step {
  const b = new Builder();
  const l = new Layers(b);
  const noise = b.sub(b.mul(b.draw('uniform', 'noise', [batch, 62]), 2), 1);
  const digit = oneHot(b, b.draw('integer', 'digit', [batch], 10), 10);
  const style = b.sub(b.mul(b.draw('uniform', 'style', [batch, 2]), 2), 1);
  const codes = { digit, style };
  const fake = generator(l, b, b.concat([noise, digit, style], 1));
  const real = trunk(l, b, b.input('image', [batch, 1, 28, 28]));
  const guessed = trunk(l, b, fake);
  const answer = (h: Node): Node => l.dense('D.d1', h, 1, true);
  const info = mutualInformation(l, b, guessed, codes);
  const scores = b.add(
    meanAll(b, softplus(b, b.neg(answer(real)))),
    meanAll(b, softplus(b, answer(guessed))),
  );
  const discriminatorLoss = b.add(scores, info);
  const critics = adam(l, b, ['T', 'D', 'Q'], discriminatorLoss, 2e-4);
  const after = trunk(l, b, fake);
  const generatorLoss = b.add(
    meanAll(b, softplus(b, b.neg(answer(after)))),
    mutualInformation(l, b, after, codes),
  );
  const generators = adam(l, b, ['G'], generatorLoss, 1e-3);
  const outputs = {
    discriminator_loss: discriminatorLoss,
    generator_loss: generatorLoss,
    ...critics,
    ...generators,
  };
  const { roots } = simplify(Object.values(outputs));
  const named = Object.keys(outputs).map((name, i) => [name, roots[i]] as const);
  const state = [...named].slice(2).map(([name, node]) => [name, node.shape] as const);
  return { outputs: Object.fromEntries(named), state: Object.fromEntries(state) };
}
