import { createClient, listConnections } from '@dialtone/client';
import type { Settings } from '../settings/settings';
import type { FetchName } from './message-contexts';

/** The message waits for it: a name is not worth more. */
const TIMEOUT_MS = 3_000;
const PAGE = 100;

/** Names by the API of Dialtone, for the partner of the key; null without a key. */
export const connectionNames = ({ DIALTONE_API_URL: baseUrl, DIALTONE_API_KEY: auth }: Settings): FetchName | null => {
  if (baseUrl === undefined || auth === '') return null;
  const bounded: typeof fetch = (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const client = createClient({ baseUrl, auth, fetch: bounded });
  return async (id) => {
    const { data } = await listConnections({ client, query: { limit: PAGE }, throwOnError: true });
    return data.data.connections.find((connection) => connection.id === id)?.name ?? null;
  };
};
