import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { declarationsOf } from './declarations';
import { problemsText } from './places';
import { readFiles } from './read-files';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialtone-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const stdin = (text = ''): Readable => Readable.from([Buffer.from(text)]);
const declared = async (...paths: readonly string[]): Promise<ReturnType<typeof declarationsOf>> =>
  declarationsOf(await readFiles(paths, stdin()));
const read = async (
  name: string,
  content: string | Buffer,
): Promise<{ readonly rows: unknown; readonly faults: string }> => {
  const path = join(folder, name);
  await writeFile(path, content);
  const { declarations, problems } = await declared(path);
  return {
    rows: declarations.map(({ line, item, agent, connection }) => ({
      line,
      ...item,
      agent,
      ...(connection !== null && { connection }),
    })),
    faults: problemsText(problems).replaceAll(`${folder}/`, ''),
  };
};

const ONE = { number: '+918011223344', agent: 'Sales Agent' };
const AGENT = 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55';

describe('declarations in a file', () => {
  it.each([
    ['a document', 'a.yaml', 'number: "+918011223344"\nagent: Sales Agent\n', [{ line: 1, ...ONE }]],
    ['a list', 'a.yaml', '# ours\n- number: "+918011223344"\n  agent: Sales Agent\n', [{ line: 2, ...ONE }]],
    [
      'several documents, one of them empty',
      'a.yml',
      'number: "+918011223344"\nagent: Sales Agent\n---\n---\ndeclarations:\n  - { number: "+918011223345", agent: Sales Agent }\n',
      [
        { line: 1, ...ONE },
        { line: 6, ...ONE, number: '+918011223345' },
      ],
    ],
    [
      'every field, and nulls that say nothing',
      'a.yaml',
      `number: "+918011223344"\nagent_id: ${AGENT}\nconnection: Mumbai\nclient_id: 415\nbot_name: null\nmode: observe\nlabels: { team: sales }\nmanager: crm\n`,
      [
        {
          line: 1,
          number: ONE.number,
          agent: AGENT,
          connection: 'Mumbai',
          client_id: 415,
          mode: 'observe',
          labels: { team: 'sales' },
          manager: 'crm',
        },
      ],
    ],
    ['JSON', 'a.json', '[\n{"number":"+918011223344","agent":"Sales Agent"}]', [{ line: 2, ...ONE }]],
    [
      'CSV with a header, quotes, CRLF, a mark of the byte order and empty cells',
      'a.csv',
      '\uFEFFnumber,agent,client_id,labels,label.shift\r\n+918011223344,"Sales, ""Agent""",415,"team=sales,region=north",2\r\n918011223345,Sales Agent,,,\r\n',
      [
        {
          line: 2,
          number: '+918011223344',
          agent: 'Sales, "Agent"',
          client_id: 415,
          labels: { shift: '2', team: 'sales', region: 'north' },
        },
        { line: 3, number: '918011223345', agent: 'Sales Agent' },
      ],
    ],
    ['CSV with semicolons', 'a.csv', 'number;agent\n+918011223344;Sales Agent\n', [{ line: 2, ...ONE }]],
    [
      'CSV with a cell of two lines',
      'a.csv',
      'number,agent,bot_name\n+918011223344,Sales Agent,"a\nb"\n+918011223345,Sales Agent,\n',
      [
        { line: 2, ...ONE, bot_name: 'a\nb' },
        { line: 4, ...ONE, number: '+918011223345' },
      ],
    ],
  ])('are read from %s', async (_, name, content, rows) => {
    expect(await read(name, content)).toEqual({ rows, faults: '' });
  });

  it.each([
    [
      'a number that YAML reads as one',
      'a.yaml',
      '- number: "+918011223344"\n  agent: A\n- number: +918011223345\n  agent: A\n',
      'a.yaml:3: number: must be a text: put the number in quotes, "+91…"',
    ],
    [
      'a number that JSON has as one',
      'a.json',
      '[{"number":918011223345,\n"agent":"A"}]',
      'a.json:1: number: must be a text: put the number in quotes, "+91…"',
    ],
    [
      'an unknown field',
      'a.yaml',
      'number: "+918011223344"\nagent: A\n\ncolour: red\n',
      /^a\.yaml:4: colour: there is no such field; there are agent, agent_id, /,
    ],
    [
      'an unknown column',
      'a.csv',
      'number,agent,colour\n+918011223344,A,red\n',
      /^a\.csv:2: colour: there is no such field/,
    ],
    ['a missing number', 'a.csv', 'number,agent\n+918011223344,A\n,A\n', 'a.csv:3: number: is missing'],
    [
      'a missing agent',
      'a.yaml',
      'number: "+918011223344"',
      'a.yaml:1: agent: is missing: give agent (its name) or agent_id',
    ],
    [
      'two agents',
      'a.yaml',
      `number: "+918011223344"\nagent: A\nagent_id: ${AGENT}\n`,
      'a.yaml:2: agent: and agent_id are both there: give one of them',
    ],
    ['an id that is none', 'a.yaml', 'number: "+918011223344"\nagent_id: 7\n', /^a\.yaml:2: agent_id: must be an id/],
    [
      'a client that is no number',
      'a.csv',
      'number,agent,client_id\n+918011223344,A,4x\n',
      'a.csv:2: client_id: must be a whole number',
    ],
    [
      'a label that is no text',
      'a.yaml',
      'number: "+918011223344"\nagent: A\nlabels:\n  team: 5\n',
      'a.yaml:3: labels: team must be a text: put its value in quotes',
    ],
    [
      'labels that are none',
      'a.csv',
      'number,agent,labels\n+918011223344,A,sales\n',
      /^a\.csv:2: labels: must be labels/,
    ],
    [
      'a row with too few cells',
      'a.csv',
      'number,agent,client_id\n+918011223344,A\n',
      'a.csv:2: has 2 cells, and the header 3',
    ],
    ['a quote that is not closed', 'a.csv', 'number,agent\n+918011223344,"A\n', /^a\.csv:\d: Quote Not Closed/],
    ['a column twice', 'a.csv', 'number,agent,agent\n+918011223344,A,B\n', 'a.csv:1: agent: is there twice'],
    ['a field twice', 'a.yaml', 'number: "+918011223344"\nagent: A\nagent: B\n', 'a.yaml:3: Map keys must be unique'],
    ['what is no YAML', 'a.yaml', 'number: "+91\n', /^a\.yaml:\d: Missing closing "quote/],
    ['what is YAML but no JSON', 'a.json', '[{"number":"+918011223344","agent":"A",},\n]', /^a\.json:\d: is no JSON: /],
    [
      'what is no declaration',
      'a.yaml',
      '- number: "+918011223344"\n  agent: A\n- 7\n',
      /^a\.yaml:3: is no declaration/,
    ],
    ['what is no UTF-8', 'a.csv', Buffer.from([0x6e, 0xff, 0xfe]), 'a.csv:1: is not UTF-8: save it as that'],
    [
      'one number in two spellings',
      'a.csv',
      'number,agent\n+918011223344,A\n00 91 80 1122 3344,B\n',
      /^a\.csv:3: number: 00 91 80 1122 3344 is declared in .*a\.csv:2 already$/,
    ],
  ])('are refused at the line of %s', async (_, name, content, says) => {
    const { faults } = await read(name, content);
    if (typeof says === 'string') expect(faults).toBe(says);
    else expect(faults).toMatch(says);
  });

  it('are found in folders, by name, and a number that another file has is refused', async () => {
    await mkdir(join(folder, 'b'));
    await writeFile(join(folder, 'b/second.json'), '{"number":"+918011223345","agent":"A"}');
    await writeFile(join(folder, 'a.yaml'), 'number: "+918011223344"\nagent: A');
    await writeFile(join(folder, 'c.csv'), 'number,agent\n918011223345,A');
    await writeFile(join(folder, 'notes.txt'), 'none');
    const { declarations, problems } = await declared(folder);
    expect(declarations.map(({ file }) => file.slice(folder.length + 1))).toEqual(['a.yaml', 'b/second.json', 'c.csv']);
    expect(problemsText(problems)).toContain('c.csv:2: number: 918011223345 is declared in ');
  });

  it.each([
    ['YAML', 'number: "+918011223344"\nagent: Sales Agent\n'],
    ['JSON', ' [{"number":"+918011223344","agent":"Sales Agent"}]'],
    ['CSV', 'agent,number\nSales Agent,+918011223344\n'],
  ])('are known as %s on standard input', async (_, text) => {
    const { declarations } = declarationsOf(await readFiles(['-'], stdin(text)));
    expect(declarations.map(({ file, item, agent }) => [file, item.number, agent])).toEqual([
      ['standard input', ONE.number, ONE.agent],
    ]);
  });

  it('twenty mistakes are told, in their order, and how many more there are', async () => {
    const rows = Array.from({ length: 25 }, () => ',A').join('\n');
    const { faults } = await read('a.csv', `number,agent\n${rows}\n`);
    expect(faults.split('\n')).toHaveLength(21);
    expect(faults).toMatch(/^a\.csv:2: number: is missing\na\.csv:3: [^]*\n… and 5 more$/);
  });

  it('of a file that is not there say so', async () => {
    await expect(declared(join(folder, 'none.csv'))).rejects.toThrow('There is no file');
  });
});
