/**
 * Started in a tree by held.ts, and asked through messages: loads test files once and runs tests of them again and again, each
 * time with another mistake switched on, which spares what most of a quick test takes, loading the compiler. In: `tried` or
 * `untried`, and the files; out: which of them pass twice in one process (where they are untried), what switches were come by while loading (these stand as they are by then), then of
 * each mistake whether a test fails, and whether that test passes without it afterwards.
 */
import Mocha from 'mocha';
import type { Part } from './tree.ts';

/** Stryker's own: the switches read it. */
interface Switches {
  activeMutant?: string;
  readonly mutantCoverage?: { readonly static: Readonly<Record<string, number>> };
}

export interface Ready {
  readonly repeatable: readonly string[];
  readonly loaded: readonly string[];
}

export interface Asked {
  readonly id: string;
  readonly parts: readonly Pick<Part, 'file' | 'titles'>[];
}

export interface Answer {
  readonly id: string;
  readonly failed: boolean;
  /** Whether what failed passes without the mistake. */
  readonly clean: boolean;
  /** The file that failed. */
  readonly by: readonly string[];
}

const switches = (): Switches => ((globalThis as { __stryker__?: Switches }).__stryker__ ??= {} as Switches);

/** Child processes and threads have the mistake from the environment. */
function turnOn(id: string | undefined): void {
  switches().activeMutant = id;
  if (id === undefined) delete process.env.__STRYKER_ACTIVE_MUTANT__;
  else process.env.__STRYKER_ACTIVE_MUTANT__ = id;
}

/** What each suite had when it was loaded. */
type Tests = ReadonlyMap<Mocha.Suite, readonly Mocha.Test[]>;

function testsOf(suite: Mocha.Suite): [Mocha.Suite, readonly Mocha.Test[]][] {
  return [[suite, suite.tests], ...suite.suites.flatMap(testsOf)];
}

function fileOf(at: Mocha.Suite | undefined): Mocha.Suite | undefined {
  while (at?.parent !== undefined && !at.parent.root) at = at.parent;
  return at;
}

interface Failure {
  readonly file: string;
  readonly title: string;
}

/** Mocha with these suites alone; what failed. */
function run(mocha: Mocha, suites: readonly Mocha.Suite[], bail: boolean): Promise<Failure[]> {
  mocha.suite.suites = [...suites];
  mocha.suite.bail(bail);
  suites.forEach((suite) => suite.bail(bail));
  const failed: Failure[] = [];
  return new Promise((resolve) => {
    mocha
      .run(() => resolve(failed))
      .on('fail', (test) =>
        failed.push({ file: fileOf(test.parent)?.file ?? '', title: titleOf(test as Mocha.Test) }),
      );
  });
}

/** A hook's failure is that of the test it ran for. */
const titleOf = (test: Mocha.Test): string =>
  ((test.ctx?.currentTest as Mocha.Test | undefined) ?? test).fullTitle();

async function main(tried: boolean, files: readonly string[]): Promise<void> {
  const mocha = new Mocha({ timeout: 900_000, reporter: Mocha.reporters.Base });
  mocha.cleanReferencesAfterRun(false);
  files.forEach((file) => mocha.addFile(file));
  await mocha.loadFilesAsync();
  const loaded = Object.keys(switches().mutantCoverage?.static ?? {});
  const all = mocha.suite.suites;
  const tests: Tests = new Map(all.flatMap(testsOf));
  const nameOf = (suite: Mocha.Suite): string => files.find((file) => suite.file?.endsWith(file)) ?? '';

  const only = (wanted: Asked['parts']): Mocha.Suite[] => {
    const titles = new Map(wanted.map((one) => [one.file, new Set(one.titles)]));
    for (const [suite, whole] of tests) {
      const named = titles.get(nameOf(fileOf(suite) ?? suite));
      suite.tests = whole.filter((test) => named?.has(test.fullTitle()));
    }
    const order = [...titles.keys()];
    return all
      .filter((suite) => titles.has(nameOf(suite)))
      .sort((a, b) => order.indexOf(nameOf(a)) - order.indexOf(nameOf(b)));
  };

  const failed = tried ? [] : [...(await run(mocha, all, false)), ...(await run(mocha, all, false))];
  const repeatable = files.filter(
    (file) => !failed.some(({ file: path }) => path === '' || path.endsWith(file)),
  );
  process.send!({ repeatable, loaded } satisfies Ready);
  process.on('message', ({ id, parts }: Asked) => {
    void (async () => {
      turnOn(id);
      const [first] = await run(mocha, only(parts), true);
      turnOn(undefined);
      const by = first === undefined ? [] : files.filter((file) => first.file.endsWith(file));
      const same = first === undefined ? [] : by.map((file) => ({ file, titles: [first.title] }));
      const clean = first === undefined || (await run(mocha, only(same), true)).length === 0;
      process.send!({ id, failed: first !== undefined, clean, by } satisfies Answer);
    })();
  });
}

const [, , told, ...files] = process.argv;
await main(told === 'tried', files);
