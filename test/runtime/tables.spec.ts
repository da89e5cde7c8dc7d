/** Tables as people have them, from text to rows. */
import { assert } from 'chai';
import { parse } from 'csv-parse/sync';
import type { CsvError, Options } from 'csv-parse/sync';
import fc from 'fast-check';
import { tableRows } from '../../runtime/formats/delimited.ts';
import type { TableRow, TableWanted } from '../../runtime/formats/delimited.ts';
import { separators, tableRecords } from '../../runtime/formats/table-text.ts';
import type { TableRecord } from '../../runtime/formats/table-text.ts';
import { FileError } from '../../runtime/formats/file-error.ts';
import { textPieces } from '../../runtime/formats/text.ts';

const plain: TableWanted = {
  numbers: ['x', 'y'],
  texts: [],
  separator: null,
  decimal: null,
  missing: 'error',
};
/** The rows, of bytes that come in parts of `size`. */
function read(text: string | Uint8Array, change: Partial<TableWanted> = {}, size = 1000): TableRow[] {
  const bytes = Buffer.from(text);
  const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  return [
    ...tableRows(
      textPieces(() => parts),
      'f',
      { ...plain, ...change },
    ),
  ].flat();
}
const numbers = (text: string | Uint8Array, change: Partial<TableWanted> = {}, size = 1000): number[][] => {
  const rows = read(text, change, size);
  return (change.numbers ?? plain.numbers).map((_, i) => rows.map((row) => row.numbers[i]));
};

