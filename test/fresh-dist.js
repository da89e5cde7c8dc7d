// Before any test: dist/ is what `bin/ganc.js`, `import 'ganc'` and built programs run, so it must be made from these sources.
import { freshen } from '../setup/package/fresh.js';

export const mochaGlobalSetup = () => freshen((line) => console.error(line));
