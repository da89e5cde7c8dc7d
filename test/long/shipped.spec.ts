/** Every spec that ships on all engines, in its profile tiny. */
import { agreeOnEngines } from '../parity/on-engines.ts';

agreeOnEngines('specs', { profile: 'tiny' });
