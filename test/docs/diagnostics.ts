/** docs/diagnostics.md: every code with its title and explanation, from the catalogues of parser and checker. */
import { kinds } from '../../compiler/errors.ts';
import type { DiagnosticKind } from '../../grammar/diagnostics.ts';
import { syntaxErrors } from '../../grammar/syntax-errors.ts';

const groups: readonly (readonly [prefix: string, title: string])[] = [
  ['GAN1', 'The text (GAN1xxx)'],
  ['GAN2', 'Names and arguments (GAN2xxx)'],
  ['GAN3', 'Types: shapes, kinds, ranges, rows, visibility (GAN3xxx)'],
  ['GAN4', 'Gradients, ownership, schedules (GAN4xxx)'],
  ['GAN5', 'Data, reports, size (GAN5xxx)'],
];

const introduction = `# Diagnostics

Every diagnostic has a code, a place, a sentence of what is wrong and, where one is known, a reason and a way out.
\`ganc check FILE\` reports all of them in one go. An error, of which no run could be meant, ends with exit code 1; a warning is said and the
run begins, unless \`--strict\` makes errors of warnings. \`// allow GAN4004: reason\` above a declaration takes a warning
away. \`ganc check --format json | github | sarif\` prints them for programs; \`ganc explain GAN3001\` prints the entry
below. This page is printed by
test/docs/reference.spec.ts (UPDATE_GOLDEN=1 rewrites it) from grammar/syntax-errors.ts and compiler/errors/.

What no code stands for: mode collapse, a bad learning rate, a wrong but well-typed objective. The checker does not
claim to see them.
`;

/** The whole page; throws for a code that belongs to no group. */
export function diagnosticsPage(): string {
  const all: readonly DiagnosticKind[] = [...Object.values(syntaxErrors), ...Object.values(kinds)];
  const stray = all.find(({ code }) => !groups.some(([prefix]) => code.startsWith(prefix)));
  if (stray !== undefined) throw new Error(`${stray.code} belongs to no group of docs/diagnostics.md`);
  const sections = groups.map(([prefix, title]) => {
    const entries = all
      .filter(({ code }) => code.startsWith(prefix))
      .sort((a, b) => a.code.localeCompare(b.code));
    return `## ${title}\n\n${entries.map(({ code, title: name, explanation, severity }) => `### ${code}: ${name}\n\n${severity === 'warning' ? 'A warning. ' : ''}${explanation}\n`).join('\n')}`;
  });
  return [introduction, ...sections].join('\n');
}
