/** Expressions that can be read but not meant: what is said of a `not` inside arithmetic, of a call of a number. */
import type { IToken } from 'chevrotain';
import { tokenSpan, type Reader } from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import type { Span } from './source.ts';
import { syntaxErrors } from './syntax-errors.ts';

export function refuseNot(reader: Reader, token: IToken): void {
  const details = {
    what: "`not` can't stand inside arithmetic or to the right of a comparison.",
    hint: 'Put it in parentheses: `a == (not b)`.',
  };
  reader.report(diagnostic(syntaxErrors.misplacedNot, tokenSpan(reader, token), details));
}

export function refuseCall(reader: Reader, span: Span): void {
  const details = {
    what: 'Only a name, a field or an element can be called.',
    hint: 'If two expressions were meant, put an operator or a comma between them.',
  };
  reader.report(diagnostic(syntaxErrors.notCallable, span, details));
}
