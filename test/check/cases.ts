/**
 * The cases in test/cases: specs with mistakes. The first line says which codes the checker must give, and with which
 * options it is asked: `// GAN2010 GAN3001 --set width=4 --profile tiny --memory 1e6 --accumulate 2`.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { compile } from '../../compiler/compile.ts';
import type { CompileOptions } from '../../compiler/input.ts';
import { host, load, root } from '../parity/host.ts';

export interface Case {
  readonly name: string;
  readonly source: Source;
  readonly codes: readonly string[];
  readonly options: CompileOptions;
}

/** The specs of a folder under test/cases, by name. */
export function casesIn(folder: string): Case[] {
  const files = readdirSync(join(root, 'test/cases', folder)).filter((file) => file.endsWith('.gan'));
  return files.sort().map((file) => {
    const source = load(`test/cases/${folder}/${file}`);
    const words = source.text.slice(0, source.text.indexOf('\n')).split(/\s+/);
    const after = (option: string): string | undefined =>
      words.includes(option) ? words[words.indexOf(option) + 1] : undefined;
    const set = after('--set')?.split('=') as [string, string] | undefined;
    const [memory, accumulate] = [after('--memory'), after('--accumulate')];
    return {
      name: file.replace(/\.gan$/, ''),
      source: { ...source, path: file },
      codes: words.filter((word) => /^GAN\d{4}$/.test(word)),
      options: {
        target: 'reference',
        ...(set && { set: Object.fromEntries([set]) }),
        ...(memory && { memory: Number(memory) }),
        ...(accumulate && { accumulate: Number(accumulate) }),
        profile: after('--profile'),
      },
    };
  });
}

/** Everything that is wrong with the case's spec. */
export const diagnosticsOf = ({ source, options }: Case): readonly Diagnostic[] =>
  compile(source, host, options).diagnostics;
