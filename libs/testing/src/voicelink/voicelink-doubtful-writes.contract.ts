import type { WriteOutcome } from '@dialtone/engine';
import type { VoiceLinkFault } from './voicelink-faults';
import type { VoiceLinkHarness } from './voicelink-harness';
import { BOT, botsOf, expectRefused, toBot } from './voicelink-steps';

/** The part of the contract of VoiceLinkAccount that is about writes of which the effect is in doubt or forbidden. */
export const describeDoubtfulWrites = (upstream: () => VoiceLinkHarness): void => {
  describeFaultyWrites(upstream);
  describeDryRun(upstream);
};

/** What the caller may know of a write that did nothing. */
const NOTHING_DONE = [
  {
    kind: 'refuse',
    reason: '200 with status:false',
    want: { kind: 'refused', class: 'rejected', retryAfterMs: null },
  },
  {
    kind: 'rate_limit',
    reason: '429',
    retryAfterMs: 7000,
    want: { kind: 'refused', class: 'rate_limited', retryAfterMs: 7000 },
  },
  {
    kind: 'error',
    reason: '500 proves nothing',
    want: { kind: 'unknown', class: 'unavailable', retryAfterMs: null },
  },
  {
    kind: 'timeout_before',
    reason: 'no answer proves nothing',
    want: { kind: 'unknown', class: 'unavailable', retryAfterMs: null },
  },
];

const describeFaultyWrites = (upstream: () => VoiceLinkHarness): void => {
  const attempt = async (
    fault: Partial<VoiceLinkFault> & { kind: string },
  ): Promise<{ outcome: WriteOutcome; clientId: number }> => {
    const clientId = await upstream().clientId();
    await upstream().inject({ on: 'bots.create', ...fault } as VoiceLinkFault);
    const outcome = await upstream().account.createBot({ ...BOT, clientId });
    return { outcome, clientId };
  };
  const botCount = async (clientId: number): Promise<number> =>
    (await botsOf(upstream(), clientId)).filter((bot) => bot.name === BOT.name).length;

  it.each(NOTHING_DONE)(
    'calls a write that did nothing after $kind ($reason) $want.kind, and sends it once',
    async ({ want, kind, ...fault }) => {
      const { outcome, clientId } = await attempt({ kind, ...fault } as never);
      if (outcome.kind === 'accepted') throw new Error('accepted');
      const { class: errorClass, retryAfterMs } = outcome.failure;
      expect({ kind: outcome.kind, class: errorClass, retryAfterMs }).toEqual(want);
      expect(await botCount(clientId)).toBe(0);
      expect(await upstream().journal()).toEqual([{ operation: 'bots.create', effect: false }]);
    },
  );

  it('calls a write unknown whose answer was lost, though it took effect, and sends it once', async () => {
    const { outcome, clientId } = await attempt({ kind: 'timeout_after' });
    expect(outcome.kind).toBe('unknown');
    expect(await botCount(clientId)).toBe(1);
    expect(await upstream().journal()).toEqual([{ operation: 'bots.create', effect: true }]);
  });

  it('calls a write unknown that takes effect only after its time-out', async () => {
    const { outcome, clientId } = await attempt({ kind: 'late_effect', delayMs: 700 });
    expect(outcome.kind).toBe('unknown');
    expect(await botCount(clientId)).toBe(0);
    await upstream().settleLate();
    expect(await botCount(clientId)).toBe(1);
  });
};

const describeDryRun = (upstream: () => VoiceLinkHarness): void => {
  it('with dry-run on reads everything and sends no mutating call', async () => {
    const { account, dryRunAccount } = upstream();
    const did = await upstream().freeDid();
    const bot = (await account.list('bots')).rows[0];
    const outcomes = [
      await dryRunAccount.mapDid({ didId: did.didId, clientId: await upstream().clientId(), callRecording: 0 }),
      await dryRunAccount.createBot({ ...BOT, clientId: await upstream().clientId() }),
      await dryRunAccount.updateBot(bot?.id ?? 0, BOT, bot?.raw ?? {}),
      await dryRunAccount.createRouting({ ...did, fields: toBot(bot?.id ?? 0) }),
      await dryRunAccount.updateRouting(1, toBot(bot?.id ?? 0), {}),
    ];
    for (const outcome of outcomes) expectRefused(outcome, 'dry_run');
    expect(await upstream().journal()).toEqual([]);
    expect((await dryRunAccount.list('dids')).status).toBe('complete');
  });
};
