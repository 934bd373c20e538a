import type { Advisory, Issue, Release } from '@dialtone/domain';
import type { HistoryRecord } from '../../ports/history';
import type { BindingOutcome, Condition } from '../conditions/condition';

/** In the order in which they are told. */
export const EXPLANATION_TOPICS = [
  'state',
  'withdrawal',
  'missing',
  'since',
  'cause',
  'flapping',
  'tried',
  'freshness',
  'permission',
  'next',
  'person',
] as const;
export type ExplanationTopic = (typeof EXPLANATION_TOPICS)[number];

/** One sentence, or a few, made of facts. */
export interface Statement {
  readonly topic: ExplanationTopic;
  /** For people; may be reworded at any time. */
  readonly text: string;
  /** What it rests on beside the present state. */
  readonly entries: readonly HistoryRecord[];
}

/** All that an explanation is made from. Times are epoch ms by the store's clock. */
export interface ExplanationFacts {
  readonly phoneNumber: string;
  /** As `conditionsOf` makes them. */
  readonly conditions: readonly Condition[];
  readonly issues: readonly Issue[];
  readonly advisories: readonly Advisory[];
  readonly generation: number;
  /** It is withdrawn, and this is undone before it ends; null: it stands. */
  readonly releasing: Release | null;
  readonly outcome: BindingOutcome;
  readonly attempts: number;
  /** Null: it is not looked at any more. */
  readonly nextLookAt: number | null;
  /** When the verdict was last confirmed; null: never. */
  readonly observedAt: number | null;
  /** Of the number, its connection and its partner, the newest first. */
  readonly history: readonly HistoryRecord[];
}

/** 2026-06-09 10:35:00 UTC */
export const timeText = (epochMs: number): string =>
  `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export const authorText = ({
  actor,
  manager,
  requestId,
}: Pick<HistoryRecord, 'actor' | 'manager' | 'requestId'>): string => {
  if (actor === 'reconciler') return 'Dialtone';
  if (actor === 'admin') return 'the operator';
  const details = [
    ...(manager === null ? [] : [`in the name of ${manager}`]),
    ...(requestId === null ? [] : [`request ${requestId}`]),
  ];
  return `API key ${actor}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
};

/** The text without its last full stop. */
export const clause = (text: string): string => text.replace(/[.\s]+$/, '');
