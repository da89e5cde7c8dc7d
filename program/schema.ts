/**
 * The manifest's JSON schema: what a runtime demands of a file before it believes it (runtime/run/checked.ts). It says what manifest.ts says
 * (a test compares the two, interface by interface); nothing that the schema doesn't name is let in.
 */
import type { TimeName } from './host.ts';

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const number = { type: 'number' };
/** A path inside the program's folder, and a name that files are called by: a manifest may come from anywhere. */
const file = { type: 'string', pattern: '^(?!/)(?!(.*/)?\\.\\.(/|$))[^\\\\\\0:]+$' };
const fileName = { type: 'string', pattern: '^(?!\\.{1,2}$)[^/\\\\\\0]+$' };
const count = { type: 'integer', minimum: 0 };
const bool = { type: 'boolean' };
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const table = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
const oneOf = (...words: string[]): Schema => ({ enum: words });
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

/** For the schemas of other files. */
export const shared = { text, number, count, nullable, list, table };

/** All properties are required but those whose names end in `?`. */
export function object(properties: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(properties);
  const bare = (name: string): string => name.replace(/\?$/, '');
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [bare(name), properties[name]])),
    required: names.filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

/** One of several objects, told apart by the value of `tag`: a mistake inside is reported for that one alone. */
function tagged(tag: string, variants: Readonly<Record<string, Readonly<Record<string, Schema>>>>): Schema {
  return {
    type: 'object',
    required: [tag],
    discriminator: { propertyName: tag },
    oneOf: Object.entries(variants).map(([value, properties]) =>
      object({ [tag]: { const: value }, ...properties }),
    ),
  };
}

const times = { step: 0, epoch: 0, epochs: 0, progress: 0 } satisfies Record<TimeName, 0>;
const shape = list(count);
const hostShape = list({ anyOf: [count, text] });
const option = { anyOf: [number, bool, text, list(number)] };
const pair = { type: 'array', items: number, minItems: 2, maxItems: 2 };

const show = {
  name: fileName,
  every: nullable(ref('Length')),
  'at?': list(ref('Length')),
  fn: text,
  values: table(ref('ValueRef')),
  'names?': table(text),
  varied: table(ref('Varied')),
  options: table(option),
  rows: count,
};

