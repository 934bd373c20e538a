import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../../libs/engine');
const SOURCE = join(ROOT, 'src');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const MAX_ENTRIES = 9;
const MAX_MUTABLE_FIELDS = 7;

const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'),
);

/** Assignable fields of a class, and fields that hold a collection which the class fills. */
const mutableFields = (declaration: ts.ClassDeclaration): readonly string[] =>
  declaration.members.filter(ts.isPropertyDeclaration).flatMap((field) => {
    const isReadonly = field.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) ?? false;
    const isCollection = /^(?:new (?:Map|Set|WeakMap)\b|\[\])/.test(field.initializer?.getText() ?? '');
    return isReadonly && !isCollection ? [] : [field.name.getText()];
  });

const classesOf = (text: string): readonly { readonly name: string; readonly fields: readonly string[] }[] => {
  const classes: { readonly name: string; readonly fields: readonly string[] }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node)) classes.push({ name: node.name?.text ?? '', fields: mutableFields(node) });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true));
  return classes;
};

describe('the shape of the engine', () => {
  it(`has at most ${String(MAX_ENTRIES)} entries, and its README says of each what it is for`, () => {
    const entries = readdirSync(SOURCE, { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    );
    expect(entries.length).toBeLessThanOrEqual(MAX_ENTRIES);
    expect(entries.filter((entry) => !README.includes(`\`${entry}\``))).toEqual([]);
  });

  it('counts what a class can change', () => {
    const text =
      'class A { private a = 1; b!: string; readonly c = 2; readonly d = new Map<string, number>(); e(): void {} }';
    expect(classesOf(text)).toEqual([{ name: 'A', fields: ['a', 'b', 'd'] }]);
  });

  it(`keeps at most ${String(MAX_MUTABLE_FIELDS)} mutable fields in a class: more are a value of their own`, () => {
    const classes = sources.flatMap((path) => classesOf(readFileSync(join(SOURCE, path), 'utf8')));
    expect(classes.length).toBeGreaterThan(5);
    expect(classes.filter(({ fields }) => fields.length > MAX_MUTABLE_FIELDS)).toEqual([]);
  });
});
