// Dots and failures at length, as mocha has them, then the names of all tests that were not run: an engine that is not set
// up is not a pass. A script that is required, since mocha loads reporters so.
const { reporters } = require('mocha'); // eslint-disable-line @typescript-eslint/no-require-imports
const { stripVTControlCharacters } = require('node:util'); // eslint-disable-line @typescript-eslint/no-require-imports

module.exports = class extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const names = [];
    runner.on('pending', (test) => names.push(stripVTControlCharacters(test.fullTitle())));
    runner.once('end', () => {
      if (names.length === 0) return;
      const list = names.sort().map((name) => `    ${name}\n`);
      process.stdout.write(`\n  ${names.length} tests were skipped:\n${list.join('')}\n`);
    });
  }
};
