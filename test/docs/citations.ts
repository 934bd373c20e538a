/** A section that a text cites, and of which document; undefined when the text names none before it. */
export interface Citation {
  readonly document: string | undefined;
  readonly section: string;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Joins lines, without the marks of comments and lists: a name or a citation may be broken over two of them. */
const onOneLine = (text: string): string => text.replaceAll(/\s*\n\s*(?:\*|\/\/|#)*\s*/g, ' ');

/**
 * All `§n` and `§n.m` of a text. Each belongs to the document that was named last, `own` before any name. Sections of
 * RFCs are left out.
 */
export const citationsIn = (text: string, documents: readonly string[], own?: string): readonly Citation[] => {
  const pattern = new RegExp(`RFC \\d+ §[\\d.]+|(${documents.map(escaped).join('|')})|§(\\d+(?:\\.\\d+)?)`, 'g');
  let document = own;
  const found: Citation[] = [];
  for (const [, name, section] of onOneLine(text).matchAll(pattern)) {
    if (name !== undefined) document = name;
    if (section !== undefined) found.push({ document, section });
  }
  return found;
};

/** The numbers of the headings of a Markdown document: `## 3. Title` is 3, `### 3.1 Title` is 3.1. */
export const sectionsOf = (markdown: string): ReadonlySet<string> =>
  new Set([...markdown.matchAll(/^#{2,6} (\d+(?:\.\d+)?)\.? /gm)].map(([, number]) => number ?? ''));

const BLOCKS = /^```[\s\S]*?^```/gm;
const SOURCE_PATH = /^(?:(?:apps|libs|test|bench|deploy|docs)\/[\w./-]*|[\w./-]+\.(?:ts|mjs|cjs))$/;

/** Paths of source files and folders that a Markdown document names as `code`. */
export const pathsIn = (markdown: string): readonly string[] =>
  [...markdown.replaceAll(BLOCKS, '').matchAll(/`([^`\n]+)`/g)]
    .map(([, code]) => code ?? '')
    .filter((code) => SOURCE_PATH.test(code));
