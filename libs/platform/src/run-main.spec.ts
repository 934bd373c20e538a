import fs from 'node:fs';
import { gatewayConfig } from './config';
import { runMain, type RunOptions } from './run-main';

/** Runs a main function that fails, and returns what the process would have said and ended with. */
const failing = async (main: () => Promise<void>, options?: RunOptions): Promise<{ said: string; code: unknown }> => {
  const said: string[] = [];
  const writeSync = jest.spyOn(fs, 'writeSync').mockImplementation((_: number, text: string) => {
    said.push(text);
    return Buffer.byteLength(text);
  });
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  runMain('gateway', main, options);
  await new Promise(setImmediate);
  const code = exit.mock.calls[0]?.[0];
  write.mockRestore();
  writeSync.mockRestore();
  exit.mockRestore();
  return { said: said.join(''), code };
};

describe('runMain', () => {
  it('ends with code 78 and a sentence per variable when the configuration is wrong', async () => {
    const { said, code } = await failing(() => Promise.resolve(void gatewayConfig({ PORT: 'x' })), {
      failures: 'text',
    });
    expect(code).toBe(78);
    expect(said.split('\n')[0]).toBe('gateway cannot start:');
    expect(said).toMatch(/^ {2}DATABASE_URL is missing/m);
    expect(said).toMatch(/^ {2}PORT is "x"/m);
    expect(said).not.toMatch(/ at .*[.]ts/);
  });

  it('ends with code 1 and the error when anything else goes wrong', async () => {
    const { said, code } = await failing(() => Promise.reject(new Error('port taken')), { failures: 'text' });
    expect(code).toBe(1);
    expect(said).toMatch(/^gateway failed: Error: port taken\n\s+at /);
  });

  it('says why a service ends in one line of its log', async () => {
    const wrong = await failing(() => Promise.resolve(void gatewayConfig({ PORT: 'x' })));
    expect([wrong.code, wrong.said.trimEnd().split('\n')]).toEqual([78, [expect.any(String)]]);
    expect(JSON.parse(wrong.said)).toMatchObject({
      app: 'gateway',
      level: 'fatal',
      msg: expect.stringMatching(/^gateway cannot start: DATABASE_URL is missing.* PORT is "x"/) as string,
      problems: expect.arrayContaining([expect.stringContaining('PORT is "x"')]) as string[],
    });
    const broken = await failing(() => Promise.reject(new Error('port taken')));
    expect([broken.code, broken.said.trimEnd().split('\n')]).toEqual([1, [expect.any(String)]]);
    expect(JSON.parse(broken.said)).toMatchObject({
      level: 'fatal',
      msg: 'gateway failed: port taken',
      err: { stack: expect.stringContaining(' at ') as string },
    });
  });
});
