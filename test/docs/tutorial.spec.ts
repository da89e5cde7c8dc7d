/**
 * docs/tutorial as a reader goes through it, page after page in one folder: specs and changes check without a warning,
 * mistakes are answered as printed, commands do what the page says (runs with the profile `tiny`), and the pictures of
 * `ganc graph` are today's. UPDATE_GOLDEN=1 rewrites answers, whole specs and those pictures.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { after, before, describe, it } from 'mocha';
import { shell } from '../cli/shell.ts';
import { page, root } from './page.ts';
import { changed, pages, tutorial, withText, type Step } from './tutorial.ts';

const images = join('docs', 'images', 'tutorial');

describe('the tutorial', () => {
  const { run, folder, write, read } = shell();
  const home = process.cwd();

  before(() => {
    mkdirSync(join(folder, tutorial), { recursive: true });
    for (const name of specs()) cpSync(join(root, tutorial, name), join(folder, tutorial, name));
    // Threads of runs load tsx from the working directory.
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    process.chdir(folder);
  });
  after(() => process.chdir(home));

  /** What the page calls `my.gan` was made by its `ganc init`; the others lie beside the pages. */
  const pathOf = (name: string): string => (existsSync(join(folder, name)) ? name : `docs/tutorial/${name}`);

  async function check(
    name: string,
    change: string,
    ...options: readonly string[]
  ): Promise<{ code: number; err: string }> {
    const path = pathOf(name);
    const before = read(path);
    write(path, changed(before, change));
    const said = await run(['check', ...options, path]);
    write(path, before);
    return said;
  }

  async function command(line: string): Promise<void> {
    const [npx, ganc, ...args] = words(line);
    assert.deepEqual([npx, ganc], ['npx', 'ganc'], line);
    const { code, err } = await run(shortened(args));
    assert.equal(code, 0, `${line}\n${err}`);
    const out = args[args.indexOf('--out') + 1];
    if (args[0] === 'graph') page(join(images, out), read(out));
  }

  /** What stands in a block, against what is so; `next` is the block below it. */
  const tests: Readonly<Record<string, (step: Step, next: Step | undefined) => Promise<void>>> = {
    async whole(step) {
      const spec = read(pathOf(step.info[0]));
      if (spec !== step.text) rewrite(step, spec);
    },
    async part({ info: [, name], text }) {
      const wanted = text.split('\n').filter((line) => line.trim() !== '');
      const lines = read(pathOf(name)).split('\n');
      let at = 0;
      for (const line of wanted) {
        at = lines.indexOf(line, at) + 1;
        assert.isAbove(at, 0, `${name} has no line \`${line}\` below those above it`);
      }
    },
    async change({ info: [, name], text }) {
      const { code, err } = await check(name, text, '--strict');
      assert.equal(code, 0, err);
    },
    async wrong({ info: [, name], text }, next) {
      const { code, err } = await check(name, text);
      assert.equal(code, 1, 'it is said to be wrong');
      assert(next?.language === 'text', 'the answer is shown below');
      if (next.text !== err) rewrite(next, err);
    },
    async sh({ text }) {
      for (const line of text.trim().split('\n')) if (!install.includes(line)) await command(line);
    },
    async folder({ info: [path], text }) {
      for (const line of text.trimEnd().split('\n')) {
        const [name] = line.trim().split(/\s/);
        assert(existsSync(join(folder, path, name)), `${path} holds no ${name}`);
      }
    },
  };

  for (const [name, steps] of Object.entries(pages())) {
    describe(name, () => {
      for (const [i, step] of steps.entries()) {
        const sort = sortOf(step);
        if (sort === 'answer') continue;
        it(`${step.place} (${sort})`, () => tests[sort](step, steps[i + 1]));
      }
    });
  }

  for (const name of specs())
    it(`${name} checks without a warning`, async () => {
      const { code, err } = await run(['check', '--strict', `docs/tutorial/${name}`]);
      assert.equal(code, 0, err);
    });

  it('every page is in the index; every spec and picture is on a page', () => {
    const texts = Object.keys(pages()).map((name) => readFileSync(join(root, tutorial, name), 'utf8'));
    const index = readFileSync(join(root, tutorial, 'README.md'), 'utf8');
    for (const name of Object.keys(pages())) if (name !== 'README.md') assert.include(index, `(${name})`);
    const shown = texts.join('\n');
    for (const name of specs()) assert.match(shown, new RegExp(`^\`\`\`gan (part )?${name}$`, 'm'));
    for (const name of readdirSync(join(root, images))) assert.include(shown, `/tutorial/${name})`);
  });
});

/** Before `npx ganc` there is none. */
const install = ['npm ci'];

function specs(): string[] {
  return readdirSync(join(root, tutorial)).filter((name) => name.endsWith('.gan'));
}

/** A run of seconds, unless it is one as the page has it. */
function shortened(args: readonly string[]): readonly string[] {
  if (args[0] !== 'run' || args.includes('--profile') || args.includes('--resume')) return args;
  const steps = args.indexOf('--steps');
  const others = steps < 0 ? args : [...args.slice(0, steps), ...args.slice(steps + 2)];
  return [...others, '--profile', 'tiny', '--steps', '2'];
}

/** A comment of the line left out; no word of these pages is quoted. */
const words = (line: string): string[] =>
  line
    .replace(/ +#.*$/, '')
    .trim()
    .split(/ +/);

function sortOf({ place, language, info }: Step): string {
  if (language === 'sh') return 'sh';
  if (language === 'text') return info.length > 0 ? 'folder' : 'answer';
  if (info.length === 1) return 'whole';
  const known = info.length === 2 && ['part', 'change', 'wrong'].includes(info[0]);
  assert(known, `${place}: a spec is marked \`${info.join(' ')}\``);
  return info[0];
}

/** The page's block must say `other`; with UPDATE_GOLDEN=1 it then does. */
function rewrite(step: Step, other: string): void {
  const [path] = step.place.split(':');
  page(path, withText(readFileSync(join(root, path), 'utf8'), step, other));
}
