import { gatewayConfig } from './config';
import { runMain } from './run-main';

/** Runs a main function that fails, and returns what the process would have said and ended with. */
const failing = async (main: () => Promise<void>): Promise<{ said: string; code: unknown }> => {
  const said: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  runMain('gateway', main);
  await new Promise(setImmediate);
  const code = exit.mock.calls[0]?.[0];
  write.mockRestore();
  exit.mockRestore();
  return { said: said.join(''), code };
};

describe('runMain', () => {
  it('ends with code 78 and a sentence per variable when the configuration is wrong', async () => {
    const { said, code } = await failing(() => Promise.resolve(void gatewayConfig({ PORT: 'x' })));
    expect(code).toBe(78);
    expect(said.split('\n')[0]).toBe('gateway cannot start:');
    expect(said).toMatch(/^ {2}DATABASE_URL is missing/m);
    expect(said).toMatch(/^ {2}PORT is "x"/m);
    expect(said).not.toMatch(/ at .*[.]ts/);
  });

  it('ends with code 1 and the error when anything else goes wrong', async () => {
    const { said, code } = await failing(() => Promise.reject(new Error('port taken')));
    expect(code).toBe(1);
    expect(said).toMatch(/^gateway failed: Error: port taken\n\s+at /);
  });
});
