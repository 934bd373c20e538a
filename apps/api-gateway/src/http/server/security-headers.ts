import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** API answers are never pages. */
const API_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/**
 * The headers that helmet sets, as it spells and orders them. They depend on its options alone: helmet is asked once, since it makes
 * a dozen functions and the text of the policy anew whenever it is.
 */
export const securityHeaders = (): readonly (readonly [name: string, value: string])[] => {
  const headers: (readonly [string, string])[] = [];
  const answer = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    // Nothing here says what the server is made with.
    removeHeader: () => undefined,
  };
  const setHeaders = helmet({ contentSecurityPolicy: { useDefaults: false, directives: API_POLICY } });
  setHeaders({} as IncomingMessage, answer as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw new Error('The security headers could not be made.', { cause: error });
  });
  return headers;
};
