import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import ts from 'typescript';
import { definitions } from '../../program/schema.ts';
import { parseManifest } from '../../runtime/run/checked.ts';
import { runDefinitions } from '../../runtime/run/schema.ts';
import { tinyManifest } from './tiny.ts';

const folder = new URL('../../program/', import.meta.url);

/** Each interface's and object type's properties, `?` behind the optional ones, sorted; of a union, one list a variant. */
function declared(file: string): Map<string, string[][]> {
  const source = ts.createSourceFile(
    file,
    readFileSync(new URL(file, folder), 'utf8'),
    ts.ScriptTarget.ES2023,
  );
  const keys = (members: ts.NodeArray<ts.TypeElement>): string[] =>
    members
      .filter(ts.isPropertySignature)
      .map((member) => (member.name as ts.Identifier).text + (member.questionToken ? '?' : ''))
      .sort();
  const out = new Map<string, string[][]>();
  for (const node of source.statements) {
    if (ts.isInterfaceDeclaration(node)) out.set(node.name.text, [keys(node.members)]);
    if (ts.isTypeAliasDeclaration(node)) {
      const variants = ts.isUnionTypeNode(node.type) ? node.type.types : [node.type];
      out.set(
        node.name.text,
        variants.flatMap((type) => (ts.isTypeLiteralNode(type) ? [keys(type.members)] : [])),
      );
    }
  }
  return out;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly ObjectSchema[];
  readonly anyOf?: readonly ObjectSchema[];
}

function schemaKeys(schema: ObjectSchema): string[][] {
  const variants = schema.oneOf ?? schema.anyOf ?? [schema];
  return variants.flatMap(({ properties, required = [] }) =>
    properties
      ? [
          Object.keys(properties)
            .map((key) => (required.includes(key) ? key : `${key}?`))
            .sort(),
        ]
      : [],
  );
}

/** `picture` and `sound` are one variant in the type and two in the schema. */
const distinct = (variants: string[][]): string[] => [...new Set(variants.map((keys) => keys.join()))].sort();

describe("the schemas of a run directory's own files", () => {
  const types = new Map(
    ['run-directory', 'checkpoint', 'machine', 'unpacked']
      .map((name) => `../runtime/run/${name}.ts`)
      .flatMap((file) => [...declared(file)]),
  );
  const own = (name: string): string[] => types.get(name)!.flat();

  it('name what the interfaces declare', () => {
    const { RunInfo, StoredCheckpoint, ModelNote } = runDefinitions as unknown as Record<
      string,
      ObjectSchema
    >;
    assert.deepEqual(schemaKeys(RunInfo).flat(), own('RunInfo'));
    assert.deepEqual(schemaKeys(ModelNote).flat(), own('ModelNote'));
    assert.deepEqual(
      schemaKeys(StoredCheckpoint).flat(),
      [...own('StoredCheckpoint'), ...own('Progress')].sort(),
    );
    assert.deepEqual(schemaKeys(RunInfo.properties!.machine as ObjectSchema).flat(), own('Machine'));
  });
});

describe('the manifest schema', () => {
  const files = ['manifest.ts', 'host.ts', 'catalogue.ts', 'stages.ts', 'stored.ts'];
  const types = new Map(files.flatMap((file) => [...declared(file)]));

  for (const [name, schema] of Object.entries(definitions)) {
    it(`says of ${name} what its type says`, () => {
      const type = types.get(name);
      assert(type, `there is no type ${name}`);
      assert.deepEqual(distinct(schemaKeys(schema)), distinct(type));
    });
  }

  it('names every interface of manifest.ts', () => {
    const objects = [...declared('manifest.ts')].filter(([, variants]) => variants.length > 0);
    assert.deepEqual(
      objects.map(([name]) => name).filter((name) => !(name in definitions)),
      [],
    );
  });

  it('takes a manifest, also after JSON', () => {
    const manifest = tinyManifest();
    assert.deepEqual(parseManifest(JSON.parse(JSON.stringify(manifest))), { manifest });
  });

  const wrong = (change: (copy: Record<string, never>) => void): string => {
    const copy = structuredClone(tinyManifest()) as unknown as Record<string, never>;
    change(copy);
    const parsed = parseManifest(copy);
    assert('error' in parsed, 'it was taken');
    return parsed.error;
  };
  const set = (path: string, value: unknown) => (copy: Record<string, never>) => {
    const keys = path.split('.');
    const last = keys.pop()!;
    const target = keys.reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      copy,
    );
    target[last] = value;
  };

  it('says where a manifest is wrong', () => {
    assert.equal(wrong(set('format', 1)), 'at format: must be equal to constant');
    assert.match(wrong(set('streams.0.batch', 0)), /^at streams\.0\.batch: must be >= 1/);
    assert.match(wrong(set('colour', 'red')), /^at the top: .*\(colour\)$/);
    assert.match(wrong(set('graphs.fit.inputs.0.from.kind', 'magic')), /^at graphs\.fit\.inputs\.0\.from/);
    assert.match(wrong(set('state.0.initial', { kind: 'normal', mean: 0 })), /std/);
    assert.match(
      wrong((copy) => delete copy.losses),
      /losses/,
    );
  });

  it('refuses what is not even an object', () => {
    for (const value of [null, 3, 'manifest', []]) assert.property(parseManifest(value), 'error');
  });
});
