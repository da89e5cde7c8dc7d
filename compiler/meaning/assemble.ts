/** A checked spec's meaning: its items, section by section. In: a subject, and how its names are read; out: plain data. */
import type * as ast from '../../grammar/ast.ts';
import { mentioned } from '../bind/cycles.ts';
import { dataItem, historyItem, sampleItem, stateItem } from './data.ts';
import type { Definition, Item, Meaning } from './meaning.ts';
import { networkItems } from './networks.ts';
import { reportItems } from './reports.ts';
import { flat, type Subject } from './subject.ts';
import type { Reading } from './tokens.ts';
import { trainingItems } from './training.ts';

export function meaningOf(subject: Subject, reading: Reading): Meaning {
  const { params } = subject.analysis.names;
  return {
    items: [
      ...inputItems(subject, reading),
      ...networkItems(subject, reading),
      ...trainingItems(subject, reading),
      ...reportItems(subject, reading),
    ],
    params: new Map([...params].map(([name, { value }]) => [name, String(value)])),
    definitions: definitionsOf(subject),
  };
}

/** What is there before any network is. */
export function inputItems(subject: Subject, reading: Reading): Item[] {
  const { data, samples, states, histories } = subject.analysis.names;
  return [
    ...[...data].map(([, info]) => dataItem(subject, reading, info)),
    ...[...samples].map(([, info]) => sampleItem(reading, info)),
    ...[...states].map(([, info]) => stateItem(reading, info)),
    ...[...histories].map(([, info]) => historyItem(reading, info)),
  ];
}

function definitionsOf({ analysis: { names } }: Subject): ReadonlyMap<string, Definition> {
  const defined = (part: ast.Expr | ast.FnDecl | ast.BlockDecl): Definition => ({
    text: flat(part.span),
    names: [...mentioned(part)],
  });
  const { lets, losses, functions, params } = names;
  return new Map<string, Definition>([
    ...[...lets, ...losses].map(([name, { value }]) => [name, defined(value)] as const),
    ...[...functions].map(([name, declaration]) => [name, defined(declaration)] as const),
    ...[...params].map(([name, { value }]) => [name, { text: String(value), names: [] }] as const),
  ]);
}
