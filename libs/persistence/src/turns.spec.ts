import { setTimeout as sleep, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { PartnerId } from '@dialtone/domain';
import { onBehalfOf } from './on-behalf-of';
import { ownTurns, Turns, turns as turnsOfProcess } from './turns';

const A = 'a' as PartnerId;
const B = 'b' as PartnerId;
const LONG_MS = 60;

/** Turns on a clock of the test, and in which order pieces of work were begun. */
const setUp = () => {
  const clock = { ms: 0 };
  const turns = new Turns(() => clock.ms);
  const begun: string[] = [];
  const ask = (owner: PartnerId | null, name: string): void => {
    void turns.next(owner).then(() => begun.push(name));
  };
  const loops = async (count: number): Promise<void> => {
    for (let nth = 0; nth < count; nth += 1) await turnOfTheLoop();
  };
  return { clock, turns, begun, ask, loops };
};

describe('turns on the thread', () => {
  it('one piece begins in a turn of the loop, and partners take turns, whatever one of them has waiting', async () => {
    const { ask, begun, loops } = setUp();
    for (const name of ['a1', 'a2', 'a3']) ask(A, name);
    ask(B, 'b1');
    ask(null, 'c1');
    const seen: number[] = [];
    for (let nth = 0; nth < 6; nth += 1) {
      await loops(1);
      seen.push(begun.length);
    }
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
    for (const [nth, count] of seen.entries()) expect(count).toBeLessThanOrEqual(nth + 1);
  });

  it('a piece waits while a short request of another partner is under way, and goes on when it ends', async () => {
    const { ask, begun, loops, turns } = setUp();
    const end = turns.beginShort(B);
    ask(A, 'a1');
    await loops(5);
    expect(begun).toEqual([]);
    end();
    end();
    await loops(3);
    expect(begun).toEqual(['a1']);
  });

  it('a piece waits for some milliseconds at most, though short requests follow each other', async () => {
    const { ask, begun, clock, turns, loops } = setUp();
    turns.beginShort(B);
    ask(A, 'a1');
    clock.ms = 9;
    turns.beginShort(B);
    await sleep(LONG_MS);
    expect(begun).toEqual([]);
    clock.ms = 10;
    await sleep(LONG_MS);
    await loops(2);
    expect(begun).toEqual(['a1']);
  });

  it('a request that takes long is none that others wait for', async () => {
    const { ask, begun, clock, turns, loops } = setUp();
    turns.beginShort(B);
    clock.ms = 10;
    ask(A, 'a1');
    await loops(3);
    expect(begun).toEqual(['a1']);
  });

  it('neither its own short requests keep a partner waiting, nor those of a partner whose work is long', async () => {
    const { ask, begun, loops, turns } = setUp();
    turns.beginShort(A);
    turns.beginShort(B);
    ask(B, 'b1');
    ask(A, 'a1');
    await loops(4);
    expect(begun).toEqual(['b1', 'a1']);
  });

  it('what an answer is made for is noted when it begins: it is read in the context of its connection', async () => {
    const next = onBehalfOf(A, ownTurns);
    const end = turnsOfProcess.beginShort(A);
    const begun = await Promise.race([next().then(() => 'own'), sleep(LONG_MS, 'late')]);
    end();
    expect(begun).toBe('own');
  });
});
