/** What the runtime offers to specs by name. */
import { assert } from 'chai';
import type { MetricSignature, PictureSignature, SourceSignature } from '../../program/catalogue.ts';
import { catalogue } from '../../runtime/catalogue.ts';

describe('the catalogue', () => {
  it('has what the language names, each documented under its own name', () => {
    assert.containsAllKeys(catalogue.sources, [
      'mnist',
      'mnist_m',
      'idx',
      'images',
      'npz',
      'csv',
      'gaussians',
    ]);
    assert.containsAllKeys(catalogue.metrics, [
      'mean',
      'accuracy',
      'matched_accuracy',
      'knn_accuracy',
      'frechet',
      'probe',
    ]);
    assert.containsAllKeys(catalogue.pictures, ['grid', 'rows', 'traverse', 'embedding']);
    const { sources, metrics, pictures: drawn } = catalogue;
    for (const table of [sources, metrics, drawn]) {
      for (const [name, signature] of Object.entries<SourceSignature | MetricSignature | PictureSignature>(
        table,
      )) {
        assert.equal(signature.name, name);
        assert.match(signature.doc, /\.$/);
        const names = signature.params.map((param) => param.name);
        assert.equal(new Set(names).size, names.length, name);
        assert.isTrue(
          signature.params.every(({ doc }) => doc.length > 3),
          name,
        );
      }
    }
  });
});
