/**
 * Started in a tree by held.ts, and asked through messages: loads test files once and runs them again and again, each time with
 * another mistake switched on, which spares what most of a quick test takes, loading the compiler. In: the files; out: which of
 * them pass twice in one process, what switches were come by while loading (these stand as they are by then), then of each
 * mistake whether a test fails.
 */
import Mocha from 'mocha';

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
  readonly files: readonly string[];
}

export interface Answer {
  readonly id: string;
  readonly failed: boolean;
}

const switches = (): Switches => ((globalThis as { __stryker__?: Switches }).__stryker__ ??= {} as Switches);

/** Mocha with these suites alone; the files of which a test failed. */
function run(mocha: Mocha, suites: readonly Mocha.Suite[], bail: boolean): Promise<Set<string>> {
  mocha.suite.suites = [...suites];
  mocha.suite.bail(bail);
  suites.forEach((suite) => suite.bail(bail));
  const failed = new Set<string>();
  return new Promise((resolve) => {
    mocha
      .run(() => resolve(failed))
      .on('fail', (test) => {
        let at: Mocha.Suite | undefined = test.parent;
        while (at?.parent !== undefined && !at.parent.root) at = at.parent;
        failed.add(at?.file ?? '');
      });
  });
}

async function main(files: readonly string[]): Promise<void> {
  const mocha = new Mocha({ timeout: 900_000, reporter: Mocha.reporters.Base });
  mocha.cleanReferencesAfterRun(false);
  files.forEach((file) => mocha.addFile(file));
  await mocha.loadFilesAsync();
  const loaded = Object.keys(switches().mutantCoverage?.static ?? {});
  const all = mocha.suite.suites;
  const nameOf = (suite: Mocha.Suite): string => files.find((file) => suite.file?.endsWith(file)) ?? '';
  // A folder that the first run removed at its end is missed by the second.
  const failed = [...(await run(mocha, all, false)), ...(await run(mocha, all, false))];
  const repeatable = files.filter((file) => !failed.some((path) => path === '' || path.endsWith(file)));
  process.send!({ repeatable, loaded } satisfies Ready);
  process.on('message', ({ id, files: wanted }: Asked) => {
    switches().activeMutant = id;
    const suites = all.filter((suite) => wanted.includes(nameOf(suite)));
    suites.sort((a, b) => wanted.indexOf(nameOf(a)) - wanted.indexOf(nameOf(b)));
    void run(mocha, suites, true).then((found) => {
      switches().activeMutant = undefined;
      process.send!({ id, failed: found.size > 0 } satisfies Answer);
    });
  });
}

await main(process.argv.slice(2));
