import { DatabaseAwayError } from './database-errors';
import { type GivenUp, ServerWatch } from './server-watch';

const world = () => {
  const clock = { now: 0 };
  const givenUp: GivenUp[] = [];
  const watch = new ServerWatch(
    (reason) => givenUp.push(reason),
    () => clock.now,
  );
  const connection = (heardAt: number) => {
    const errors: Error[] = [];
    const made = { heardAt, giveUp: (error: Error) => void errors.push(error), errors };
    watch.add(made);
    return made;
  };
  let tries = 0;
  const fail = (afterMs: number) =>
    watch.open(() => {
      tries += 1;
      clock.now += afterMs;
      return Promise.reject(new Error('no answer'));
    });
  const succeed = () => watch.open(() => Promise.resolve((tries += 1)));
  return { clock, givenUp, watch, connection, fail, succeed, tries: () => tries };
};

const silence = new DatabaseAwayError('silent');

describe('ServerWatch', () => {
  it('gives up with a silent connection those that have heard nothing since, and no other', () => {
    const { watch, connection, givenUp } = world();
    const [asking, idle, lively] = [connection(10), connection(5), connection(11)];
    watch.silentSince(10, silence);
    expect([asking, idle, lively].map(({ errors }) => errors)).toEqual([[silence], [silence], []]);
    watch.silentSince(10, silence);
    expect(givenUp).toEqual(['silent', 'silent']);
  });

  it('forgets a connection that was closed, and counts a lost one once', () => {
    const { watch, connection, givenUp } = world();
    const [closed, lost] = [connection(1), connection(1)];
    watch.remove(closed);
    watch.lost(lost, 'read_only');
    watch.lost(lost, 'read_only');
    watch.silentSince(2, silence);
    expect([closed.errors, lost.errors, givenUp]).toEqual([[], [], ['read_only']]);
  });

  it('lets any number connect while there is no doubt', async () => {
    const { succeed, tries } = world();
    await Promise.all([succeed(), succeed(), succeed()]);
    expect(tries()).toBe(3);
  });

  it('lets one at a time try a server that is in doubt, and refuses the others at once', async () => {
    const { watch, succeed } = world();
    watch.silentSince(0, silence);
    const trial = Promise.withResolvers<string>();
    const trying = watch.open(() => trial.promise);
    await expect(succeed()).rejects.toThrow(DatabaseAwayError);
    trial.resolve('open');
    await expect(trying).resolves.toBe('open');
    await expect(Promise.all([succeed(), succeed()])).resolves.toHaveLength(2);
  });

  it.each([
    { name: 'at once after a refusal', tookMs: 20, pauseMs: 0 },
    { name: 'a second after silence', tookMs: 5_000, pauseMs: 1_000 },
  ])('tries again $name', async ({ tookMs, pauseMs }) => {
    const { clock, fail, succeed, givenUp } = world();
    await expect(fail(tookMs)).rejects.toThrow('no answer');
    if (pauseMs > 0) {
      clock.now += pauseMs - 1;
      await expect(succeed()).rejects.toThrow(DatabaseAwayError);
      clock.now += 1;
    }
    await expect(succeed()).resolves.toBe(2);
    expect(givenUp).toEqual(['unreachable']);
  });

  it('says why a session was not wanted', async () => {
    const { watch, givenUp } = world();
    const refused = watch.open(() => Promise.reject(new DatabaseAwayError('no writes', 'read_only')));
    await expect(refused).rejects.toMatchObject({ code: '25006' });
    expect(givenUp).toEqual(['read_only']);
  });
});
