import { randomBytes } from 'node:crypto';
import { Carriers } from '@dialtone/carriers';
import type { ConnectionId } from '@dialtone/domain';
import type { CarrierChecks, CheckVerdict, DueCheck } from '@dialtone/persistence';
import { recordedLog } from '../../test/recorded-log';
import { CarrierVerification } from './carrier-verification';

/** Nothing listens at the carriers, and MCube's token tells by itself. */
const carriers = new Carriers({
  baseUrls: { plivo: 'http://127.0.0.1:1' },
  privateNetworks: ['127.0.0.0/8'],
  timeoutMs: 500,
  sipGateway: null,
});
const token = (payload: object): string => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`;
const check = (nth: number, due: Partial<DueCheck>): DueCheck => ({
  id: `connection-${String(nth)}` as ConnectionId,
  provider: 'mcube',
  baseUrl: null,
  credentials: {},
  sealed: randomBytes(4),
  ...due,
});

describe('CarrierVerification', () => {
  const run = async (due: DueCheck[], stop = false) => {
    const noted: (readonly [string, CheckVerdict])[] = [];
    const { logger, lines } = recordedLog();
    const checks: CarrierChecks = {
      take: () => Promise.resolve(due.shift() ?? null),
      note: ({ id }, verdict) => {
        noted.push([id, verdict]);
        return Promise.resolve(true);
      },
    };
    const verification = new CarrierVerification(checks, carriers, logger);
    if (stop) verification.beforeApplicationShutdown();
    await verification.verify();
    return { noted: new Map(noted), lines };
  };

  it('verifies all that is due, each once, and notes what to do', async () => {
    const { noted, lines } = await run([
      check(1, { credentials: { jwt_token: token({ exp_data: 4_102_444_800 }) } }),
      check(2, { credentials: { jwt_token: token({ exp_data: 1 }) } }),
      check(3, { provider: 'plivo', credentials: { auth_id: 'MA', auth_token: 'canary-token' } }),
      check(4, { credentials: null }),
      check(5, { provider: 'exotel', credentials: { subdomain: 'evil.example' } }),
    ]);
    expect(noted.get('connection-1')).toEqual({ kind: 'unverifiable' });
    expect(noted.get('connection-2')).toEqual({
      kind: 'refused',
      message: 'MCube: jwt_token has expired: make a new one in the MCube panel.',
    });
    expect(noted.get('connection-3')).toEqual({
      kind: 'unknown',
      message: 'Plivo could not verify the credentials (no answer); they are tried again soon.',
    });
    expect(noted.get('connection-4')).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('send them again') as string,
    });
    expect(noted.get('connection-5')).toMatchObject({ kind: 'refused' });
    expect(lines).toHaveLength(5);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('begins nothing when the process ends', async () => {
    expect((await run([check(1, {})], true)).noted.size).toBe(0);
  });

  it('outlives a database that is away', async () => {
    const { logger, lines } = recordedLog();
    const away = { take: () => Promise.reject(new Error('away')), note: () => Promise.resolve(true) };
    await new CarrierVerification(away, carriers, logger).verify();
    expect(lines.map(({ msg }) => msg)).toEqual([
      'Credentials of carriers could not be verified; next try in 10 seconds',
    ]);
  });
});
