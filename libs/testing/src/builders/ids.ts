import {
  canonicalKey,
  parseAgentId,
  parseDriftId,
  parsePhoneNumberId,
  type AgentId,
  type DidKey,
  type DriftId,
  type PhoneNumberId,
} from '@dialtone/domain';

let last = 0;

/** A number that no builder of this test file gave out before; the same in every run. */
export const nextId = (): number => {
  last += 1;
  return last;
};

const uuidOf = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;

const minted = <T>(id: T | null): T => {
  if (id === null) throw new Error('The builders made an id that the domain refuses');
  return id;
};

export const anAgentId = (): AgentId => minted(parseAgentId(uuidOf(nextId())));
export const aPhoneNumberId = (): PhoneNumberId => minted(parsePhoneNumberId(uuidOf(nextId())));
export const aDriftId = (): DriftId => minted(parseDriftId(uuidOf(nextId())));
/** An Indian mobile number in key form, or the key of `raw`. */
export const aDidKey = (raw?: string): DidKey =>
  minted(canonicalKey(raw ?? `9180${String(nextId()).padStart(8, '0')}`));
