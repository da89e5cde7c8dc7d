/** The analysis types every expression for each call that it is evaluated in, errors or not. */
import { assert } from 'chai';
import { checkSpec } from '../../compiler/compile.ts';
import type { Analysis } from '../../compiler/analyse/analysis.ts';
import { asserting } from '../../compiler/evaluate/typing.ts';
import { printValueType } from '../../compiler/evaluate/value-types.ts';
import { number } from '../../compiler/values.ts';
import type * as ast from '../../grammar/ast.ts';
import { host } from '../parity/host.ts';

const spec = (body: string, more = ''): string => `gan Types
data ring = gaussians(modes: 4, rows: 64)
sample z ~ normal[3]
fn twice(x) = x + x
block wide(x) { x |> dense(8) |> twice }
network G(z: vec[3]) -> vec[2] { ${body} }
network D(x: vec[2]) -> logit { x |> wide |> dense(1) }
let fake = G(z)
${more}
train for 9 steps, batch 8 {
  update D to minimize bce(D(ring.point), 1) + bce(D(fake), 0) with sgd(0.1)
  update G to minimize bce(D(fake), 1) with sgd(0.1)
}`;

function analysed(text: string): { analysis: Analysis; codes: string[] } {
  const { analysis, diagnostics } = checkSpec({ path: 'types.gan', text }, host);
  return { analysis, codes: diagnostics.map(({ code }) => code) };
}

const declared = <K extends ast.Declaration['kind']>({ own }: Analysis, kind: K, name: string) =>
  own.find(
    (one): one is Extract<ast.Declaration, { kind: K }> =>
      one.kind === kind && 'name' in one && one.name.name === name,
  )!;

/** Each type of the expression, behind the calls that lead there. */
function typesOf({ types }: Analysis, expr: ast.Expr): string[] {
  return types.training.of(expr).map(({ site, type }) => {
    const way: string[] = [];
    for (let at = site; at !== null; at = at.within) way.unshift(at.of);
    return [...way, printValueType(type)].join(' > ');
  });
}

describe('types', () => {
  it('of a fn’s body are those of each call, by the calls around it', () => {
    const { analysis, codes } = analysed(spec('z |> dense(2) |> twice'));
    assert.deepEqual(codes, []);
    const body = declared(analysis, 'Fn', 'twice').value;
    assert(body.kind !== 'Body');
    assert.sameMembers(typesOf(analysis, body), [
      'G > twice > vec[2]',
      // Once for each batch that D judges; the second update judges the first one's fakes again.
      'D > wide > twice > vec[8]',
      'D > wide > twice > vec[8]',
    ]);
    assert.deepEqual(typesOf(analysis, declared(analysis, 'Let', 'fake').value), ['vec[2]']);
  });

  it('are there beside errors', () => {
    const { analysis, codes } = analysed(spec('z |> dense(2) |> twice', 'let odd = zzyzx(fake) + 1'));
    assert.deepEqual(codes, ['GAN4004', 'GAN2002']);
    assert.deepEqual(typesOf(analysis, declared(analysis, 'Let', 'fake').value), ['vec[2]']);
    const odd = declared(analysis, 'Let', 'odd');
    const views = [...analysis.types.networks.keys()];
    assert.deepEqual(views, ['G', 'D']);
    assert.isUndefined(analysis.types.training.at(odd.value, null), 'only reports could use it');
    const [objective] = analysis.schedule!.updates;
    assert.equal(objective.objective?.type.kind, 'real');
    assert.equal(analysis.batches.get('z'), 8);
  });

  it('of a network’s body are known without a call, up to the mistake in it', () => {
    const { analysis, codes } = analysed(spec('z |> dense(2) |> zzyzx'));
    assert.deepEqual(codes, ['GAN2002']);
    const body = declared(analysis, 'Network', 'G').body.result;
    assert(body.kind === 'Pipe');
    const own = analysis.types.networks.get('G')!;
    assert.deepEqual(
      [printValueType(own.at(body.left, null)!), printValueType(own.at(body, null)!)],
      ['vec[2]', 'unknown'],
    );
  });

  it('that lowering finds otherwise, or that nobody recorded, are refused', () => {
    const { analysis } = analysed(spec('z |> dense(2)'));
    const { value } = declared(analysis, 'Let', 'fake');
    const typing = asserting(analysis.types.training);
    assert.throws(
      () => typing.note(value, null, number(3)),
      'the analysis says vec[2] of `G(z)`, lowering number',
    );
    const site = typing.enter(null, value.span, 'nowhere');
    assert.throws(() => typing.note(value, site, number(3)), 'the analysis says nothing of `G(z)`');
  });

  it('of what a network gives in one line of a report are not those of a line in which its argument has other rows', () => {
    const more = `data moons = gaussians(modes: 2, rows: 64)
report every 1 steps {
  metric near_ring = mean(sum(ring.point) * sum(z) + sum(G(z)))
  metric near_moons = mean(sum(moons.point) * sum(z) + sum(G(z)))
  metric alone = mean(sum(G(z)))
}`;
    const { analysis, codes } = analysed(spec('z |> dense(2) |> twice', more));
    assert.deepEqual(codes, []);
    const [ring, moons, alone] = analysis.reports[0].lines.map(({ declaration, types }) => {
      assert(declaration.kind === 'Show' && declaration.value.kind === 'Call');
      const type = types.at(declaration.value, null);
      return [declaration.name.name, type && printValueType(type)];
    });
    assert.deepEqual(
      [ring, moons, alone],
      [
        ['near_ring', 'real'],
        ['near_moons', 'real'],
        ['alone', 'real'],
      ],
    );
  });

  it('of calls are the declared ones where the body is in error, and updates of them are not looked into', () => {
    const more = `let odd = mean(D(fake)) + sum(G(ring.point))
let slope = gradient(D(fake), fake)
report every 1 steps { metric m = mean(sum(slope) + odd) }`;
    const { analysis, codes } = analysed(spec('z |> dense(2) |> zzyzx', more));
    assert.deepEqual(codes, ['GAN2002', 'GAN3009'], 'the layer, and the argument of G');
    assert.deepEqual(typesOf(analysis, declared(analysis, 'Let', 'fake').value), ['vec[2]']);
    assert.deepEqual([...analysis.inError], ['G']);
    assert.deepEqual(
      analysis.schedule!.updates.map(({ objective }) => objective),
      [null, null],
    );
  });

  it('of calls are unknown where the body gives something else than is declared', () => {
    const { analysis, codes } = analysed(spec('z |> dense(3)'));
    assert.deepEqual(codes, ['GAN3002']);
    assert.deepEqual(typesOf(analysis, declared(analysis, 'Let', 'fake').value), ['unknown']);
  });
});
