/** The systems that the language was designed for, completed: each checks clean, given the sources that it reads. */
import { assert } from 'chai';
import { checkSpec, type Host } from '../../compiler/compile.ts';
import type { FieldType, SourceSignature } from '../../compiler/program/catalogue.ts';
import { render } from '../../grammar/render.ts';
import { host } from '../parity/host.ts';
import { casesIn } from './cases.ts';

/** What the voice sketch asks of a source: spectrograms of a fixed or of their own length, twins and strangers. */
const speech: SourceSignature = {
  name: 'speech',
  doc: 'Recordings by speaker.',
  params: [
    { name: 'path', type: 'string', doc: 'Which files.' },
    { name: 'speakers', type: 'int', doc: 'How many.' },
    { name: 'features', type: 'names', doc: 'What is computed of the sound.' },
    { name: 'frames', type: 'int', choices: ['all'], doc: 'How long a segment is.' },
    { name: 'also', type: 'names', default: null, doc: 'Segments beside it.' },
  ],
  fields({ frames, speakers }) {
    const sound: FieldType = { kind: 'seq', shape: [80, frames === 'all' ? 'T' : Number(frames)] };
    return {
      sound,
      same: sound,
      other: sound,
      speaker: { kind: 'label', shape: [], classes: Number(speakers) },
    };
  },
};

const withSpeech: Host = {
  ...host,
  catalogue: {
    ...host.catalogue,
    sources: { ...host.catalogue.sources, speech },
    pictures: {
      ...host.catalogue.pictures,
      speech: {
        name: 'speech',
        medium: 'sound',
        doc: 'Features as sound.',
        params: [
          { name: 'x', type: 'value', doc: 'The features.' },
          { name: 'like', type: 'value', doc: 'The field whose features they are.' },
        ],
      },
    },
  },
  describe: () => null,
};

describe('sketches', () => {
  for (const { name, source } of casesIn('sketches')) {
    it(name, () => {
      const { diagnostics, model } = checkSpec(source, withSpeech);
      assert.isNotNull(model, render(diagnostics, { color: false }));
    });
  }
});
