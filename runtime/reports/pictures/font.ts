/**
 * A small alphabet for labels in pictures: capitals, digits and a few signs, five dots wide and seven high. Small
 * letters are drawn as capitals. Each row of dots is a number whose bit 16 is the leftmost dot.
 */

export const glyphWidth = 5;
export const glyphHeight = 7;

/** Rows from the top, in base 32: one character a row. */
const glyphs: Readonly<Record<string, string>> = {
  A: '4ahhvhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhf',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hpplnjh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhllra',
  X: 'hha4ahh',
  Y: 'hha4444',
  Z: 'v1248gv',
  0: 'ehjlphe',
  1: '4c4444e',
  2: 'eh1248v',
  3: 'v2421he',
  4: '26aiv22',
  5: 'vgu11he',
  6: '68guhhe',
  7: 'v124888',
  8: 'ehhehhe',
  9: 'ehhf12c',
  '.': '00000cc',
  ',': '0000c48',
  ':': '0cc0cc0',
  '-': '000v000',
  '+': '044v440',
  '=': '00v0v00',
  '%': 'op248j3',
  '/': '01248g0',
  '(': '2488842',
  ')': '8422248',
  '[': 'e88888e',
  ']': 'e22222e',
  '<': '248g842',
  '>': '8421248',
  '*': '04lel40',
  _: '000000v',
  '#': 'aavavaa',
  "'": '4480000',
  '?': 'eh12404',
};

/** The rows of dots of a character; a space and unknown characters have none. */
export function glyphRows(character: string): readonly number[] {
  const rows = glyphs[character.toUpperCase()];
  return rows === undefined ? [] : Array.from(rows, (row) => parseInt(row, 32));
}
