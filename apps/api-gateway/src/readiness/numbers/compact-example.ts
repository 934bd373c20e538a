import type { Fields } from '../../http/errors/envelope';
import type { NumberRowDto } from './number-row.dto';

interface CompactPage {
  readonly numbers: readonly Fields<NumberRowDto>[];
  readonly total: number;
  readonly next_cursor: string | null;
}

/** Of a list of numbers with `fields=compact`. Full rows are long, and other answers show them. */
export const COMPACT_ROWS: CompactPage = {
  numbers: [
    {
      key: '918011223344',
      connection_id: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20',
      declared: true,
      state: 'READY',
      issues: [],
      stale: false,
      observed_at: '2026-06-09T10:35:00.000Z',
      since: '2026-06-09T10:30:00.000Z',
      declaration: {
        agent_id: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55',
        mode: 'enforce',
        manager: null,
        labels: {},
        outcome: 'settled',
      },
    },
  ],
  total: 1,
  next_cursor: null,
};
