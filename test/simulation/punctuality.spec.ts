/** @jest-environment <rootDir>/test/setup/plain-globals-environment.cjs */
import { Punctuality } from './punctuality';
import { Scheduler } from './scheduler';

/** The first seeds draw a slow step sooner or later; none takes more than a second. */
const scheduler = (): Scheduler => new Scheduler(1);

describe('what had its time', () => {
  it('is overdue a second after it, and not before the aftermath of the faults', async () => {
    const calm = scheduler();
    const punctuality = new Punctuality(calm);
    const at = punctuality.now();
    await calm.clock.advance(60_000);
    expect(punctuality.isOverdue(at)).toBe(false);
    punctuality.calmBegins();
    await calm.clock.advance(6_000);
    expect(punctuality.isOverdue(at)).toBe(false);
    await calm.clock.advance(1);
    expect(punctuality.isOverdue(at)).toBe(true);
  });

  it('is not overdue for the time in which a process could go on and did not', async () => {
    const slow = scheduler();
    const punctuality = new Punctuality(slow);
    punctuality.calmBegins();
    await slow.clock.advance(5_000);
    const due = punctuality.now();
    const party = { isFrozen: false };
    while (punctuality.now() < due + 3_000) {
      void slow.checkpoint(party);
      await slow.step();
    }
    expect(slow.slowMsSince(due)).toBe(punctuality.now() - due);
    expect(punctuality.isOverdue(due)).toBe(false);
    await slow.clock.advance(1_001);
    expect(punctuality.isOverdue(due)).toBe(true);
  });
});
