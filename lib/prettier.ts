/**
 * The package `ganc/prettier`: a plugin by which Prettier formats .gan files, on the command line (`prettier --plugin
 * ganc/prettier my.gan`) and in editors, as `ganc fmt` does.
 */
export { languages, parsers, printers } from '../grammar/prettier.ts';
