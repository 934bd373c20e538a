import type { Carrier, CallReading, HeardCall } from '@dialtone/carriers';
import { isCallOver } from '@dialtone/domain';
import { within } from '../outside/within';

/** How long the carrier is asked, ms: Vobiz takes a callback that is not answered within three seconds for one that failed. */
const PATIENCE_MS = 2_000;

/**
 * What is to be believed of an end that no signature covers: what the carrier's own record says. Where the carrier has none, the token
 * of the path is all there is. Null: the record does not show an end, or cannot be read now.
 */
export const confirmedEnd = async (
  heard: HeardCall,
  carrier: Pick<Carrier, 'readCall'> | null,
  carrierId: string | null,
): Promise<HeardCall | null> => {
  if (carrier === null || carrierId === null) return heard;
  const reading = await within(PATIENCE_MS, carrier.readCall(carrierId));
  switch (reading?.kind) {
    case 'not_found':
    case 'unsupported':
      return heard;
    case 'known':
      return mergedWith(heard, reading);
    case 'failed':
    case undefined:
      return null;
  }
};

const mergedWith = (
  heard: HeardCall,
  { state, durationSeconds, reason }: Extract<CallReading, { readonly kind: 'known' }>,
): HeardCall | null => {
  if (!isCallOver(state)) return null;
  if (state !== heard.state) return { ...heard, state, durationSeconds, reason };
  return { ...heard, durationSeconds: durationSeconds ?? heard.durationSeconds, reason: reason ?? heard.reason };
};
