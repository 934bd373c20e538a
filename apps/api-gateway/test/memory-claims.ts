import type { DidKey, PartnerId } from '@dialtone/domain';
import type { PhoneNumberRow, ReleasedClaim } from '@dialtone/persistence';
import { NOW } from './observations';

export type NumberRecord = { -readonly [Name in keyof PhoneNumberRow]: PhoneNumberRow[Name] } & {
  readonly partnerId: PartnerId;
};

interface Known {
  readonly numbers: readonly NumberRecord[];
  /** Partners for whom a verified VoiceLink connection lists the number. */
  listedFor(key: DidKey): ReadonlySet<PartnerId>;
}

export const takesCalls = ({ status, inboundEnabled }: Pick<PhoneNumberRow, 'status' | 'inboundEnabled'>): boolean =>
  status === 'ACTIVE' && inboundEnabled;

/** Who takes the inbound calls of a number, in memory. */
export class MemoryClaims {
  constructor(private readonly known: Known) {}

  /** Ends the claims that a proven one displaces. True if the connection must not take the number all the same. */
  isRefused({ partnerId, connectionId, key }: Pick<NumberRecord, 'partnerId' | 'connectionId' | 'key'>): boolean {
    const others = this.known.numbers.filter((row) => row.key === key && row.connectionId !== connectionId);
    const owners = this.known.listedFor(key);
    if (!owners.has(partnerId)) return owners.size > 0 || others.some(takesCalls);
    for (const row of others.filter(takesCalls)) if (!owners.has(row.partnerId)) lose(row, 'proven_elsewhere');
    return others.some(takesCalls);
  }

  release(key: DidKey): ReleasedClaim | null {
    const row = this.known.numbers.find((one) => one.key === key && takesCalls(one));
    if (row === undefined) return null;
    lose(row, 'released');
    const { id, partnerId, connectionId } = row;
    return { id, partnerId, connectionId };
  }
}

const lose = (row: NumberRecord, reason: NonNullable<PhoneNumberRow['inboundLoss']>['reason']): void => {
  Object.assign(row, { inboundEnabled: false, inboundLoss: { since: NOW, reason } });
};
