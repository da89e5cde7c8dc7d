/** An architecture as Graphviz reads it: for people who lay it out and style it themselves. */
import type { Box, Panel } from './panels.ts';

const shapes: Readonly<Record<Box['kind'], string>> = {
  field: 'box, style="rounded,filled", fillcolor="#e6f2fb"',
  sample: 'oval, style=filled, fillcolor="#f7eaf3"',
  network: 'box',
  loss: 'diamond, style=filled, fillcolor="#fdf3dc"',
};

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, '\\n')}"`;

export function dot(name: string, panels: readonly Panel[]): string {
  const parts = panels.flatMap(({ title, boxes, lines }, i) => {
    const id = (unit: string): string => quoted(panels.length === 1 ? unit : `${i + 1} ${unit}`);
    const inner = [
      ...boxes.map((box) => `${id(box.id)} [label=${quoted(labelOf(box))}, shape=${shapes[box.kind]}];`),
      ...lines.map(
        ({ from, to, label }) =>
          `${id(from)} -> ${id(to)}${label === '' ? '' : ` [label=${quoted(label)}]`};`,
      ),
    ];
    if (title === '') return inner;
    return [
      `subgraph cluster_${i + 1} {`,
      `  label=${quoted(title)};`,
      ...inner.map((line) => `  ${line}`),
      '}',
    ];
  });
  return [`digraph ${quoted(name)} {`, ...parts.map((line) => `  ${line}`), '}', ''].join('\n');
}

const labelOf = ({ title, detail, rows, caption }: Box): string =>
  [
    title.join(' '),
    detail,
    ...rows.map(({ text, size }) => `${text}${size === '' ? '' : `  ${size}`}`),
    ...caption,
  ]
    .filter(Boolean)
    .join('\n');
