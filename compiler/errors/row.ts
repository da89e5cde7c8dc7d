/** How a code is written down in the catalogues of this folder, each of which is one thousand of codes. */
import type { Severity } from '../../grammar/diagnostics.ts';

/** Its severity is `error` where none is written. */
export type Row = readonly [code: string, title: string, explanation: string, severity?: Severity];
