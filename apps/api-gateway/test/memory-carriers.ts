import {
  type Carriers,
  type CallOrder,
  type Carrier,
  type CarrierAccess,
  type CarrierName,
  type CallReading,
  type Ending,
  type Placement,
} from '@dialtone/carriers';
import type { CarrierAccounts } from '../src/outside/tokens';

/** Carriers as functions: they answer as they are told, and remember what they were asked. */
export class MemoryCarriers implements CarrierAccounts {
  readonly orders: (CallOrder & { readonly provider: CarrierName; readonly access: CarrierAccess })[] = [];
  readonly ended: string[] = [];
  /** Real adapters, in place of all that follows. */
  real: Carriers | null = null;
  closed = false;
  placement: Placement = ACCEPTED;
  reading: CallReading = { kind: 'not_found' };
  ending: Ending = { kind: 'ended' };

  open(provider: CarrierName, access: CarrierAccess): Carrier | null {
    if (this.real !== null) return this.real.open(provider, access);
    if (this.closed) return null;
    return {
      verify: () => Promise.resolve({ kind: 'verified' }),
      listNumbers: () => Promise.resolve({ kind: 'unsupported' }),
      placeCall: (order) => {
        this.orders.push({ ...order, provider, access });
        return Promise.resolve(this.placement);
      },
      readCall: () => Promise.resolve(this.reading),
      endCall: (carrierId) => {
        this.ended.push(carrierId);
        return Promise.resolve(this.ending);
      },
    };
  }

  clear(): void {
    this.orders.length = 0;
    this.ended.length = 0;
    this.real = null;
    this.closed = false;
    this.placement = ACCEPTED;
    this.reading = { kind: 'not_found' };
    this.ending = { kind: 'ended' };
  }
}

const ACCEPTED: Placement = { kind: 'accepted', carrierId: 'carrier-1', raw: null };
