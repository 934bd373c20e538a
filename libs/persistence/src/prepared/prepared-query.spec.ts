import { PassThrough } from 'node:stream';
import { types } from 'pg';
import { PreparedQuery, PreparedStatements } from './prepared-query';
import { PreparedStatement } from './prepared-statement';

const STATEMENT = new PreparedStatement('numbers', 'select $1::text as number');
const MS = { kept: 9_999, over: 10_001 };

describe('a connection that keeps a statement prepared', () => {
  let now = 0;
  let sent: string[] = [];
  let prepared = new PreparedStatements(() => now);
  const wire = {
    stream: new PassThrough().on('data', () => sent.push('ask')),
    close: () => sent.push('close'),
    parse: () => sent.push('parse'),
    describe: () => sent.push('describe'),
  };
  beforeEach(() => {
    now = 0;
    prepared = new PreparedStatements(() => now);
  });

  /** What is sent for one execution, and what the server then answers. */
  const ask = async (answer: (query: PreparedQuery) => void = () => undefined): Promise<readonly string[]> => {
    sent = [];
    const query = new PreparedQuery({ statement: STATEMENT, parameters: ['1'] }, prepared, () => undefined);
    query.submit(wire);
    await new Promise(setImmediate);
    if (sent.includes('describe'))
      query.handleRowDescription({ fields: [{ name: 'number', dataTypeID: types.builtins.TEXT }] });
    answer(query);
    return sent;
  };

  const PREPARES = ['close', 'parse', 'describe', 'ask'];

  it('sends the text once, and again when the plan has been kept for long', async () => {
    expect(await ask()).toEqual(PREPARES);
    now = MS.kept;
    expect(await ask()).toEqual(['ask']);
    now = MS.over;
    expect(await ask()).toEqual(PREPARES);
    expect(await ask()).toEqual(['ask']);
  });

  it('sends the text again after a failure, whatever it was', async () => {
    await ask((query) => {
      query.handleError(new Error('refused'));
    });
    expect(await ask()).toEqual(PREPARES);
  });
});
