import { RECONCILER, type Author, type HistoryEntry } from '../../ports/history';
import type { ConnectionMoment } from '../connection-events';

type Place = Pick<ConnectionMoment, 'partnerId' | 'connectionId'>;

export const holdBegunEntry = ({ partnerId, connectionId }: Place, reason: string): HistoryEntry => ({
  kind: 'hold_begun',
  partnerId,
  connectionId,
  key: null,
  ...RECONCILER,
  before: null,
  after: { reason },
});

/** `reason`: that of the hold which ends. */
export const holdAcknowledgedEntry = (
  { partnerId, connectionId }: Place,
  reason: string,
  author: Author,
): HistoryEntry => ({
  kind: 'hold_acknowledged',
  partnerId,
  connectionId,
  key: null,
  ...author,
  before: { reason },
  after: null,
});
