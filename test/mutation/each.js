// Mocha's hooks around each test of a covered file: which test it is that comes by a switch, and how long it takes. Where
// GANC_MUTATION_TESTS names a file with titles, the other tests are left out.
import { readFileSync } from 'node:fs';

const switches = (globalThis.__stryker__ ??= {});
let begun = 0;

function keepOnly(suite, wanted) {
  suite.tests = suite.tests.filter((test) => wanted.has(test.fullTitle()));
  suite.suites.forEach((one) => keepOnly(one, wanted));
}

export const mochaHooks = {
  beforeAll() {
    const list = process.env.GANC_MUTATION_TESTS;
    if (list) keepOnly(this.test.parent, new Set(JSON.parse(readFileSync(list, 'utf8'))));
  },
  beforeEach() {
    const title = this.currentTest.fullTitle();
    switches.currentTestId = title;
    process.env.GANC_MUTATION_TEST = title;
    begun = performance.now();
  },
  afterEach() {
    const title = this.currentTest.fullTitle();
    switches.seconds ??= {};
    switches.seconds[title] = (switches.seconds[title] ?? 0) + (performance.now() - begun) / 1000;
    switches.currentTestId = undefined;
    delete process.env.GANC_MUTATION_TEST;
  },
};
