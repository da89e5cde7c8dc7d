/**
 * A page of each shipped system, as an example: trains every spec of specs/ by its tiny profile, a few iterations, and writes an index of
 * their pages. Some reports go over all of MNIST, so it takes a while; what is there already is left. In: names of specs (default: all);
 * out: build/examples/NAME/, run directories with their report.html, and build/examples/index.html.
 *
 *     npm run examples -- gan infogan
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { html } from '../../compiler/targets/text/escape.ts';
import { linesOf, pageOf } from '../../page/write.ts';
import { runFacts } from '../../page/run-facts.ts';
import { writeFileAtomic } from '../../runtime/atomic.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Example {
  readonly name: string;
  readonly spec: string;
  /** Why there is no page; null: there is one. */
  readonly problem: string | null;
}

/** Trains what has no page yet, one after the other. `say` hears how far it is. */
export async function examplesOf(
  specs: readonly string[],
  out: string,
  say: (line: string) => void,
): Promise<Example[]> {
  mkdirSync(out, { recursive: true });
  const made: Example[] = [];
  for (const [i, spec] of specs.entries()) {
    const name = basename(spec, '.gan');
    const run = join(out, name);
    const begun = performance.now();
    const problem = existsSync(pageOf(run)) ? null : await trained(spec, run);
    const seconds = Math.round((performance.now() - begun) / 1000);
    say(`${i + 1}/${specs.length} ${name}: ${problem ?? `${pageOf(run)}, ${seconds} s`}`);
    made.push({ name, spec, problem });
    writeFileAtomic(join(out, 'index.html'), indexHtml(made, out));
  }
  return made;
}

/** What the command complained of; null where it ended well. */
function trained(spec: string, run: string): Promise<string | null> {
  const args = [join(root, 'bin', 'ganc.js'), 'run', spec, '--profile', 'tiny', '--out', run, '--quiet'];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let complaints = '';
  child.stderr.on('data', (part: Buffer) => (complaints += part.toString()));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) =>
      done(code === 0 ? null : (complaints.trim().split('\n')[0] ?? `exit code ${code}`)),
    );
  });
}

// ---------------------------------------------------------------- the index

const style = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 1080px; margin: 0 auto; padding: 20px; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 18px; padding: 0; list-style: none; }
li { padding: 14px; border: 1px solid #8888; border-radius: 8px; overflow-wrap: anywhere; }
h2 { margin: 0 0 6px; font-size: 17px; }
p { margin: 0 0 8px; }
img { display: block; width: 100%; height: 180px; object-fit: contain; }`;

export function indexHtml(examples: readonly Example[], out: string): string {
  const items = examples.map((example) => `<li>${itemHtml(example, out)}</li>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>ganc: pages of the shipped systems</title><link rel="icon" href="data:,"><style>${style}</style></head>
<body><h1>Pages of the shipped systems</h1>
<p>Each of a few iterations of the tiny profile: what a page looks like, not what a system learns.</p>
<ul>
${items.join('\n')}
</ul></body></html>
`;
}

function itemHtml({ name, problem }: Example, out: string): string {
  if (problem !== null) return `<h2>${html(name)}</h2><p>was not trained: ${html(problem)}</p>`;
  const run = join(out, name);
  const { spec, networks, lines } = runFacts(run, linesOf(run)());
  const weights = networks.reduce((sum, network) => sum + network.weights, 0);
  const picture = lines.media.filter(({ kind }) => kind === 'picture').at(-1);
  const shown =
    picture === undefined
      ? ''
      : `<img src="${html(`${encodeURIComponent(name)}/${picture.file}`)}" alt="${html(picture.name)}" loading="lazy">`;
  const link = `<a href="${encodeURIComponent(name)}/report.html">${html(name)}</a>`;
  return `<h2>${link}</h2><p>${html(firstSentence(spec.text))}</p><p>${weights.toLocaleString('en')} weights, ${lines.iteration} iterations</p>${shown}`;
}

/** Of the comment that a spec begins with. */
function firstSentence(text: string): string {
  const comment = text
    .split('\n')
    .slice(
      0,
      text.split('\n').findIndex((line) => !line.startsWith('///')),
    )
    .map((line) => line.slice(3).trim())
    .join(' ');
  return /^.*?[.:](?=\s|$)/.exec(comment)?.[0].replace(/:$/, '.') ?? comment;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(root, 'specs');
  const all = readdirSync(folder).filter((file) => file.endsWith('.gan'));
  const wanted = process.argv.slice(2).map((name) => `${basename(name, '.gan')}.gan`);
  const unknown = wanted.filter((file) => !all.includes(file));
  if (unknown.length > 0) {
    console.error(`examples: specs/ has no ${unknown.join(', ')}; it has ${all.join(', ')}`);
    process.exit(2);
  }
  const specs = (wanted.length > 0 ? wanted : all).map((file) => join('specs', file));
  process.chdir(root);
  const out = join('build', 'examples');
  const made = await examplesOf(specs, out, (line) => console.log(line));
  console.log(`${join(out, 'index.html')} lists them`);
  process.exitCode = made.every(({ problem }) => problem === null) ? 0 : 1;
}
