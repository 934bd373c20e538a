import { isPlanLost, KeptPlans } from './kept-plans';

const asked = (
  plans: KeptPlans,
  text: string,
  times: number,
  parameters: readonly unknown[] = [1],
): (string | null)[] => Array.from({ length: times }, () => plans.nameOf(text, parameters));

describe('which statements keep their plans', () => {
  it('names a text when it comes for the third time, and then always the same', () => {
    const plans = new KeptPlans();
    const names = asked(plans, 'select $1', 5);
    expect(names.slice(0, 2)).toEqual([null, null]);
    expect(new Set(names.slice(2)).size).toBe(1);
    expect(names[2]).not.toBeNull();
  });

  it('gives each text a name of its own', () => {
    const plans = new KeptPlans();
    expect(asked(plans, 'select $1', 3)[2]).not.toBe(asked(plans, 'select $1 + 1', 3)[2]);
  });

  it.each([
    ['no parameters', []],
    ['an array of many elements', [Array.from({ length: 101 }, (_, nth) => nth)]],
    ['many bytes', [Buffer.alloc(65_537)]],
  ])('leaves a statement with %s to be planned each time, also when its text has a name', (_, parameters) => {
    const plans = new KeptPlans();
    asked(plans, 'select $1', 3);
    expect(plans.nameOf('select $1', parameters)).toBeNull();
  });

  it('names no more texts than a session may keep', () => {
    const plans = new KeptPlans();
    const named = Array.from({ length: 300 }, (_, nth) => asked(plans, `select $1 + ${String(nth)}`, 3)[2]);
    expect(named.filter((name) => name !== null)).toHaveLength(150);
    expect(plans.nameOf('select $1 + 0', [1])).not.toBeNull();
  });

  it('forgets texts that came once, however many they are', () => {
    const plans = new KeptPlans();
    plans.nameOf('select $1', [1]);
    plans.nameOf('select $1', [1]);
    for (let nth = 0; nth < 2_000; nth += 1) plans.nameOf(`select $1 + ${String(nth)}`, [1]);
    expect(plans.nameOf('select $1', [1])).toBeNull();
  });
});

describe('what says that a session cannot use what it keeps', () => {
  it.each([
    ['there is none of that name', { code: '26000' }, true],
    ['there is one of that name', { code: '42P05' }, true],
    ['a table has changed', { code: '0A000', message: 'cached plan must not change result type' }, true],
    ['something else is not supported', { code: '0A000', message: 'LISTEN is not supported here' }, false],
    ['the value is wrong', { code: '22P02', message: 'invalid input syntax' }, false],
    ['the connection is gone', new Error('Connection terminated'), false],
  ])('%s', (_, error, lost) => {
    expect(isPlanLost(error)).toBe(lost);
  });
});
