/**
 * What lies beside an exported network: README.md, for people, and export.json, for programs. In: the network's inputs and
 * outputs, where it comes from; out: both texts.
 */
import { printDim, type Shape } from '../compiler/ir/dim.ts';
import type { Port } from '../compiler/lower/network.ts';
import { visible } from '../grammar/visible.ts';
import type { Manifest } from '../program/manifest.ts';
import type { FileContents } from '../runtime/atomic.ts';

export interface Exported {
  readonly to: string;
  readonly network: string;
  /** The name of the spec. */
  readonly spec: string;
  readonly iteration: number;
  readonly averaged: boolean;
  readonly params: Manifest['params'];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** What classes are called, by the field of the data that says so. */
  readonly classes: readonly { readonly of: string; readonly names: readonly string[] }[];
}

/** README.md and export.json. */
export function exportPage(made: Exported, files: FileContents): FileContents {
  return {
    'README.md': readme(made, Object.keys(files)),
    'export.json': `${JSON.stringify(facts(made), null, 1)}\n`,
  };
}

/** `2*T` for what is twice a multiple of 4, solved as 8*T/4. */
const dimText = (shape: Shape[number]): string =>
  printDim(shape).replace(
    /(?:(\d+)\*)?(\w+)\/(\d+)/g,
    (whole, n: string | undefined, name: string, by: string) => {
      const times = Number(n ?? 1) / Number(by);
      return times === 1 ? name : Number.isInteger(times) ? `${times}*${name}` : whole;
    },
  );

const sizes = ({ node }: Port): string[] => node.shape.map(dimText);

/** Exported, as JSON is to have it. */
export function facts({ inputs, outputs, ...made }: Exported): Record<string, unknown> {
  const port = ({ name, node, type, declared, of, drawn }: Port): Record<string, unknown> => ({
    name,
    shape: node.shape.map((dim) => (typeof dim === 'number' ? dim : dimText(dim))),
    ...{ declared, of, drawn, kind: type.kind, range: type.range },
  });
  return { kind: 'export', format: 1, ...made, inputs: inputs.map(port), outputs: outputs.map(port) };
}

function readme(made: Exported, files: readonly string[]): string {
  const { network, spec, iteration, averaged, inputs, outputs } = made;
  const params = Object.entries(made.params).map(([name, value]) => `${name} = ${String(value)}`);
  const lines = [
    `# ${network}`,
    '',
    `The network ${network} of the spec ${visible(spec)}${averaged ? ', its moving average' : ''}, as of iteration ${iteration}, with running statistics and without dropout.${params.length === 0 ? '' : ` Params: ${visible(params.join(', '))}.`}`,
    '',
    ...table('in', inputs),
    ...table('out', outputs),
    `Numbers are 32-bit floats, also where they stand for classes; \`N\` is any number of rows${lengths([...inputs, ...outputs])}.`,
    ...(inputs.some(({ drawn }) => drawn !== null)
      ? [
          'The network draws random numbers: they are inputs, so that the same numbers give the same result everywhere.',
        ]
      : []),
    '',
    ...made.classes.flatMap(({ of, names }) => [
      `Classes of ${of}: ${names.map((name, i) => `${i} ${visible(name)}`).join(', ')}.`,
      '',
    ]),
    ...usage(made, files),
  ];
  return lines.join('\n');
}

function table(title: string, ports: readonly Port[]): string[] {
  if (ports.length === 0) return [];
  const rows = ports.map((port) => `| \`${port.name}\` | [${sizes(port).join(', ')}] | ${meaning(port)} |`);
  return [`| ${title} | shape | |`, '|---|---|---|', ...rows, ''];
}

function meaning({ type, declared, of, drawn }: Port): string {
  if (drawn !== null) return drawn;
  const range = type.range === null ? '' : `, from ${type.range[0]} to ${type.range[1]}`;
  const kinds: Partial<Record<typeof type.kind, string>> = {
    label: ', the number of a class, from 0',
    onehot: ', a 1 at the class, else 0',
    logit: ', before the sigmoid or softmax',
    prob: ', from 0 to 1',
  };
  const what = `\`${visible(declared ?? '')}\``;
  return of === null ? `${what}${kinds[type.kind] ?? range}` : `${of}, of ${what}`;
}

/** What is to be known of sizes that are open beside the rows. */
function lengths(ports: readonly Port[]): string {
  const dims = ports.flatMap(({ node }) =>
    node.shape
      .slice(1)
      .filter((dim) => typeof dim !== 'number')
      .map(printDim),
  );
  const multiples = new Map(
    dims.flatMap((dim) => [...dim.matchAll(/(\w+)\/(\d+)/g)].map(([, name, by]) => [name, by])),
  );
  const open = [...new Set(dims.flatMap((dim) => [...dim.matchAll(/([A-Z])\b/g)].map(([, name]) => name)))];
  return open
    .map(
      (name) =>
        `, \`${name}\` any length${multiples.has(name) ? ` that ${multiples.get(name)} divides` : ''}`,
    )
    .join('');
}

function usage({ to, network, inputs, outputs }: Exported, files: readonly string[]): string[] {
  const feeds = inputs.map(({ name }) => `'${name}': ${name.replaceAll('.', '_')}`).join(', ');
  const code: Readonly<Record<string, readonly string[]>> = {
    onnx: [
      'import onnxruntime',
      '',
      `session = onnxruntime.InferenceSession('${network}.onnx')`,
      `${outputs.length === 1 ? 'output, = ' : 'outputs = '}session.run(None, {${feeds}})  # numpy arrays of float32`,
    ],
    torch: [
      'from model import load  # from this folder',
      '',
      'model = load()  # a torch.nn.Module, in eval mode',
      `output = model(${inputs.map(({ name }) => name.replaceAll('.', '_')).join(', ')})`,
    ],
    safetensors: [
      'from safetensors.numpy import load_file',
      '',
      `tensors = load_file('${network}.safetensors')  # by the names that checkpoints have`,
    ],
    npz: ['import numpy', '', `tensors = numpy.load('${network}.npz')  # by the names that checkpoints have`],
  };
  const layout =
    to === 'safetensors' || to === 'npz'
      ? ['', 'Weights of dense layers are [in, out], kernels of convolutions [out, in, height, width].']
      : [];
  return ['```python', ...code[to], '```', ...layout, '', `Files: ${files.join(', ')}.`, ''];
}
