import type { CarrierModel, Endpoint } from '../carriers/carrier-model';
import { CARRIERS } from '../carriers/carriers';

export interface Route {
  readonly model: CarrierModel;
  readonly endpoint: Endpoint;
  /** With the name of the carrier. */
  readonly name: string;
}

export interface Match extends Route {
  readonly params: Readonly<Record<string, string>>;
}

const ROUTES: readonly (Route & { readonly pattern: RegExp })[] = Object.values(CARRIERS).flatMap((model) =>
  model.endpoints.map((endpoint) => ({
    model,
    endpoint,
    name: `${model.provider}.${endpoint.name}`,
    pattern: new RegExp(`^${endpoint.path.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+?)')}$`),
  })),
);

/** All names that a fault may be for. */
export const ENDPOINT_NAMES: readonly string[] = [
  ...new Set(ROUTES.map(({ name }) => name)),
  ...Object.keys(CARRIERS).flatMap((name) => [`${name}.callbacks.answer`, `${name}.callbacks.status`]),
];

/** Paths of all carriers differ, so that one server stands for all of them. */
export const findRoute = (method: string, path: string): Match | null => {
  for (const { pattern, ...route } of ROUTES) {
    const found = route.endpoint.method === method ? pattern.exec(path) : null;
    if (found !== null) return { ...route, params: decoded(found.groups ?? {}) };
  }
  return null;
};

const decoded = (groups: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25'))]),
  );
