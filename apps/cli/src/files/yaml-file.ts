import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { shown } from '../output/texts';
import type { Content, Entry, Problem } from './places';

const LIST = 'declarations';

/** Reads YAML and, as that is YAML too, JSON: documents, lists, or `declarations:` of them. */
export class YamlFile {
  private readonly entries: Entry[] = [];
  private readonly problems: Problem[] = [];
  private readonly counter = new LineCounter();

  private constructor(private readonly file: string) {}

  static read(file: string, text: string): Content {
    const reader = new YamlFile(file);
    const documents = parseAllDocuments(text, { lineCounter: reader.counter, prettyErrors: false, stringKeys: true });
    for (const document of documents as Iterable<Document>) reader.readDocument(document);
    return { entries: reader.entries, problems: reader.problems };
  }

  private lineAt(offset: number | undefined): number {
    return this.counter.linePos(offset ?? 0).line;
  }

  private say(offset: number | undefined, message: string, field: string | null = null): void {
    this.problems.push({ file: this.file, line: this.lineAt(offset), field, message });
  }

  private readDocument(document: Document): void {
    for (const { pos, message } of document.errors) this.say(pos[0], shown(message.split('\n', 1)[0] ?? ''));
    if (document.errors.length === 0 && document.contents !== null) this.readNode(document.contents);
  }

  private readNode(node: unknown): void {
    if (isSeq(node)) for (const item of node.items) this.readNode(item);
    else if (isMap(node)) this.readMap(node);
    else if (!isScalar(node) || node.value !== null)
      this.say((node as Node).range?.[0], 'is no declaration: write one as number: and agent:, or a list of them');
  }

  private readMap(map: YAMLMap): void {
    const list = map.get(LIST, true);
    if (list !== undefined && map.items.length === 1) {
      this.readNode(list);
      return;
    }
    const lines: Record<string, number> = {};
    const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const pair of map.items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const name = String(pair.key.value);
      lines[name] = this.lineAt(pair.key.range?.[0]);
      fields[name] = isScalar(pair.value) ? pair.value.value : (pair.value as Node | null)?.toJSON();
    }
    this.entries.push({ file: this.file, line: this.lineAt(map.range?.[0]), fields, lines });
  }
}
