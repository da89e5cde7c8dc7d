/** Every schedule form, every composition and the specs of test/written on all engines. */
import { agreeOnEngines } from './on-engines.ts';

agreeOnEngines('test/cases/schedule', {});
agreeOnEngines('test/cases/compile', {});
// test/written compares ONNX with the reference on these.
agreeOnEngines('test/cases/written', { profile: 'tiny' }, ['tfjs', 'torch']);
