/** An architecture as a Mermaid flowchart, which GitHub and many wikis draw from text. */
import type { Box, Panel } from './panels.ts';

const brackets: Readonly<Record<Box['kind'], readonly [string, string]>> = {
  field: ['[', ']'],
  sample: ['([', '])'],
  network: ['[[', ']]'],
  loss: ['{{', '}}'],
};

/** Mermaid reads HTML entities inside quotes, and nothing else there as its own. */
const quoted = (text: string): string => `"${text.replace(/[&<>"#`\r\n]/g, (c) => `#${c.codePointAt(0)};`)}"`;

export function mermaid(panels: readonly Panel[]): string {
  const parts = panels.flatMap(({ title, boxes, lines }, i) => {
    const ids = new Map(boxes.map(({ id }, k) => [id, `n${i + 1}_${k + 1}`]));
    const inner = [
      ...boxes.map((box) => {
        const [open, close] = brackets[box.kind];
        return `${ids.get(box.id)}${open}${labelOf(box)}${close}`;
      }),
      ...lines.map(
        ({ from, to, label }) =>
          `${ids.get(from)} -->${label === '' ? '' : `|${quoted(label)}|`} ${ids.get(to)}`,
      ),
    ];
    if (title === '') return inner;
    return [`subgraph p${i + 1} [${quoted(title)}]`, ...inner.map((line) => `  ${line}`), 'end'];
  });
  return ['flowchart TD', ...parts.map((line) => `  ${line}`), ''].join('\n');
}

function labelOf({ title, detail, rows, caption }: Box): string {
  const lines = [
    title.join(' '),
    detail,
    ...rows.map(({ text, size }) => `${text} ${size}`.trim()),
    ...caption,
  ];
  const inner = lines.filter(Boolean).map((line) => quoted(line).slice(1, -1));
  return `"${inner.join('<br/>')}"`;
}