/** By the names of manifest.ts (and host.ts, catalogue.ts for what it uses of them). */
export const definitions: Readonly<Record<string, Schema>> = {
  AccumulateEntry: object({ parts: count, notices: list(text) }),
  DeviceEntry: object({ name: text, copy: file }),
  NetworkEntry: object({ name: text, signature: text, weights: count }),
  StateEntry: object({
    name: text,
    role: oneOf('weight', 'buffer', 'moment', 'average', 'state', 'history', 'sum'),
    network: text,
    shape,
    initial: ref('Initial'),
  }),
  Initial: tagged('kind', {
    constant: { value: number },
    normal: { mean: number, std: number },
    uniform: { low: number, high: number },
    orthogonal: { gain: number },
    copy: { of: text },
    stored: { file, of: text },
  }),
  StoredWeights: object({ iteration: nullable(count), hash: text, tensors: table(shape) }),
  OriginEntry: object({
    path: text,
    at: { anyOf: [oneOf('newest', 'best'), count] },
    file,
    found: nullable(ref('StoredWeights')),
    notices: list(text),
  }),
  NetworkFileEntry: object({ path: text, file, hash: text }),
  StartOrigin: tagged('kind', { copy: { of: text }, stored: { file, of: text } }),
  StartEntry: object({ state: text, from: ref('StartOrigin') }),
  StreamEntry: object({
    name: text,
    source: text,
    args: table(nullable(option)),
    fields: table(ref('FieldType')),
    convert: object({ 'shape?': shape, 'kind?': text, 'range?': pair }),
    batch: { type: 'integer', minimum: 1 },
    description: nullable(ref('DataDescription')),
  }),
  FieldType: object({
    kind: oneOf('image', 'vec', 'seq', 'scalar', 'label'),
    shape: hostShape,
    'range?': pair,
    'classes?': count,
  }),
  DataDescription: object({
    count,
    hash: text,
    'skipped?': list(text),
    'notices?': list(text),
    'onDisk?': bool,
    'classes?': table(list(text)),
  }),
  GraphEntry: object({
    'file?': file,
    'digest?': text,
    inputs: list(ref('GraphInput')),
    outputs: list(ref('GraphOutput')),
    'rows?': count,
    'stages?': list(ref('StageEntry')),
    'handed?': list(ref('HandedValue')),
  }),
  StageEntry: object({ file, outputs: list(text), kernels: list(ref('KernelEntry')) }),
  HandedValue: object({ name: text, shape }),
  KernelEntry: object({ file, tensors: list(text), scalars: list(text), results: list(text) }),
  GraphInput: object({ name: text, shape: hostShape, from: ref('InputOrigin') }),
  InputOrigin: tagged('kind', {
    state: { state: text },
    field: { stream: text, field: text },
    draw: { key: text, distribution: oneOf('uniform', 'normal', 'integer'), 'k?': count },
    scalar: { value: ref('HostExpr') },
    given: { name: text },
  }),
  GraphOutput: object({ name: text, shape: hostShape, to: ref('OutputUse') }),
  OutputUse: tagged('kind', {
    state: { state: text },
    loss: { loss: text, update: text },
    objective: { update: text },
    applied: { update: text },
    value: { name: text },
  }),
  HostExpr: {
    anyOf: [
      number,
      object({ time: oneOf(...Object.keys(times)) }),
      object({ applied: text }),
      object({ set: count }),
      object({ op: text, args: list(ref('HostExpr')) }),
    ],
  },
  UpdateEntry: object({
    name: text,
    networks: list(text),
    text,
    losses: list(text),
    conditional: bool,
    'moments?': text,
    'games?': list(object({ loss: nullable(text), mistake: number, chance: number })),
    'discriminates?': object({ loss: nullable(text), mistake: number, chance: number }),
    'rectified?': list(text),
  }),
  Length: tagged('unit', {
    steps: { count: { type: 'number', minimum: 0 }, of: { type: 'null' } },
    epochs: { count: { type: 'number', minimum: 0 }, of: text },
  }),
  PhaseEntry: object({
    name: nullable(text),
    length: nullable(ref('Length')),
    clock: nullable(text),
    'starts?': list(ref('StartEntry')),
    body: ref('Scope'),
  }),
  Scope: object({ reads: list(text), actions: list(ref('Action')) }),
  Action: tagged('do', {
    step: { graph: text, updates: list(text), every: nullable(ref('Length')), 'parts?': count },
    repeat: { count, fresh: bool, scope: ref('Scope') },
  }),
  ReportEntry: object({ every: ref('Length'), 'at?': list(ref('Length')), items: list(ref('ReportItem')) }),
  ValueRef: object({
    graph: text,
    output: text,
    rows: { anyOf: [object({ stream: text }), object({ samples: { const: true } })] },
  }),
  SetCall: object({ fn: text, values: table(ref('ValueRef')), options: table(option) }),
  ReportItem: tagged('kind', {
    metric: {
      name: fileName,
      every: nullable(ref('Length')),
      'at?': list(ref('Length')),
      sets: list(ref('SetCall')),
      value: ref('HostExpr'),
      rows: count,
      'onTraining?': bool,
      'goal?': object({ value: number, from: nullable(text) }),
    },
    picture: show,
    sound: show,
    recalibrate: {
      network: text,
      every: nullable(ref('Length')),
      'at?': list(ref('Length')),
      length: ref('Length'),
      graph: text,
      stream: nullable(text),
    },
  }),
  Varied: object({ input: text, classes: nullable(count) }),
  Manifest: object({
    format: { const: 2 },
    language: text,
    name: fileName,
    spec: object({ path: text, text, 'imports?': list(object({ path: text, text })) }),
    profile: nullable(text),
    params: table({ anyOf: [number, bool, text] }),
    target: text,
    'device?': ref('DeviceEntry'),
    float: oneOf('float32', 'float64'),
    'turned?': list(text),
    'accumulate?': ref('AccumulateEntry'),
    'blocks?': table(count),
    networks: list(ref('NetworkEntry')),
    'origins?': list(ref('OriginEntry')),
    'networkFiles?': list(ref('NetworkFileEntry')),
    state: list(ref('StateEntry')),
    streams: list(ref('StreamEntry')),
    losses: list(text),
    updates: list(ref('UpdateEntry')),
    graphs: table(ref('GraphEntry')),
    length: ref('Length'),
    schedule: list(ref('PhaseEntry')),
    reports: list(ref('ReportEntry')),
    bytes: object({ weights: count, optimizer: count, activations: count }),
  }),
};

export const manifestSchema: Schema = { ...ref('Manifest'), $defs: definitions };
