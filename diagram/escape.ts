/** Texts of a spec inside XML and HTML: nothing in them is markup, and characters that XML forbids are shown as `�`. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Characters outside XML 1.0's Char production, and those that turn the direction of what follows.
const forbidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

// Halves of a pair that stand alone.
const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export const escapeXml = (text: string): string =>
  text
    .replace(lone, '\ufffd')
    .replace(forbidden, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character]);