describe('tables', () => {
  it('have names, numbers in columns, and may have quotes, blanks and empty lines', () => {
    assert.deepEqual(numbers('\ufeffx, "y"\r\n1,2\n\n-1e3 , "4.5"\n.5,+7.'), [
      [1, -1000, 0.5],
      [2, 4.5, 7],
    ]);
    const rows = read('a,"b ""c"""\n\n1,u\n2,"v\nw"\n3,x\n', {
      numbers: ['a'],
      texts: ['b "c"'],
    });
    assert.deepEqual(
      rows.map(({ texts }) => texts[0]),
      ['u', 'v\nw', 'x'],
    );
    assert.deepEqual([rows[0].line, rows[2].line], [3, 6]);
  });

  it('are read, and refused, as csv-parse has it, whatever stands in them', () => {
    const signs = fc.constantFrom(...'a1;,\t \n\r\f\v\u00a0\0é\ufeff\u2028\u200b\u0085');
    const quotes = fc.constantFrom('"', '""', '","', '",', 'a"', ',"', '"\n', '"a"');
    const ends = fc.constantFrom('\r\n', '\n\n', '  \n', ' x ');
    const records = (found: () => TableRecord[]): TableRecord[] | string => {
      try {
        return found();
      } catch (error) {
        return error instanceof FileError
          ? error.message
          : `f, line ${(error as CsvError).lines}: a quotation mark out of place`;
      }
    };
    const text = fc.array(fc.oneof(signs, quotes, ends), { maxLength: 12 });
    fc.assert(
      fc.property(text, fc.constantFrom('comma', 'semicolon', 'tab'), (parts, separator) => {
        const wanted: TableRecord[] = [];
        const options: Options = {
          delimiter: separators[separator],
          trim: true,
          skip_empty_lines: true,
          relax_column_count: true,
          record_delimiter: ['\r\n', '\n', '\r'],
          on_record: (cells: string[], { lines }) => void wanted.push({ cells, line: lines }),
        };
        assert.deepEqual(
          records(() => [...tableRecords([parts.join('')], 'f', separator)].flatMap((part) => part.records)),
          records(() => (parse(parts.join(''), options), wanted)),
        );
      }),
      { numRuns: 5000 },
    );
  });

  it('in parts of which some have records of several lines, count lines on through all of them', () => {
    const filler = (lines: number): string => '1,plain\n'.repeat(lines);
    const text = `a,b\n${filler(12_000)}2,"of\ntwo lines"\n${filler(12_000)}3,last\n`;
    const rows = read(text, { numbers: ['a'], texts: ['b'] }, 5000);
    const [two, last] = [rows.find(({ numbers: [a] }) => a === 2)!, rows.at(-1)!];
    assert.deepEqual(
      [two.texts, two.line, last.line, rows.length],
      [['of\ntwo lines'], 12_003, 24_004, 24_002],
    );
    assert.throws(
      () => read(text.replace('3,last', '3,la"st'), { numbers: ['a'], texts: ['b'] }),
      /f, line 24004: a quotation mark/,
    );
    assert.throws(
      () => read(text.replace('3,last', 'u,last'), { numbers: ['a'] }),
      /line 24004: column a: "u" is not a/,
    );
  });

  it('are separated by what their first line has most of, or by what is said', () => {
    for (const sign of [',', ';', '\t'])
      assert.deepEqual(
        numbers(['x,z,y', '1,2,3', '4,,6'].join('\n').replaceAll(',', sign)),
        [
          [1, 4],
          [3, 6],
        ],
        sign,
      );
    assert.deepEqual(numbers('x\n1,5\n', { numbers: ['x'], separator: 'semicolon' }), [[1.5]]);
    assert.throws(() => numbers('x\n1,5\n', { numbers: ['x'] }), FileError, 'f, line 2: 2 cells, 1 columns');
  });

  it('have decimal commas where commas separate nothing', () => {
    assert.deepEqual(numbers('x;y\n1,5;-2,25e3\n3;4\n'), [
      [1.5, 3],
      [-2250, 4],
    ]);
    assert.deepEqual(numbers('x,y\n"1,5","2"\n', { decimal: 'comma' }), [[1.5], [2]]);
    assert.throws(
      () => numbers('x;y\n1,5;2\n1.5;2\n'),
      /line 2: 1,5 has a decimal comma, and 1\.5 in line 3 a point/,
    );
    assert.throws(
      () => numbers('x;y\n1,234,567;2\n'),
      /line 2, column x|line 2: column x: "1,234,567" is not a number/,
    );
    assert.throws(() => numbers('x;y\n1,5;2\n', { decimal: 'point' }), /"1,5" is not a number/);
  });

  it('are read in the encodings that spreadsheets write', () => {
    const text = 'x,y,ü\n1,2,3\n';
    const swapped = Buffer.from(text, 'utf16le').swap16();
    const encoded: Record<string, Uint8Array> = {
      'UTF-8': Buffer.from(text),
      'UTF-16 LE with a mark': Buffer.from('\ufeff' + text, 'utf16le'),
      'UTF-16 LE': Buffer.from(text, 'utf16le'),
      'UTF-16 BE': swapped,
      'UTF-16 BE with a mark': Buffer.concat([Buffer.of(0xfe, 0xff), swapped]),
      'Windows-1252': Buffer.from(text, 'latin1'),
    };
    for (const [name, bytes] of Object.entries(encoded))
      for (const size of [2, 3, 1000])
        assert.deepEqual(numbers(bytes, { numbers: ['x', 'ü'] }, size), [[1], [3]], name);
  });

  it('may hold anything in columns that nobody reads', () => {
    assert.deepEqual(numbers('city,x,city,y\nBerlin,1,,2\n0x10,3,?,4\n'), [
      [1, 3],
      [2, 4],
    ]);
  });

  it('without a value in a cell follow the rule that is declared', () => {
    const text = 'x,y,z\n1,2,\n,3,\n4,NA,\n7,nan,\n';
    assert.throws(
      () => numbers(text),
      'f, line 3: column x has no value there; missing: skip leaves such rows out, missing: zero or mean fills them',
    );
    assert.deepEqual(numbers(text, { missing: 'skip' }), [[1], [2]]);
    assert.deepEqual(numbers(text, { missing: 'zero' }), [
      [1, 0, 4, 7],
      [2, 3, 0, 0],
    ]);
    assert.deepEqual(numbers(text, { missing: 'mean' }), [
      [1, NaN, 4, 7],
      [2, 3, NaN, NaN],
    ]);
    assert.deepEqual(
      read(text, { missing: 'skip' }).map(({ line }) => line),
      [2],
    );
  });

  it('have no number where `none` stands, and a class of that name', () => {
    const text = 'x,work\n1,none\nNone,state\n3,NA\n';
    const rows = read(text, { missing: 'skip', numbers: ['x'], texts: ['work'] });
    assert.deepEqual(
      rows.map(({ texts }) => texts[0]),
      ['none'],
    );
  });

  it('that come in parts are what they are in one, with the lines that are theirs', () => {
    // Parts end at about a million characters: cells with line ends and quotation marks stand around there.
    const lines: string[] = ['x,y,t'];
    const [wanted, line]: [TableRow[], { at: number }] = [[], { at: 1 }];
    for (let i = 0; i < 60_000; i++) {
      const text = i % 3 === 0 ? `a ${i}` : i % 3 === 1 ? `b\n"${i}", \n` : `c,"${i}`;
      const ends = i % 3 === 1 ? 2 : 0;
      line.at += 1 + ends + (i % 1000 === 0 ? 1 : 0);
      lines.push(`${i % 1000 === 0 ? '\n' : ''}${i},${i / 4},"${text.replaceAll('"', '""')}"`);
      wanted.push({ numbers: [i, i / 4], texts: [text], line: line.at });
    }
    const rows = read(lines.join('\n'), { texts: ['t'] }, 100_000);
    assert.isAbove(lines.join('\n').length, 2 ** 20);
    assert.deepEqual(rows.at(-1), wanted.at(-1));
    assert.deepEqual(rows, wanted);
    assert.deepEqual(read(lines.join('\r\n'), {}, 77_777).length, wanted.length);
    const torn = [...lines.slice(0, 50_000), '1,"2', ...lines.slice(50_000)].join('\n');
    assert.throws(() => read(torn, {}, 100_000), FileError, /f, line \d+: a quotation mark out of place/);
    const short = [...lines, '1,2'].join('\n');
    assert.throws(() => read(short, {}, 100_000), FileError, `f, line ${line.at + 1}: 2 cells, 3 columns`);
  });

  it('name the line that is wrong', () => {
    const cases: [string, string][] = [
      ['', 'f, line 1: an empty file'],
      ['x,y\n', 'f: a line of names and no row below it'],
      ['x,y\n1,2\n3\n', 'f, line 3: 1 cells, 2 columns'],
      ['x,y\n1,2\n\n3,q\n', 'f, line 4: column y: "q" is not a number'],
      ['x,y\n0x10,2\n', 'f, line 2: column x: "0x10" is not a number'],
      ['x,y\n1,Infinity\n', '"Infinity" is not a number'],
      ['x,y\n1,1e999\n', '"1e999" is not a number'],
      ['x,y\n1,1e39\n', 'line 2: column y: 1e+39, which 32-bit floats, up to 3.4e38'],
      [`x,y\n1,${'q'.repeat(5000)}\n`, `column y: "${'q'.repeat(60)}…" is not a number`],
      ['x,y\n"1,2\n', 'f, line 2: a quotation mark'],
      ['x,y,x\n1,2,3\n', 'two columns are called x'],
      ['a,b\n1,2\n', 'f, line 1: no column x; there are a, b'],
    ];
    for (const [text, message] of cases) assert.throws(() => read(text), FileError, message);
  });

  it('are read once, whatever a line holds', () => {
    const blanks = ' '.repeat(200_000);
    assert.throws(() => read(`x,y\n1,${blanks}"2\n`), FileError, /line 2: a quotation mark out of place/);
    assert.throws(() => read(`x,y\n1,2${blanks}"\n`), FileError, /line 2: a quotation mark out of place/);
    assert.deepEqual(numbers(`x,y\n 1 ,${blanks}"2"${blanks}\n`), [[1], [2]]);
    const names = Array.from({ length: 60_000 }, (_, i) => `c${i}`);
    const wide = read(`${names.join()}\n${names.map((_, i) => i).join()}\n`, { numbers: names });
    assert.equal(wide[0].numbers[59_999], 59_999);
  });
});
