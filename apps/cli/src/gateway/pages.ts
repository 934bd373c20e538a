import {
  type BindingDto,
  type ConnectionStateDto,
  listAgents,
  listBindings,
  type ListBindingsData,
  listConnectionStates,
  type ListedAgentDto,
  listReadiness,
  type ListReadinessData,
  type NumberRowDto,
  type ReadinessRowDto,
  summarizeReadiness,
  type SummaryDto,
} from '@dialtone/client';
import { ApiFailure } from './api-failure';
import type { Gateway } from './gateway';

/** What one page of the API holds at most. */
export const PAGE = 100;

/** From the first cursor on, until there is no next one. */
async function* pagesOf<Row>(
  pageAt: (cursor: string | undefined) => Promise<{ readonly rows: readonly Row[]; readonly next: string | null }>,
): AsyncGenerator<readonly Row[]> {
  let cursor: string | undefined;
  do {
    const { rows, next } = await pageAt(cursor);
    yield rows;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}

/** The same of compact rows. */
const COMPACT_PAGE = 1_000;

export type BindingsQuery = Omit<NonNullable<ListBindingsData['query']>, 'cursor' | 'limit' | 'fields'>;
export type ReadinessQuery = Omit<NonNullable<ListReadinessData['query']>, 'cursor' | 'limit' | 'fields'>;

export const bindingPages = (gateway: Gateway, query: BindingsQuery): AsyncGenerator<readonly BindingDto[]> =>
  pagesOf(async (cursor) => {
    const at = cursor === undefined ? {} : { cursor };
    const page = await gateway.ask((base) => listBindings({ ...base, query: { ...query, ...at, limit: PAGE } }));
    return { rows: page.bindings, next: page.next_cursor };
  });

/** Ten times as many on a page, with what a list shows of each. */
export const compactPages = (gateway: Gateway, query: BindingsQuery): AsyncGenerator<readonly NumberRowDto[]> =>
  pagesOf(async (cursor) => {
    const at = cursor === undefined ? {} : { cursor };
    const asked = { ...query, ...at, limit: COMPACT_PAGE, fields: 'compact' } as const;
    const page = await gateway.ask((base) => listBindings({ ...base, query: asked }));
    return { rows: page.numbers ?? [], next: page.next_cursor };
  });

export const readinessPages = (gateway: Gateway, query: ReadinessQuery): AsyncGenerator<readonly ReadinessRowDto[]> =>
  pagesOf(async (cursor) => {
    const at = cursor === undefined ? {} : { cursor };
    const page = await gateway.ask((base) => listReadiness({ ...base, query: { ...query, ...at, limit: PAGE } }));
    return { rows: page.readiness, next: page.next_cursor };
  });

export const connectionsOf = async (gateway: Gateway): Promise<readonly ConnectionStateDto[]> =>
  everyRow(
    pagesOf(async (cursor) => {
      const at = cursor === undefined ? {} : { cursor };
      const page = await gateway.ask((base) => listConnectionStates({ ...base, query: { ...at, limit: PAGE } }));
      return { rows: page.connections, next: page.next_cursor };
    }),
  );

const FORBIDDEN = 403;

/** How many numbers each connection has, by its id; null for a key that may not read that. */
export const countsOf = async (
  gateway: Gateway,
): Promise<ReadonlyMap<string, SummaryDto['connections'][number]> | null> => {
  try {
    const { connections } = await gateway.ask((base) => summarizeReadiness(base));
    return new Map(connections.map((counts) => [counts.connection_id, counts]));
  } catch (error) {
    if (error instanceof ApiFailure && error.answer.status === FORBIDDEN) return null;
    throw error;
  }
};

export const agentsOf = async (gateway: Gateway): Promise<readonly ListedAgentDto[]> =>
  everyRow(
    pagesOf(async (cursor) => {
      const offset = Number(cursor ?? 0);
      const page = await gateway.ask((base) => listAgents({ ...base, query: { offset, limit: PAGE } }));
      const end = offset + page.agents.length;
      return { rows: page.agents, next: page.agents.length > 0 && end < page.total ? String(end) : null };
    }),
  );

export const everyRow = async <Row>(pages: AsyncIterable<readonly Row[]>): Promise<readonly Row[]> => {
  const all: Row[] = [];
  for await (const page of pages) all.push(...page);
  return all;
};
