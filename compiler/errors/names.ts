/** Names, arguments and settings (GAN2xxx). A code means one thing; one that is retired is never used again (CHANGELOG.md). */
import type { Row } from './row.ts';

export const nameCodes = {
  unknownName: [
    'GAN2001',
    'unknown name',
    'Nothing of this name is declared in this file, in what it imports, or in the prelude; or there is no data source, distribution or kind of value of this name. Names are case sensitive. Correct the name, or declare it.',
  ],
  unknownFunction: [
    'GAN2002',
    'unknown layer or function',
    'No layer, function, block, fn or network has this name, nor, where one of those is wanted, an optimizer, initializer, metric or picture. `ganc explain layers` lists what is built in.',
  ],
  unknownArgument: [
    'GAN2003',
    'unknown argument',
    'What is called has no parameter of this name; the hint lists those that it has.',
  ],
  missingArgument: [
    'GAN2004',
    'missing argument',
    'A parameter without a default got no argument. `x |> f(a)` is `f(x, a)`: what is piped in is the first argument.',
  ],
  tooManyArguments: [
    'GAN2005',
    'too many arguments',
    'More arguments were given by position than there are parameters, or one parameter was given twice. `x |> f(a)` is `f(x, a)`: what is piped in counts as the first argument.',
  ],
  badArgument: [
    'GAN2006',
    'argument of the wrong sort',
    'The parameter takes something else: a number, a word from its list, a tensor, a distribution, a network.',
  ],
  duplicateName: [
    'GAN2007',
    'name declared twice',
    'Two declarations of one namespace have the same name, or two parameters of one signature, two `let`s of one body, two fields of one record, two lines of one report. Give one of them another name.',
  ],
  cycle: [
    'GAN2008',
    'declarations that need each other',
    'Declarations come in any order, but none may depend on itself, directly or round about: a network that calls itself would never end.',
  ],
  unknownField: [
    'GAN2009',
    'unknown field',
    'The record, stream or distribution has no field of this name; the hint lists those that it has.',
  ],
  unknownSetting: [
    'GAN2010',
    'unknown param or profile',
    'A profile or `--set` names a param that the spec does not declare, or `--profile` names a profile that is not there.',
  ],
  badParam: [
    'GAN2011',
    'param of the wrong type',
    "A param's value, whether from its declaration, a profile or `--set`, must be of its declared type: int, real, bool or string.",
  ],
  badImport: [
    'GAN2012',
    'import that fails',
    'The imported file is not there or cannot be read. Paths are relative to the file that imports.',
  ],
  notCallable: [
    'GAN2013',
    'not something to call',
    'Only networks, blocks, fns, layers and functions can be called. A value has been computed already: use it as it is.',
  ],
  layerOutside: [
    'GAN2014',
    'layer outside a network',
    'Layers own weights, and weights belong to a network: write the layer in a `network`, or in a `block` that a network uses.',
  ],
  missingDeclaration: [
    'GAN2015',
    'no schedule',
    'A spec says who minimises what: it has one `train` declaration, with phases where training goes through several stages.',
  ],
  tooLarge: [
    'GAN2016',
    'spec that unfolds without end',
    'fns, blocks and networks are unfolded where they are called. Each calling the last one twice doubles the work every time; there is a limit on it.',
  ],
  idleAllow: [
    'GAN2017',
    'allow that allows nothing',
    'A comment `// allow GAN4004: reason` on the line above a declaration or statement takes away that warning inside it. It needs a reason, the code of a warning (errors cannot be allowed), and something below it that gives this warning; else it does nothing, and would hide a later mistake.',
    'warning',
  ],
  notCount: [
    'GAN2018',
    'count that is no whole number',
    'Counts, sizes, batches and durations are whole numbers of at least 1 (of at least 0 where the message says so).',
  ],
  argumentOutside: [
    'GAN2019',
    'number outside its interval',
    'The parameter takes a number, and only some numbers make sense for it: the message names the interval.',
  ],
  notConstant: [
    'GAN2020',
    'value not known when compiling',
    'Sizes, counts and arguments of data sources are fixed when the program is made: numbers, params and arithmetic on them.',
  ],
  exclusive: [
    'GAN2021',
    'arguments that exclude each other',
    'Each of the two would undo the other. Leave one of them out.',
  ],
  outside: [
    'GAN2022',
    'index or class beyond the end',
    'Elements, components, parts and classes count from 0, so the last one is one below their number.',
  ],
  secondSchedule: [
    'GAN2023',
    'two schedules',
    'A spec has one `train` declaration. Stages of training are phases inside it.',
  ],
  emptyInterval: [
    'GAN2024',
    'interval without numbers',
    'The lower end stands first and lies below the upper one.',
  ],
} as const satisfies Record<string, Row>;
