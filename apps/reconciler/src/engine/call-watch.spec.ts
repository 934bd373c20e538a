import type { CallReading } from '@dialtone/carriers';
import type { CallStatus, ConnectionId, HeardOfCall, NextLook } from '@dialtone/domain';
import type { DueLook, HeardResult } from '@dialtone/persistence';
import { CallWatch } from './call-watch';

const MINUTE = 60_000;
const DUE: DueLook = {
  id: 'c-1',
  connectionId: 'k-1' as unknown as ConnectionId,
  provider: 'plivo',
  status: 'ringing',
  carrierId: 'u-1',
  silentMs: 2 * MINUTE,
  looks: 1,
};
const failure = {
  reason: 'unavailable',
  httpStatus: 500,
  code: null,
  message: 'no',
  retryAfterMs: null,
  timedOut: false,
  isOwn: false,
} as const;
const known = (state: CallStatus): CallReading => ({
  kind: 'known',
  state,
  durationSeconds: 4,
  reason: null,
  raw: null,
});

describe('silent calls', () => {
  const watchOver = (due: readonly DueLook[], reading: CallReading, credentials: object | null = { auth_id: 'MA' }) => {
    const left = [...due];
    const asked: string[] = [];
    const heard: HeardOfCall[] = [];
    const silences: NextLook[] = [];
    const counted: string[] = [];
    const watch = new CallWatch({
      watches: {
        take: () => Promise.resolve(left.shift() ?? null),
        noteSilence: (_look, next) => {
          silences.push(next);
          return Promise.resolve(true);
        },
      },
      calls: {
        noteHeard: (_id, one) => {
          heard.push(one);
          const kind = one.status === DUE.status ? 'known' : 'noted';
          const end = kind === 'noted' ? { status: one.status, durationSeconds: 4 } : null;
          return Promise.resolve<HeardResult>({ kind, before: DUE.status, status: one.status, end });
        },
      },
      access: {
        find: (id) => Promise.resolve({ id, provider: 'plivo', baseUrl: null, credentials: credentials as never }),
      },
      carriers: {
        open: () =>
          ({
            readCall: (id: string) => {
              asked.push(id);
              return Promise.resolve(reading);
            },
          }) as never,
      },
      metrics: {
        ended: (provider, { status }) => {
          counted.push(`${provider} ${status}`);
        },
      },
      now: () => 5,
      logger: { info: () => undefined, warn: () => undefined },
    });
    return { watch, asked, heard, silences, counted };
  };

  it('are read at their carrier, and what it says is heard', async () => {
    const { watch, asked, heard, silences, counted } = watchOver([DUE], known('completed'));
    await watch.watch();
    expect([asked, silences]).toEqual([['u-1'], []]);
    expect(heard).toEqual([{ source: 'poll', status: 'completed', at: 5, durationSeconds: 4, error: null }]);
    expect(counted).toEqual(['plivo completed']);
  });

  it.each<[string, CallReading]>([
    ['says nothing new', known('ringing')],
    ['does not know them', { kind: 'not_found' }],
    ['cannot be asked now', { kind: 'failed', failure }],
  ])('are looked at again later when the carrier %s', async (_name, reading) => {
    const { watch, silences } = watchOver([DUE], reading);
    await watch.watch();
    expect(silences).toEqual([{ kind: 'again', afterMs: MINUTE }]);
  });

  it.each<[string, Partial<DueLook>, CallReading, object | null]>([
    ['that its carrier has not named', { carrierId: null }, known('completed'), {}],
    ['of VoiceLink', { provider: 'voicelink' }, known('completed'), {}],
    ['whose carrier has no request for it', {}, { kind: 'unsupported' }, {}],
    ['whose credentials are gone', {}, known('completed'), null],
  ])('are given up after an hour: one %s', async (_name, more, reading, credentials) => {
    for (const [silentMs, want, counts] of [
      [2 * MINUTE, { kind: 'again', afterMs: 58 * MINUTE }, []],
      [60 * MINUTE, { kind: 'lost' }, [`${more.provider ?? DUE.provider} lost`]],
    ] as const) {
      const { watch, silences, heard, counted } = watchOver([{ ...DUE, ...more, silentMs }], reading, credentials);
      await watch.watch();
      expect([silences, heard, counted]).toEqual([[want], [], counts]);
    }
  });

  it('are not taken by a process that stops', async () => {
    const { watch, asked } = watchOver([DUE], known('completed'));
    watch.beforeApplicationShutdown();
    await watch.watch();
    expect(asked).toEqual([]);
  });
});
