import { DiagnosticSeverity, Parser } from '@asyncapi/parser';
import { EVENT_EXAMPLES, EVENT_SCHEMAS, EVENT_TYPES, TOPIC_NAMES, TOPIC_OF } from '@dialtone/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { asyncApiDocument, asyncApiYaml } from './asyncapi';

const path = join(__dirname, 'asyncapi.yaml');
const text = readFileSync(path, 'utf8');

const SEVERE: readonly number[] = [DiagnosticSeverity.Error, DiagnosticSeverity.Warning];

/** The parser leaves notes of its own in what it has read. */
const withoutNotes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, child: unknown) => (name.startsWith('x-parser-') ? undefined : child)));

describe('docs/events/asyncapi.yaml', () => {
  it('is current (node docs/events/generate.mjs writes it)', async () => {
    const wanted = asyncApiYaml(asyncApiDocument());
    expect(text).toBe(await format(wanted, { ...(await resolveConfig(path)), filepath: path }));
  });

  it('is a valid AsyncAPI document with the published schemas and examples', async () => {
    const { document, diagnostics } = await new Parser().parse(text);
    const problems = diagnostics.filter(({ severity }) => SEVERE.includes(severity));
    expect(problems.map(({ message, path: at }) => `${at.join('.')}: ${message}`)).toEqual([]);
    if (document === undefined) throw new Error('not parsed');
    for (const type of EVENT_TYPES) {
      const message = document.allMessages().get(type) ?? document.components().messages().get(type);
      const { $id, $schema, ...schema } = EVENT_SCHEMAS[type];
      expect($schema).toContain('2020-12');
      expect(withoutNotes(message?.payload()?.json())).toEqual(schema);
      expect(message?.examples()[0]?.payload()).toEqual(EVENT_EXAMPLES[type]);
      expect(message?.extensions().get('x-dataschema')?.value()).toBe($id);
    }
  });

  it('has a channel per topic, and every event type is sent or received on its topic', async () => {
    const { document } = await new Parser().parse(text);
    const channels = document?.channels().all() ?? [];
    expect(channels.map((channel) => channel.address())).toEqual(TOPIC_NAMES);
    const carried = channels.flatMap((channel) =>
      channel
        .messages()
        .all()
        .map((message) => [message.name(), channel.address()]),
    );
    expect(Object.fromEntries(carried)).toEqual({
      ...TOPIC_OF,
      'dead-letter': 'voicelink.reconcile-requests.dlq.v1',
    });
  });
});

describe('asyncApiYaml', () => {
  it('quotes what YAML would read as something else', () => {
    const text = asyncApiYaml({ a: 'yes', b: '1', c: 'x: y', d: [], e: {}, f: null, g: undefined, h: [{ i: true }] });
    expect(text).toMatch(/\na: "yes"\nb: "1"\nc: "x: y"\nd: \[\]\ne: \{\}\nf: null\nh:\n {2}- i: true\n$/);
  });
});
