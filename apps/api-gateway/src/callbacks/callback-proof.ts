import type { CallbackRequest, CallbackSpec, Proof } from '@dialtone/carriers';
import type { StoredAccess } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { CallbackRefused } from './callback-refused';

const REFUSALS: Readonly<Partial<Record<Proof, { readonly reason: 'signature' | 'stale'; readonly says: string }>>> = {
  wrong: {
    reason: 'signature',
    says: 'The signature is not that of this request, with this URL and the stored token.',
  },
  stale: { reason: 'stale', says: 'The request is signed, and too old.' },
};

interface ProofParts {
  readonly spec: Pick<CallbackSpec, 'prove'>;
  readonly access: StoredAccess | null;
  readonly gatewaySecret: string | null;
  readonly logger: Pick<Logger, 'warn'>;
  /** What a refusal is logged with. */
  readonly line: Readonly<Record<string, string>>;
}

/** What a request proves. Throws CallbackRefused when it is not its carrier's. */
export const proven = (request: CallbackRequest, { spec, access, gatewaySecret, logger, line }: ProofParts): Proof => {
  const field = (name: string): string => {
    const value = access?.credentials?.[name];
    return typeof value === 'string' ? value : '';
  };
  const proof = spec.prove(request, { field, gatewaySecret, now: Date.now() });
  const refusal = REFUSALS[proof];
  if (refusal === undefined) return proof;
  logger.warn({ ...line, proof }, 'a callback was refused');
  throw new CallbackRefused(refusal.reason, refusal.says);
};
