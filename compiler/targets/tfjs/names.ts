/** Words that emitted modules must not use for anything else, and how names are written. */
import type { UpdateInfo } from '../../model.ts';
import { Names } from '../text/names.ts';
import { jsString } from '../text/escape.ts';
import { helpers } from './support.ts';

/** Words of JavaScript, its globals that modules use, and what modules call their own. */
const reserved = new Set([
  ...Object.keys(helpers),
  ...`await break case catch class const continue debugger default delete do else enum export extends false finally for
function if import in instanceof let new null return static super switch this throw true try typeof undefined var void
while with yield arguments eval tf w networks model batch draws at given state use inputs steps reports value gradients
variables losses statistics moved means whole when running compared Array Infinity Math NaN Number Object Promise Set globalThis
process console dirname fileURLToPath treeOf createModel withReplaced name next factor spared`.split(/\s+/),
]);
/** Functions and tables of updates and reports are called so, with numbers behind. */
const numbered =
  /^(update|gradients|apply|weights|together)(_\d+)*$|^(value_of_|keep_)?set_\d+$|^(settled_by|whole_\d+_of|round_\d+_of)_|^report_\d+_/;

/** Names that a module may use. */
export const moduleNames = (): Names => new Names({ reserved, numbered });

/** `.weight`, or `['...']` where a name is no identifier. */
export const property = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${jsString(name)}]`;

/** `1` of `update_1`: what its functions are called by. */
export const numberOf = ({ name }: Pick<UpdateInfo, 'name'>): string => name.replace('update_', '');
