import { createClient, listConnections } from '@dialtone/client';
import type { Settings } from '../settings/settings';
import type { FetchNames } from './message-contexts';

/** The message waits for it: names are not worth more. */
const TIMEOUT_MS = 3_000;
const PAGE = 100;
const MAX_PAGES = 20;

type Access = Pick<Settings, 'DIALTONE_API_URL' | 'DIALTONE_API_KEY'>;

/** Names by the API of Dialtone, for the partner of the key; null without a key. */
export const connectionNames = ({ DIALTONE_API_URL: baseUrl, DIALTONE_API_KEY: auth }: Access): FetchNames | null => {
  if (baseUrl === undefined || auth === '') return null;
  return async () => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const client = createClient({ baseUrl, auth, fetch: (input, init) => fetch(input, { ...init, signal }) });
    const names = new Map<string, string>();
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const { data } = await listConnections({ client, query, throwOnError: true });
      for (const { id, name } of data.data.connections) names.set(id, name);
      cursor = data.data.next_cursor;
      if (cursor === undefined) break;
    }
    return names;
  };
};
