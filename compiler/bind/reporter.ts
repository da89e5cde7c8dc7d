/** Where mistakes become diagnostics: a list that grows, and the one place that catches `Mistake` and `Silence`. */
import { diagnostic, Mistake, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Span } from '../../grammar/source.ts';
import { Silence } from './dims.ts';

/** The diagnostics so far, and the way to add one. */
export interface Reporter {
  say(found: Diagnostic): void;
  /** Runs it; a mistake is reported at its span, or at `span`; undefined then. */
  attempt<T>(span: Span, run: () => T): T | undefined;
  /** Whether a diagnostic so far says "did you mean" this name: then it is used, if misspelt. */
  meant(name: string): boolean;
}

export function reporter(into: Diagnostic[]): Reporter {
  return {
    say: (found) => void into.push(found),
    meant: (name) => into.some(({ hint }) => hint?.startsWith(`Did you mean \`${name}\``)),
    attempt(span, run) {
      try {
        return run();
      } catch (error) {
        if (error instanceof Silence) return undefined;
        if (!(error instanceof Mistake)) throw error;
        into.push(diagnostic(error.kind, error.span ?? span, error.details));
        return undefined;
      }
    },
  };
}
