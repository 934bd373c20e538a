import type { HttpRequest } from '../http-types';

/** The template of the matched route, such as `/api/v2/voicelink/bindings/:key`; null when none matched. */
export const routeOf = ({ routeOptions }: Pick<HttpRequest, 'routeOptions'>): string | null =>
  routeOptions.url?.replaceAll('::', ':') ?? null;
