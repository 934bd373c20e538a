import { parseCommandLine } from './command-line';

describe('parseCommandLine', () => {
  it('has documented defaults', () => {
    const credentials = { username: 'demo-reseller', password: 'demo-password' };
    const options = { port: 4010, seed: 1, dids: 40, host: '127.0.0.1', openAdmin: false, ...credentials };
    expect(parseCommandLine([])).toEqual({ kind: 'run', options });
  });

  it('takes port 0', () => {
    expect(parseCommandLine(['--port', '0', '--dids', '100000'])).toMatchObject({
      options: { port: 0, dids: 100_000 },
    });
  });

  it.each([
    [['--port', '70000'], '--port'],
    [['--seed', 'abc'], '--seed'],
    [['--dids', '1.5'], '--dids'],
    [['--dids=-1'], '--dids'],
    [['--dids'], '--dids'],
    [['--username', ''], '--username'],
    [['--speed', '1'], '--speed'],
    [['serve'], 'serve'],
  ])('says what is wrong with %j in one line', (args, named) => {
    const parsed = parseCommandLine(args);
    expect(parsed).toEqual({ kind: 'error', sentence: expect.stringContaining(named) as unknown });
    expect(parsed).toEqual({ kind: 'error', sentence: expect.not.stringContaining('\n') as unknown });
  });
});
