/** How much room a text takes, without asking a font: widths of a common sans serif, as parts of its size. */

const narrow = new Set("iljtfrI.,:;'|!()[] ");
const wide = new Set('mwMW@%×+=<>~');

/** In pixels, for a text of `size` pixels; on the safe side by a few per cent. */
export function textWidth(text: string, size: number): number {
  let units = 0;
  for (const character of text) {
    if (narrow.has(character)) units += 0.34;
    else if (wide.has(character)) units += 0.92;
    else if (character >= 'A' && character <= 'Z') units += 0.72;
    else units += character.codePointAt(0)! > 0x2e80 ? 1.05 : 0.62;
  }
  return units * size;
}

/** A text in lines of at most `characters`, broken at blanks; a longer word stays whole. */
export function wrapped(text: string, characters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= characters)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
