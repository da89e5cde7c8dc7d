/**
 * A bounded fuzz: the first inputs of the long one (`npm run fuzz -- --inputs 1e6`), always the same. Every input is
 * answered by diagnostics or a program; enough of them come to the later passes to mean something.
 */
import { assert } from 'chai';
import { inputAt } from './inputs.ts';
import { judge, passes } from './judge.ts';

describe('spoilt specs', () => {
  const inputs = 300;

  it(`are answered, ${inputs} of them, without an exception`, async () => {
    const counts = new Map(passes.map((pass) => [pass, 0]));
    for (let index = 0; index < inputs; index++) {
      const { pass, problem } = await judge(inputAt(index));
      assert.isNull(problem, `npm run fuzz -- --show ${index}`);
      counts.set(pass, counts.get(pass)! + 1);
    }
    const [parsed, checked, compiled] = passes.slice(1).map((pass) => counts.get(pass)!);
    // Of a million it is 41 and 8 in a hundred; of so few, as drawn among the specs that there are, a few less.
    assert.isAtLeast(parsed + checked + compiled, 0.3 * inputs);
    assert.isAtLeast(compiled, 0.03 * inputs);
  });

  it('are the same whenever their number is', () => {
    assert.equal(inputAt(17), inputAt(17));
    assert.notEqual(inputAt(17), inputAt(18));
  });

  it('that broke the checker once are answered', async () => {
    const network = 'network D(x: vec[2]) -> logit { x |> dense(1) }\n';
    for (const text of [
      `network D(z ~ normal[2]\n${network}`,
      `${network}data d = gaussians(modes: 4)\ntrain for 4 steps, batch 4 { update D to minimize bce(D(d.point), 1) with sgd(0.1) when 1 > 2 orx 3 < 4 }`,
      ...[
        'reshape(2, 2, 2) |> conv(2, kernel: 4, stride: 100000)',
        'reshape(2, 4) |> conv(2, kernel: 1e9, dilation: 2, pad: causal)',
      ].map(
        (layer) =>
          `data d = gaussians(modes: 4)\nnetwork D(x: vec[2]) -> logit { x |> dense(8) |> ${layer} |> flatten |> dense(1) }\ntrain for 4 steps, batch 4 { update D to minimize bce(D(d.point), 1) with sgd(0.1) }`,
      ),
      'network E(z: vec[2]) -> normal[2] { normal(mean(z), std: 0.1) }\n',
    ])
      assert.isNull((await judge(text)).problem);
  });
});
