import { DatabaseAwayError, isDatabaseUnavailable, sessionLoss } from './database-errors';

const coded = (code: string): Error => Object.assign(new Error('as the driver says it'), { code });

describe('what an error says about the database', () => {
  it.each([
    { code: '25006', is: 'a session that takes no writes', away: true, loss: 'read_only' },
    { code: '08006', is: 'a connection that failed', away: true, loss: 'unreachable' },
    { code: '08P01', is: 'a protocol that went wrong', away: true, loss: 'unreachable' },
    { code: '57P01', is: 'a server that goes down', away: true, loss: 'unreachable' },
    { code: '57P03', is: 'a server that starts', away: true, loss: 'unreachable' },
    { code: '57P05', is: 'a session that was idle for too long', away: true, loss: 'unreachable' },
    { code: '25P03', is: 'a transaction that stood still for too long', away: true, loss: 'unreachable' },
    { code: '53300', is: 'too many connections', away: true, loss: null },
    { code: '58030', is: 'a disk that fails', away: true, loss: null },
    { code: '57014', is: 'a statement that took too long', away: true, loss: null },
    { code: '55P03', is: 'a lock that was not to be had', away: true, loss: null },
    { code: 'ECONNREFUSED', is: 'no server', away: true, loss: null },
    { code: 'ENETUNREACH', is: 'no way to the server', away: true, loss: null },
    { code: '23505', is: 'a value that exists', away: false, loss: null },
    { code: '40P01', is: 'a deadlock', away: false, loss: null },
    { code: '42601', is: 'a wrong statement', away: false, loss: null },
    { code: '25P02', is: 'a transaction that had failed', away: false, loss: null },
  ])('$code: $is', ({ code, away, loss }) => {
    expect(isDatabaseUnavailable(coded(code))).toBe(away);
    expect(sessionLoss(coded(code))).toBe(loss);
    expect(isDatabaseUnavailable(new Error('wrapped', { cause: coded(code) }))).toBe(away);
  });

  it.each([
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Connection terminated unexpectedly',
    'Client was closed and is not queryable',
  ])('takes the driver’s "%s", which has no code, for a database that is away', (message) => {
    expect(isDatabaseUnavailable(new Error(message))).toBe(true);
  });

  it('knows its own errors, and nothing of what is none', () => {
    expect(isDatabaseUnavailable(new DatabaseAwayError('silent'))).toBe(true);
    expect(sessionLoss(new DatabaseAwayError('standby', 'read_only'))).toBe('read_only');
    expect([null, undefined, 'ECONNRESET', {}].map(isDatabaseUnavailable)).toEqual([false, false, false, false]);
  });
});
