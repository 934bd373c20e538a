import { CARRIER_NAMES, type CarrierName } from '@dialtone/carriers';
import { useGateway } from '../../apps/api-gateway/test/gateway';
import { StartedCalls, untruths, type Account } from './started-calls';
import { useSimulatedCarriers } from './simulated-carriers';

/** How long the carrier is waited for where it never answers: long enough to send a request on a busy machine. */
const SOON_MS = 800;

type Fault = Readonly<Record<string, unknown>>;

/** Each fault of the request, and whether the carrier then has the call; null: it says so itself. */
const REQUEST_FAULTS: readonly { readonly name: string; readonly fault: Fault; readonly placed: 0 | 1 }[] = [
  { name: 'refused', fault: { kind: 'refused' }, placed: 0 },
  { name: 'answered with 500', fault: { kind: 'status', status: 500 }, placed: 0 },
  { name: 'answered with 429', fault: { kind: 'rate_limit' }, placed: 0 },
  { name: 'answered with 429 and Retry-After', fault: { kind: 'rate_limit', retry_after: 7 }, placed: 0 },
  { name: 'answered with HTML', fault: { kind: 'html' }, placed: 0 },
  { name: 'answered with success: false in a 200', fault: { kind: 'success_false' }, placed: 0 },
  { name: 'cut off before it is taken', fault: { kind: 'reset_before' }, placed: 0 },
  { name: 'cut off after it is taken', fault: { kind: 'reset_after' }, placed: 1 },
  { name: 'told of before the answer', fault: { kind: 'callback_before_answer', until: 'ringing' }, placed: 1 },
  { name: 'over before the answer', fault: { kind: 'callback_before_answer', until: 'completed' }, placed: 1 },
];
const TIMEOUTS = [
  { kind: 'timeout_before', placed: 0 },
  { kind: 'timeout_after', placed: 1 },
] as const;
const CALLBACK_FAULTS: readonly Fault[] = [
  { kind: 'callback_twice' },
  { kind: 'callback_late', ms: 30_000 },
  { kind: 'callback_out_of_order' },
  { kind: 'callback_never' },
  { kind: 'callback_forged' },
];
const OUTCOMES = ['answered', 'busy', 'no_answer', 'failed'] as const;

/** Without callbacks: Smartflo's are set up in its portal. MCube cannot be asked. */
const isKnowable = (
  name: CarrierName,
  { hasId, isTold }: { readonly hasId: boolean; readonly isTold: boolean },
): boolean => (isTold && name !== 'tata_smartflo') || (hasId && name !== 'mcube');

describe('a call that is started', () => {
  const gateway = useGateway();
  const { running } = useSimulatedCarriers();
  beforeAll(() => gateway.app.listen(0, '127.0.0.1'));

  const settled = async (calls: StartedCalls): Promise<ReadonlyMap<CarrierName, Account>> => {
    await calls.settle();
    const accounts = new Map<CarrierName, Account>();
    for (const started of calls.all) accounts.set(started.provider, await calls.account(started));
    const lies = [...accounts].flatMap(([name, account]) => untruths(name, account));
    expect(lies).toEqual([]);
    return accounts;
  };

  describe.each(CARRIER_NAMES)('through %s', (name) => {
    it.each(REQUEST_FAULTS)('and $name is placed at most once, and its record is true', async ({ fault, placed }) => {
      const calls = StartedCalls.on(gateway, running());
      running().simulator.faults.add({ endpoint: `${name}.calls.place`, ...fault });
      await calls.start(name);
      const account = (await settled(calls)).get(name);
      expect(account).toMatchObject({ placed });
      const hasId = fault['kind'] === 'callback_before_answer';
      if (placed === 1 && isKnowable(name, { hasId, isTold: true })) expect(account?.said).toBe(account?.truth);
    });

    it.each(CALLBACK_FAULTS)('and told of with $kind ends as it did', async (fault) => {
      for (const outcome of OUTCOMES) {
        gateway.reset();
        running().simulator.reset({});
        running().simulator.options = { ...running().simulator.options, outcome };
        const calls = StartedCalls.on(gateway, running());
        running().simulator.faults.add({ endpoint: `${name}.callbacks.*`, ...fault });
        await calls.start(name);
        const account = (await settled(calls)).get(name);
        expect(account).toMatchObject({ placed: 1 });
        const isTold = fault['kind'] !== 'callback_never';
        if (isKnowable(name, { hasId: true, isTold })) expect(account?.said).toBe(account?.truth);
      }
    });
  });

  /** All carriers at once: each waits as long as the others. */
  it.each(TIMEOUTS)(
    'and never answered, $kind, is placed at most once, and its record is true',
    async ({ kind, placed }) => {
      const calls = StartedCalls.on(gateway, running(), SOON_MS);
      for (const name of CARRIER_NAMES) running().simulator.faults.add({ endpoint: `${name}.calls.place`, kind });
      await Promise.all(CARRIER_NAMES.map((name) => calls.start(name)));
      const accounts = await settled(calls);
      for (const [name, account] of accounts) {
        expect([name, account.asked, account.placed]).toEqual([name, 1, placed]);
        if (placed === 1 && isKnowable(name, { hasId: false, isTold: true })) expect(account.said).toBe(account.truth);
      }
    },
  );
});
