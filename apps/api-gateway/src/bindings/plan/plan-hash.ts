import { createHash } from 'node:crypto';
import {
  BINDING_SPEC_FIELDS,
  type ConnectionId,
  type DeclarationMarks,
  type BindingSpec,
  type NumberedBasis,
  PLAN_PARTS,
  type PlanBasis,
} from '@dialtone/domain';

/** Hexadecimal characters of a plan's hash. */
export const HASH_LENGTH = 32;
const PART_LENGTH = 16;

const digestOf = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** Shortens the parts of many numbers: most of them are the same, like the bots of one client. */
export const partDigests = (): ((key: string, basis: PlanBasis) => NumberedBasis) => {
  const known = new Map<string, string>();
  const short = (text: string): string => {
    const digest = known.get(text) ?? digestOf(text, PART_LENGTH);
    known.set(text, digest);
    return digest;
  };
  return (key, { asked, declaration, did, bots, routing, inventory, steps }) => ({
    key,
    asked: short(asked),
    declaration: short(declaration),
    did: short(did),
    bots: short(bots),
    routing: short(routing),
    inventory: short(inventory),
    steps: short(steps),
  });
};

/** The same for the same numbers in any order. */
export const hashOf = (numbers: readonly NumberedBasis[]): string => {
  const lines = numbers.map((one) => [one.key, ...PLAN_PARTS.map((part) => one[part])].join(' '));
  return digestOf(lines.toSorted().join('\n'), HASH_LENGTH);
};

/** What a declaration asks for, equal exactly when declaring one over the other changes nothing. */
export const askedText = (
  connectionId: ConnectionId,
  spec: BindingSpec,
  { labels, manager }: DeclarationMarks,
): string =>
  JSON.stringify([
    connectionId,
    ...BINDING_SPEC_FIELDS.map((field) => spec[field]),
    Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    manager,
  ]);
