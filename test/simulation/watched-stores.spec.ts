import type { Outcome } from '@dialtone/engine';
import { EngineFixture } from '@dialtone/testing';
import { Punctuality } from './punctuality';
import { Scheduler } from './scheduler';
import { WakingRule } from './waking-rule';
import { watchedBindingQueue } from './watched-stores';

const TTL_MS = 3_000;
const BREAKER_MS = 8_000;
const PAUSE_MS = 2_000;
const UNANSWERED: Outcome = { kind: 'progressing', requeueAfterMs: BREAKER_MS, reason: 'VoiceLink does not answer' };

/** A watched queue whose clock is that of the rule, a declared number that is due, and the outcomes with word of them. */
const watched = async () => {
  const fixture = await EngineFixture.make();
  const { key } = fixture.did('918000000001');
  await fixture.declare(key, { clientId: fixture.remote.addClient().id });
  const scheduler = new Scheduler(1, fixture.clock.now());
  const punctuality = new Punctuality(scheduler);
  punctuality.calmBegins();
  const rule = new WakingRule(punctuality);
  const told: Outcome[] = [];
  const queue = watchedBindingQueue(
    fixture.world,
    (_, of) => {
      rule.claimed(of);
    },
    (of, outcome) => {
      told.push(outcome);
      rule.completed(of, outcome);
    },
  );
  const claim = async (owner: string) => {
    const [claimed] = await queue.claim(owner, 1, TTL_MS);
    if (claimed === undefined) throw new Error(`${owner} claims nothing`);
    return claimed;
  };
  const pass = async (ms: number): Promise<void> => {
    await Promise.all([fixture.clock.advance(ms), scheduler.clock.advance(ms)]);
  };
  const paused = (): Outcome => ({ kind: 'progressing', until: fixture.clock.now() + PAUSE_MS, reason: 'paused' });
  return { queue, rule, told, claim, pass, paused };
};

describe('the time until which a number waits', () => {
  it('is what its holder came to, and is kept', async () => {
    const { queue, rule, told, claim, pass, paused } = await watched();
    const outcome = paused();
    await queue.complete(await claim('holder'), outcome, PAUSE_MS);
    expect([told, await queue.nextDueInMs()]).toEqual([[outcome], PAUSE_MS]);
    await pass(60_000);
    expect(() => {
      rule.mustBeAwake();
    }).toThrow(/sleeps although it waited until/);
  });

  it('is not what a process came to whose lease was taken over in a freeze: the store drops it', async () => {
    const { queue, rule, told, claim, pass, paused } = await watched();
    const frozen = await claim('frozen');
    await pass(TTL_MS);
    await queue.complete(await claim('next'), UNANSWERED, BREAKER_MS);
    await queue.complete(frozen, paused(), PAUSE_MS);
    expect([told, await queue.nextDueInMs()]).toEqual([[UNANSWERED], BREAKER_MS]);
    await pass(60_000);
    rule.mustBeAwake();
  });

  it('is not what a process came to whose lease ran out: the number is still due', async () => {
    const { queue, told, claim, pass, paused } = await watched();
    const frozen = await claim('frozen');
    await pass(TTL_MS);
    await queue.complete(frozen, paused(), PAUSE_MS);
    expect([told, await queue.nextDueInMs()]).toEqual([[], 0]);
  });
});
