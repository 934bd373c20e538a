import { ENDPOINTS, type Endpoint } from './endpoints';

export interface Match {
  readonly endpoint: Endpoint;
  readonly id: number;
}

const key = (method: string, path: string): string => `${method} ${path}`;

const EXACT = new Map(
  ENDPOINTS.filter(({ path }) => !path.endsWith('/{id}')).map((endpoint) => [
    key(endpoint.method, endpoint.path),
    endpoint,
  ]),
);
const WITH_ID = new Map(
  ENDPOINTS.filter(({ path }) => path.endsWith('/{id}')).map((endpoint) => [
    key(endpoint.method, endpoint.path.slice(0, -'/{id}'.length)),
    endpoint,
  ]),
);

/** Null: no such route (also for a path with the wrong verb). */
export const findEndpoint = (method: string, path: string): Match | null => {
  const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const exact = EXACT.get(key(method, clean));
  if (exact !== undefined) return { endpoint: exact, id: 0 };
  const cut = clean.lastIndexOf('/');
  const endpoint = WITH_ID.get(key(method, clean.slice(0, cut)));
  if (endpoint === undefined) return null;
  const last = clean.slice(cut + 1);
  return { endpoint, id: /^\d{1,15}$/.test(last) ? Number(last) : 0 };
};
