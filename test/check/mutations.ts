/**
 * Valid specs with one thing broken: a line out, two lines changed about, a token out, doubled, renamed or made another
 * number, a file cut short. What a hand that slips does to a file.
 */
import fc from 'fast-check';

const token = /[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d+)?(?:e[-+]?\d+)?|"[^"]*"|\|>|->|[^\sA-Za-z_0-9]/g;

interface Place {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Tokens outside comments. */
export function tokensOf(text: string): Place[] {
  const bare = text.replace(/\/\/.*/g, (comment) => ' '.repeat(comment.length));
  return [...bare.matchAll(token)].map((m) => ({ start: m.index, end: m.index + m[0].length, text: m[0] }));
}

const replaced = (text: string, { start, end }: Place, by: string): string =>
  text.slice(0, start) + by + text.slice(end);

type Change = (text: string, at: number, other: number) => string;

const pick = (text: string, at: number): Place => {
  const all = tokensOf(text);
  return all[at % all.length];
};

function withLines(change: (lines: string[], at: number, other: number) => void): Change {
  return (text, at, other) => {
    const lines = text.split('\n');
    change(lines, at % lines.length, other % lines.length);
    return lines.join('\n');
  };
}

export const changes: Readonly<Record<string, Change>> = {
  'a line out': withLines((lines, at) => lines.splice(at, 1)),
  'a line twice': withLines((lines, at) => lines.splice(at, 0, lines[at])),
  'two lines changed about': withLines((lines, at, other) => {
    [lines[at], lines[other]] = [lines[other], lines[at]];
  }),
  'a token out': (text, at) => replaced(text, pick(text, at), ''),
  'a token twice': (text, at) =>
    replaced(text, pick(text, at), `${pick(text, at).text} ${pick(text, at).text}`),
  'a token for another': (text, at, other) => replaced(text, pick(text, at), pick(text, other).text),
  'a token misspelt': (text, at) => replaced(text, pick(text, at), `${pick(text, at).text}x`),
  'a number changed': (text, at, other) => {
    const numbers = tokensOf(text).filter((one) => /^\d/.test(one.text));
    if (numbers.length === 0) return text;
    const values = ['0', '1', '7', '0.5', '100000', '1e9', '-3', 'progress'];
    return replaced(text, numbers[at % numbers.length], values[other % values.length]);
  },
  'the end cut off': (text, at) => text.slice(0, at % text.length),
};

export interface Mutation {
  readonly text: string;
  readonly what: string;
}

/** One change, or two on top of each other, to one of the texts. */
export function mutations(texts: readonly string[]): fc.Arbitrary<Mutation> {
  const change = fc.record({
    name: fc.constantFrom(...Object.keys(changes)),
    at: fc.nat(9999),
    other: fc.nat(9999),
  });
  return fc
    .record({ text: fc.constantFrom(...texts), list: fc.array(change, { minLength: 1, maxLength: 2 }) })
    .map(({ text, list }) => ({
      text: list.reduce(
        (all, { name, at, other }) => (tokensOf(all).length === 0 ? all : changes[name](all, at, other)),
        text,
      ),
      what: list.map(({ name }) => name).join(', then '),
    }));
}
