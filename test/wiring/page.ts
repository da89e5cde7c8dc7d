/** docs/wiring-bugs.md: a row for each bug, with its threads, what ganc says of it, and the tests that show it. */
import { kinds } from '../../compiler/errors.ts';
import type { Case } from '../check/cases.ts';
import { table } from '../docs/page.ts';
import type { Bug } from './bug.ts';

const introduction = `# Wiring bugs

What people got wrong when they wired networks, losses and optimizers by hand, from the threads of their projects; and
what ganc does about each. Behind a diagnostic stands the case: a spec with the bug
([test/cases/wiring](../test/cases/wiring)). What ganc says of it is kept in test/golden/wiring; with the bug taken out it
says nothing. *Cannot be written* means that the compiler derives what others write by hand; the tests named
([test/wiring](../test/wiring)) show it on compiled programs, against numbers worked out there. The fifteen are a choice
from what a search found, not a census.

This page is printed by test/wiring/cases.spec.ts (UPDATE_GOLDEN=1 rewrites it) from test/wiring/bugs.ts.
`;

const unseen = `## What no checker of specs sees

A sign that nothing else in the spec contradicts, mode collapse, a bad learning rate or balance, whether mixing rows in a
batch norm does harm, wrong content of data, an objective that is well-typed and not the one you meant.
`;

/** The whole page; throws for a code that is in no catalogue. */
export function bugsPage(bugs: readonly Bug[], beside: readonly Bug[], cases: readonly Case[]): string {
  const section = (wanted: readonly Bug[]): string =>
    table(
      ['', 'the bug', 'what ganc does', 'threads'],
      wanted.map((bug) => row(bug, cases)),
    );
  return [
    introduction,
    `## The fifteen\n\n${section(bugs)}\n`,
    `## Beside them\n\n${section(beside)}\n`,
    unseen,
  ].join('\n');
}

function row(bug: Bug, cases: readonly Case[]): string[] {
  const says = Object.keys(bug.cases).length > 0 ? bug.says : `*Cannot be written.* ${bug.says}`;
  const does = [says, ...said(bug, cases), ...shown(bug)].join('<br>');
  return [String(bug.number ?? ''), bug.title, does, bug.threads.map(linked).join(', ')];
}

/** `[GAN4001](diagnostics.md#...): [01-prediction-detached](...)` for each case. */
function said({ cases: names }: Bug, cases: readonly Case[]): string[] {
  return Object.keys(names).map((name) => {
    const codes = [...new Set(cases.find((one) => one.name === name)!.codes)];
    return `${codes.map(diagnosticLink).join(', ')}: [${name}](../test/cases/wiring/${name}.gan)`;
  });
}

function diagnosticLink(code: string): string {
  const kind = Object.values(kinds).find((one) => one.code === code);
  if (kind === undefined) throw new Error(`there is no diagnostic ${code}`);
  const anchor = `${code} ${kind.title}`
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-');
  return `[${code}](diagnostics.md#${anchor})`;
}

const shown = ({ shown: tests }: Bug): string[] =>
  Object.entries(tests).map(
    ([file, titles]) =>
      `Shown by [${file}.spec.ts](../test/wiring/${file}.spec.ts): ${titles.map((title) => `“${title}”`).join('; ')}`,
  );

function linked(thread: string): string {
  const [repository, number] = thread.split('#');
  return `[${thread}](https://github.com/${repository}/issues/${number})`;
}
