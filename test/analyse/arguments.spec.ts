/** The analysis resolves the arguments of every builtin once for each call, and lowering goes by its record. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import type { Analysis } from '../../compiler/analyse/analysis.ts';
import { checkSpec } from '../../compiler/compile.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { stepsOf, updatesOfStep } from '../../compiler/lower/lowered.ts';
import { asserting, type ResolvedArguments } from '../../compiler/evaluate/typing.ts';
import { printDecided } from '../../compiler/evaluate/value-types.ts';
import { textOf } from '../../grammar/source.ts';
import type * as ast from '../../grammar/ast.ts';
import { host } from '../parity/host.ts';

const text = `gan Arguments
data ring = gaussians(modes: 4, rows: 64)
sample z ~ normal[3]
block narrow(x, n: int = 2) { x |> dense(n, bias: false) |> leaky_relu }
network G(z: vec[3]) -> vec[2] { z |> narrow |> narrow(3) |> dense(units: 2) }
network D(x: vec[2]) -> logit { x |> dense(1) }
initialize G with normal(std: 0.5)
train for 9 steps, batch 8 {
  update D to minimize bce(D(ring.point), 1) + bce(D(G(z)), 0) with adam(ramp(1e-3, 0, over: 9 steps), betas: [0.5, 0.9])
  update G to minimize bce(D(G(z)), 1) with sgd(0.1)
}
report every 9 steps { metric near = coverage(G(z), among: ring.point, labels: ring.label) }`;

function analysed(): Analysis {
  const { analysis, diagnostics } = checkSpec({ path: 'arguments.gan', text }, host);
  assert.deepEqual(diagnostics, []);
  return analysis;
}

/** `dense(…)` and its like in a declaration, in their order. */
function callsOf(expr: ast.Expr): ast.Expr[] {
  return expr.kind === 'Pipe' ? [...callsOf(expr.left), expr.right] : [];
}

const bodyOf = ({ own }: Analysis, name: string): ast.Expr[] => {
  const found = own.find((one) => 'name' in one && one.name?.name === name);
  assert(found?.kind === 'Network' || found?.kind === 'Block');
  return callsOf(found.body.result);
};

const printed = (args: ResolvedArguments): string =>
  [...args]
    .filter(([, { values }]) => values.length > 0)
    .map(([name, { given, values }]) => {
      return `${name}${given.length === 0 ? ' by default' : ''} ${values.map(printDecided).join(' ')}`;
    })
    .join(', ');

describe('resolved arguments', () => {
  it('of a layer in a block are those of each call of the block', () => {
    const analysis = analysed();
    const [dense, leaky] = bodyOf(analysis, 'narrow').map(({ span }) =>
      analysis.types.training.argumentsOf(span).map(({ args }) => printed(args)),
    );
    // G(z) is one value for both updates, so that its body is evaluated once.
    const shared = 'bias false, spectral by default false';
    assert.deepEqual(dense, [`x vec[3], units 2, ${shared}`, `x vec[2], units 3, ${shared}`]);
    assert.deepEqual(leaky, ['x vec[2], slope by default 0.2', 'x vec[3], slope by default 0.2']);
  });

  it('of optimizers and initializers stand in the model, defaults filled in', () => {
    const { schedule, names } = analysed();
    const [adam, sgd] = schedule!.updates.map(({ optimizer }) => optimizer!.args);
    assert.deepInclude(adam, { beta1: 0.5, beta2: 0.9, clip_gradients: null });
    assert.notProperty(adam, 'betas');
    assert.deepInclude(sgd, { rate: 0.1, momentum: 0, nesterov: false });
    assert.deepEqual(names.initialize.get('G')!.args, { mean: 0, std: 0.5 });
  });

  it('of a metric stand with its line', () => {
    const [{ declaration, types }] = analysed().reports[0].lines;
    assert(declaration.kind === 'Show');
    const shown = 'points vec[2], among vec[2], labels label[4], rows by default 10000';
    assert.equal(printed(types.argumentsAt(declaration.value.span, null)!), shown);
  });

  it('are taken from the record by lowering where they were left out', () => {
    const checked = checkSpec({ path: 'arguments.gan', text }, host);
    record(checked.analysis, 'leaky_relu', 'slope', [], 0.625);
    const [step] = stepsOf(lower(checked.model!, host.catalogue));
    const [{ objective }] = updatesOfStep(step);
    assert.include(printGraph({ objective }), '0.625');
  });

  it('that lowering finds otherwise than the record are refused', () => {
    const checked = checkSpec({ path: 'arguments.gan', text }, host);
    record(checked.analysis, 'dense', 'units', [1], 5);
    assert.throws(
      () => lower(checked.model!, host.catalogue),
      /says units: 5 of `dense\(n, bias: false\)`, lowering units: 2/,
    );
  });

  it('in a list are those of its elements', () => {
    const graphOf = (given: string): string => {
      const changed = text.replace('z |> narrow |> narrow(3)', `concat(${given})`);
      const checked = checkSpec({ path: 'arguments.gan', text: changed }, host);
      assert.deepEqual(checked.diagnostics, []);
      const [step] = stepsOf(lower(checked.model!, host.catalogue));
      return printGraph({ objective: updatesOfStep(step)[0].objective });
    };
    assert.equal(graphOf('[narrow(z, 2), [z]], narrow(z, 3)'), graphOf('narrow(z, 2), z, narrow(z, 3)'));
    assert.equal(graphOf('[for i in 1..3: narrow(z, i)]'), graphOf('narrow(z, 1), narrow(z, 2)'));
  });

  it('that nobody recorded are refused', () => {
    const { types, own } = analysed();
    const typing = asserting(types.training);
    assert.throws(() => typing.resolved(own[0].span, null), /the analysis says nothing of the arguments/);
  });
});

/** Changes what is recorded of a layer in the block, at all its calls. */
function record(
  analysis: Analysis,
  layer: string,
  parameter: string,
  given: readonly number[],
  value: number,
): void {
  const { span } = bodyOf(analysis, 'narrow').find(({ span }) => textOf(span).startsWith(layer))!;
  const { training } = analysis.types;
  for (const { site, args } of training.argumentsOf(span))
    training.noteArguments(
      span,
      site,
      new Map([...args, [parameter, { given, values: [{ sort: 'number', value }] }]]),
    );
}
