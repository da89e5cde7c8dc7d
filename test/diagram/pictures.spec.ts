/**
 * Pictures of all shipped specs by their geometry: nothing covers anything, no line crosses a label, and the text can be
 * read in a column of 400 pixels. And texts that are no markup, whatever a spec calls its things.
 */
import { readdirSync } from 'node:fs';
import { assert } from 'chai';
import Elk from 'elkjs/lib/elk.bundled.js';
import { describe, it } from 'mocha';
import type { Architecture } from '../../compiler/architecture/architecture.ts';
import { dot } from '../../diagram/dot.ts';
import { draw } from '../../diagram/draw.ts';
import { fontSize, placed, type PlacedLine, type PlacedPanel, type Point } from '../../diagram/layout.ts';
import { mermaid } from '../../diagram/mermaid.ts';
import { panelsOf } from '../../diagram/panels.ts';
import { textWidth } from '../../diagram/text.ts';
import { architectureOfFile } from './spec.ts';

interface Rectangle extends Point {
  readonly what: string;
  readonly width: number;
  readonly height: number;
}

const labelOf = ({ label, at }: PlacedLine): Rectangle[] =>
  label === '' || at === null
    ? []
    : [{ what: label, x: at.x, y: at.y - 5, width: textWidth(label, fontSize.label), height: 10 }];

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Edges run along the axes: each piece is a thin rectangle. */
const pieces = ({ points, from, to }: PlacedLine): Rectangle[] =>
  points.slice(1).map((end, i) => ({
    what: `${from} -> ${to}`,
    x: Math.min(points[i].x, end.x),
    y: Math.min(points[i].y, end.y),
    width: Math.abs(points[i].x - end.x),
    height: Math.abs(points[i].y - end.y),
  }));

function collisions({ boxes, lines }: PlacedPanel): string[] {
  const solid = [...boxes.map((box): Rectangle => ({ what: box.id, ...box })), ...lines.flatMap(labelOf)];
  const pairs = solid.flatMap((a, i) => solid.slice(i + 1).map((b) => [a, b] as const));
  const labels = lines.flatMap(labelOf);
  const crossed = labels.flatMap((a) => lines.flatMap(pieces).map((b) => [a, b] as const));
  return [...pairs, ...crossed].filter(([a, b]) => overlap(a, b)).map(([a, b]) => `${a.what} × ${b.what}`);
}

const specs = readdirSync('specs').filter((file) => file.endsWith('.gan'));

describe('pictures of architectures', () => {
  const elk = new Elk.default();
  for (const file of specs) {
    it(`${file}: nothing covers anything, and it can be read at 400 pixels`, async () => {
      const panels = panelsOf(architectureOfFile(`specs/${file}`), { updates: false, layers: false });
      for (const panel of panels) {
        const { width, ...rest } = await placed(panel, elk);
        assert.deepEqual(collisions({ width, ...rest }), []);
        assert.isAtLeast((fontSize.title * 400) / Math.max(width, 400), 8, `${width} pixels wide`);
      }
    });
  }

  it('texts of a spec are no markup', async () => {
    const evil = '<script>alert(1)</script>"\'&--><![CDATA[\u202e\u0007\ud800';
    const unit = { kind: 'network', detail: evil, weights: 1 } as const;
    const layers = [{ kind: 'layer', name: evil, text: evil, size: evil } as const];
    const hostile: Architecture = {
      name: evil,
      units: [
        { ...unit, id: 'a', name: evil, layers },
        { ...unit, id: 'b', name: `${evil}2`, layers },
      ],
      edges: [{ from: 'a', to: 'b', size: evil, gradients: { u: 'flows' } }],
      updates: [{ name: 'u', text: evil, phase: evil, learns: [evil], objective: 'b' }],
    };
    for (const format of ['svg', 'html'] as const) {
      const text = await draw(hostile, format, { updates: true, layers: true });
      assert.notMatch(text, /<script|<!\[CDATA|\u202e|\u0007|\ud800/);
    }
    const panels = panelsOf(hostile, { updates: false, layers: true });
    assert.notMatch(mermaid(panels), /<script|"alert/);
    assert.match(dot(evil, panels), /\\"/);
  });
});
