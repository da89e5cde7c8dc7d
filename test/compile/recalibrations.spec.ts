/** What `recalibrate` becomes: an item of a network that keeps running statistics, nothing of one that keeps none. */
import { assert } from 'chai';
import { compile } from '../../compiler/compile.ts';
import { host, load } from '../parity/host.ts';

describe('recalibrate', () => {
  it('is passed over where there are no running statistics', () => {
    const { program } = compile(load('test/cases/check/recalibrated-nothing.gan'), host, { target: 'onnx' });
    const items = program?.manifest.reports.flatMap((report) => report.items) ?? [];
    assert.deepEqual(
      items.map((item) => (item.kind === 'recalibrate' ? `recalibrate ${item.network}` : item.name)),
      ['recalibrate C', 'size'],
    );
  });
});
