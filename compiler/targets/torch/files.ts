/** The texts of the program's own files. In: the program with all that was printed into it; out: networks.py, updates.py, train.py. */
import type { Manifest } from '../../../program/manifest.ts';
import type { Plan } from '../../schedule/schedule.ts';
import { pyDoc } from '../text/escape.ts';
import type { Program } from './module.ts';
import { networksText } from './networks.ts';

export function networksFile(program: Program, { manifest, lowered }: Plan): string {
  const body = networksText(program, { networks: lowered.model, manifest });
  return `${headerOf(manifest, 'its networks')}\n${importsOf(body)}\n\n\n${body}\n`;
}

export function updatesFile(
  program: Program,
  manifest: Manifest,
  functions: readonly string[],
  tables: readonly string[],
): string {
  const body = [...program.functions.updates, ...functions, ...tables].join('\n\n\n');
  const own =
    program.imported.size === 0 ? '' : `\n\nfrom networks import ${[...program.imported].join(', ')}`;
  const names = ['Average', 'Shared', 'Taken', 'Update'];
  return `${headerOf(manifest, 'what each update and report computes')}\n${importsOf(body, names)}${own}\n\n\n${body}\n`;
}

/** What the text uses, and no more. */
export function importsOf(
  body: string,
  names: readonly string[] = ['BatchNorm', 'Block', 'InstanceNorm', 'LayerNorm', 'Weights'],
): string {
  const uses = (pattern: string): boolean => new RegExp(`\\b${pattern}`).test(body);
  const from = names.filter((name) => uses(`${name}\\(`));
  const kernels = ['Adam', 'AdamW', 'SGD'].filter((name) => uses(`${name}\\(`));
  const recurrent = ['GRU', 'LSTM', 'RNN'].filter((name) => uses(`(?<!\\.)${name}\\(`));
  const lines = [
    ...(uses('math\\.') ? ['import math'] : []),
    ...(uses('Path\\(') ? ['from pathlib import Path'] : []),
    ...(uses('math\\.') || uses('Path\\(') ? [''] : []),
    ...(uses('torch\\.') ? ['import torch'] : []),
    ...(uses('F\\.') ? ['import torch.nn.functional as F'] : []),
    ...(uses('nn\\.') ? ['from torch import nn'] : []),
    '',
    ...(uses('ops\\.') ? ['from ganc_torch import ops'] : []),
    ...(uses('unpacked\\(') ? ['from ganc_torch.files import unpacked'] : []),
    ...(kernels.length === 0 ? [] : [`from ganc_torch.optimizers import ${kernels.join(', ')}`]),
    ...(from.length === 0 ? [] : [`from ganc_torch.parts import ${from.join(', ')}`]),
    ...(recurrent.length === 0 ? [] : [`from ganc_torch.recurrent import ${recurrent.join(', ')}`]),
  ];
  return lines.join('\n').trim();
}

export function headerOf({ name, spec, profile, params }: Manifest, what: string): string {
  const values = Object.entries(params).map(([param, value]) => `${param} = ${String(value)}`);
  const lines = [
    `${name}: ${what}. Compiled by ganc from ${spec.path}${profile === null ? '' : ` (profile ${profile})`}.`,
    ...(values.length === 0 ? [] : ['', `Params: ${values.join(', ')}.`]),
  ];
  return `${pyDoc(lines.join('\n'))}\n`;
}

export const trainFile = (manifest: Manifest): string =>
  `${headerOf(manifest, 'trains it')}
from ganc_torch.train import main

if __name__ == '__main__':
    main(__file__)
`;
