import { CARRIER_NAMES, type CarrierName } from '@dialtone/carriers';
import type { TestGateway } from '../../apps/api-gateway/test/gateway';
import { placedCall, statusOf, type PlacedCall } from '../../apps/api-gateway/test/placed-call';
import { Prng } from '../../apps/voicelink-simulator/src/world/prng';
import { RandomCallbacks, type RandomCallback } from './random-callback';

/** Each with calls of its own, so that the limit of a call does not answer for the rest. */
const ROUND = 1_500;
const AT_ONCE = 50;
const CALLS_EACH = 10;

const SIGNED: readonly CarrierName[] = ['twilio', 'plivo', 'vobiz'];

export interface CallbackFuzzReport {
  readonly counts: ReadonlyMap<number, number>;
  /** Answers that are no 4xx, and calls that have changed. */
  readonly findings: readonly string[];
}

/** Sends random callbacks to one gateway. */
export class CallbackFuzz {
  private readonly counts = new Map<number, number>();
  private readonly findings: string[] = [];

  constructor(private readonly gateway: TestGateway) {}

  async run(requests: number, seed: number): Promise<CallbackFuzzReport> {
    const prng = new Prng(seed);
    for (let done = 0; done < requests; done += ROUND) await this.round(prng, Math.min(ROUND, requests - done));
    return { counts: this.counts, findings: this.findings };
  }

  private async round(prng: Prng, requests: number): Promise<void> {
    this.gateway.reset();
    const calls: PlacedCall[] = [];
    for (const carrier of CARRIER_NAMES)
      for (let n = 0; n < CALLS_EACH; n += 1) calls.push(await placedCall(this.gateway, carrier));
    const isSigned = ({ provider }: PlacedCall): boolean => SIGNED.some((name) => name === provider);
    const random = new RandomCallbacks(prng, {
      signed: calls.filter(isSigned),
      unsigned: calls.filter((call) => !isSigned(call)),
    });
    for (let sent = 0; sent < requests; sent += AT_ONCE) {
      const length = Math.min(AT_ONCE, requests - sent);
      await Promise.all(Array.from({ length }, () => this.send(random.next())));
    }
    for (const call of calls)
      if ((await statusOf(this.gateway, call)) !== 'pending') this.findings.push(`a call of ${call.provider} changed`);
  }

  private async send(callback: RandomCallback): Promise<void> {
    const { statusCode } = await this.gateway.app.inject(callback);
    this.counts.set(statusCode, (this.counts.get(statusCode) ?? 0) + 1);
    if (statusCode < 400 || statusCode >= 500)
      this.findings.push(`${String(statusCode)}: ${JSON.stringify(callback).slice(0, 1_000)}`);
  }
}
