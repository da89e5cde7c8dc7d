/**
 * docs/reference.md from the tables that the checker itself reads: every layer, function, distribution, loss of the
 * prelude, optimizer, initializer, source, metric and picture, with parameters, defaults and documentation.
 */
import { reported } from '../../cli/explain.ts';
import type { FnDecl, Parameter } from '../../grammar/ast.ts';
import { parse } from '../../grammar/parse.ts';
import { textOf } from '../../grammar/source.ts';
import { timeFunctions, timeNames } from '../../compiler/evaluate/time.ts';
import { prelude } from '../../compiler/prelude/prelude.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import { families } from '../../compiler/vocabulary/distributions.ts';
import { functions } from '../../compiler/vocabulary/functions.ts';
import { initializers } from '../../compiler/vocabulary/initializers.ts';
import { layers } from '../../compiler/vocabulary/layers.ts';
import { optimizers } from '../../compiler/vocabulary/optimizers.ts';
import { catalogue } from '../../runtime/catalogue.ts';
import { table } from './page.ts';

interface Item {
  readonly doc: string;
  readonly params: readonly ParamSpec[];
}

const introduction = `# Reference

Everything that a spec can call, from the tables that the checker itself reads. This page is printed by
test/docs/reference.spec.ts: change the item's own file, then run
\`UPDATE_GOLDEN=1 npx mocha test/docs/reference.spec.ts\`. What the words mean together is in [language.md](language.md);
\`ganc explain NAME\` prints one entry.

A parameter without a default must be given. Arguments go by place, in the order of the table, then by name; what is
piped in (\`x |> f\`) is the first. Types of parameters:

- **int**, **real**, **bool**, **string**, **reals** (one number or a list), **choice** (one of the words shown): known
  when compiling, so literals, params and arithmetic on them;
- **word**: a name that something gets, given by name alone (\`name: head\`);
- **scalar**: a number that may change with time (\`progress\`, \`ramp(...)\`);
- **strength**: such a number, or one number without rows, as a state is;
- **value**, **values** (any number of them): a tensor or a distribution; a number will do where one is a scalar;
- **varied**: a sample, or one component of it (\`digit\`, \`style[0]\`);
- **names**: a list of names; **network**: a network's name.
`;

/** The whole page. */
export function referencePage(): string {
  const shown = reported();
  return [
    introduction,
    section(
      'Layers',
      'Inside networks and blocks. A layer with weights owns new ones at every place where it is written. Activations and movement (`relu`, `concat`, `reshape`, ...) also stand in `let` and `loss`.',
      layers,
      layerNote,
    ),
    section('Functions', 'Anywhere: in losses, values, networks, reports. They own no weights.', functions),
    distributions(),
    preludeSection(),
    timeSection(),
    section('Optimizers', 'After `with`: `update G to minimize generator_loss with adam(1e-3)`.', optimizers),
    section(
      'Initializers',
      'After `initialize G, D with`. They are for weights; biases start at 0 and gains of normalisations at 1.',
      initializers,
    ),
    section(
      'Data sources',
      'After `data d =`. Paths are relative to the spec. The fields and their ranges follow from the arguments; a spec is checked without its files.',
      catalogue.sources,
    ),
    section(
      'Metrics',
      'In a report: `metric m = ...`. Each is one number over all rows. Where only samples are read, `rows: 10000` says how many to draw. Arithmetic around a metric acts on its result; a plain value of a `metric` line is averaged over all rows.',
      shown.metric,
      (name) => `Better: ${catalogue.metrics[name].better}.`,
    ),
    section(
      'Pictures',
      'In a report: `picture p = ...`. All take `rows`, how many to show (default: 64).',
      shown.picture,
    ),
    section(
      'Sounds',
      'In a report: `sound s = ...`. A WAV file for each of the first `rows`; [audio.md](audio.md) says more.',
      shown.sound,
    ),
  ].join('\n');
}

function section(
  title: string,
  text: string,
  items: Readonly<Record<string, Item>>,
  note: (name: string) => string = () => '',
): string {
  const entries = Object.entries(items).map(([name, item]) => entry(name, item, note(name)));
  return `## ${title}\n\n${text}\n\n${entries.join('\n')}`;
}

