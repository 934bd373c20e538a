import { setImmediate } from 'node:timers/promises';
import type { ConnectionId } from '@dialtone/domain';
import type { BreakerChange, GateObserver } from '@dialtone/engine';
import type { Logger } from '@dialtone/platform';
import { noting } from './noted-breakers';

const ID = 'c' as ConnectionId;
const CHANGE = (from: BreakerChange['from'], to: BreakerChange['to'], forMs = 0): BreakerChange => ({
  from,
  to,
  forMs,
});

const observe = (note: () => Promise<void> = () => Promise.resolve()) => {
  const [noted, told, warned]: [unknown[], BreakerChange[], string[]] = [[], [], []];
  const silent: GateObserver = {
    waited: () => undefined,
    throttled: () => undefined,
    failed: () => undefined,
    breakerChanged: (change) => told.push(change),
  };
  const states = {
    noteBreaker: (...noting: unknown[]) => {
      noted.push(noting);
      return note();
    },
  };
  const logger = { warn: (_: object, text: string) => warned.push(text) } as unknown as Pick<Logger, 'warn'>;
  return {
    observer: noting(ID, silent, states, logger),
    noted,
    told,
    warned,
  };
};

describe('the breaker of a connection', () => {
  it.each([
    ['opens', CHANGE('closed', 'open', 5_000), [[ID, 5_000]]],
    ['opens again after a probe', CHANGE('half_open', 'open', 9_000), [[ID, 9_000]]],
    ['closes because VoiceLink answers', CHANGE('half_open', 'closed'), [[ID, null]]],
    ['closes because the account is given up', CHANGE('open', 'closed'), []],
    ['lets one request find out', CHANGE('open', 'half_open'), []],
    ['has found nothing out', CHANGE('half_open', 'open'), []],
  ] as const)('that %s is noted as far as it says something, and told', (_, change, want) => {
    const { observer, noted, told } = observe();
    observer.breakerChanged(change);
    expect([noted, told]).toEqual([want, [change]]);
  });

  it('changes all the same when that cannot be noted', async () => {
    const { observer, told, warned } = observe(() => Promise.reject(new Error('away')));
    observer.breakerChanged(CHANGE('closed', 'open', 1));
    await setImmediate();
    expect([told.length, warned.length]).toEqual([1, 1]);
  });
});
