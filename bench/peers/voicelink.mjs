/** The lists of an account that a sweep asks for, and whether they come in pages. */
const LISTS = [
  { path: '/v1/reseller/did/purchased', paged: true },
  { path: '/v1/websocket-bot/list', paged: true },
  { path: '/v1/reseller/clients' },
  { path: '/v1/reseller/client/available-dids' },
  { path: '/v1/call-routing/list' },
];
const PAGE = 1_000;

/** A client of VoiceLink in a few lines, for the peers: logs in, and answers with bytes. */
export async function voicelinkClient({ baseUrl, username, password }) {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const login = await fetch(`${baseUrl}/v1/auth/login`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ username, password }),
  });
  const token = (await login.json()).data.access_token;
  return async (path) => {
    const answer = await fetch(`${baseUrl}${path}`, { headers: { ...headers, authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
}

/** Every page of every list, as [path, bytes], in turn. */
export async function* pagesOf(get) {
  for (const { path, paged } of LISTS) {
    if (!paged) {
      yield [path, await get(path)];
      continue;
    }
    for (let page = 1, last = 1; page <= last; page += 1) {
      const bytes = await get(`${path}?page=${page}&per_page=${PAGE}`);
      if (page === 1) last = lastPageOf(bytes);
      yield [path, bytes];
    }
  }
}

const lastPageOf = (bytes) => {
  const { data } = JSON.parse(bytes.toString());
  return data.last_page ?? 1;
};

/** The rows of one page, whichever form the list has. */
export const rowsIn = (bytes) => {
  const { data } = JSON.parse(bytes.toString());
  return Array.isArray(data) ? data : data.data;
};