function entry(name: string, { doc, params }: Item, note: string): string {
  const head = `### ${name}(${params.map(short).join(', ')})\n\n${sentence(doc)}${note === '' ? '' : ` ${note}`}\n`;
  if (params.length === 0) return head;
  const rows = params.map((param) => [`\`${param.name}\``, typeOf(param), unless(param), param.doc]);
  return `${head}\n${table(['parameter', 'type', 'default', 'meaning'], rows)}\n`;
}

/** In a signature: required parameters plainly, others with their default. */
function short({ name, default: unless }: ParamSpec): string {
  if (unless === undefined) return name;
  return unless === null ? `[${name}]` : `${name}: ${String(unless)}`;
}

function typeOf({ type, choices, interval }: ParamSpec): string {
  const words = (choices ?? []).map((word) => `\`${word}\``).join(', ');
  if (type === 'choice') return words;
  const numbers = interval === undefined ? type : `${type} in ${interval}`;
  return words === '' ? numbers : `${numbers}, or ${words}`;
}

function unless({ default: value }: ParamSpec): string {
  if (value === undefined) return '';
  return value === null ? 'none' : `\`${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}\``;
}

const sentence = (doc: string): string => (/[.!?]$/.test(doc) ? doc : `${doc}.`);

const layerNote = (name: string): string =>
  layers[name as keyof typeof layers].where === 'network' ? '' : 'Stands anywhere.';

// ---------------------------------------------------------------- distributions, prelude, time

function distributions(): string {
  const rows = Object.entries(families).map(([name, { doc, fields }]) => [
    `\`${name}\``,
    Object.keys(fields)
      .map((field) => `\`${field}\``)
      .join(', '),
    sentence(doc),
  ]);
  return `## Distributions

What \`normal(...)\`, \`categorical(...)\` and \`bernoulli(...)\` make, and a network may return. Asked by \`nll\`, \`kl\`,
\`entropy\` and by fields:

${table(['family', 'fields', ''], rows)}

Sampled by \`sample\`: \`normal[n]\` (mean 0, standard deviation 1), \`uniform[n](low, high)\` (default: 0 and 1),
\`categorical[k]\` (equal chances, a onehot), \`bernoulli[n](p)\` (default: 0.5). Without \`[n]\`, one number a row.
`;
}

function preludeSection(): string {
  const declared = parse({ path: 'prelude/losses.gan', text: prelude }).spec.declarations;
  const fns = declared.filter((d): d is FnDecl => d.kind === 'Fn');
  const entries = fns.map(
    (fn) =>
      `### ${fn.name.name}(${fn.parameters.map(parameter).join(', ')})\n\n${sentence((fn.doc ?? '').replace(/\n/g, ' '))}\n\n\`\`\`gan fragment\n${textOf(fn.span)}\n\`\`\`\n`,
  );
  return `## Losses of the prelude

Written in the language, in [compiler/prelude/losses.gan](../compiler/prelude/losses.gan), and there in every spec. A
spec's own declaration of the same name hides one.

${entries.join('\n')}`;
}

const parameter = ({ name, type, default: unless }: Parameter): string =>
  `${name.name}${type ? `: ${textOf(type.span)}` : ''}${unless ? ` = ${textOf(unless.span)}` : ''}`;

const timeDocs: Readonly<Record<string, string>> = {
  step: 'Iterations done in this phase, from 0.',
  epoch: "Whole passes done over the phase's stream, from 0.",
  progress: "step / steps of the phase, from 0; 1 past the spec's end.",
  ramp: '`ramp(from, to, over: 5000 steps)`: straight from one number to the other, then constant.',
  stepped: '`stepped(first, then: 0.1, at: 300 epochs)`: the first number, and from then on the other.',
};

function timeSection(): string {
  const names = [...timeNames, ...Object.keys(timeFunctions)];
  const rows = names.map((name) => [`\`${name}\``, timeDocs[name] ?? missing(name)]);
  const again =
    '`again(e)`: the expression e with draws of its own. It takes the expression itself, so it is not piped into.';
  return `## Time and draws\n\nNumbers of the host, which change with time; all count from the phase's start.\n\n${table(['name', ''], rows)}\n\n${again}\n`;
}

function missing(name: string): never {
  throw new Error(`test/docs/reference.ts says nothing of ${name}`);
}
