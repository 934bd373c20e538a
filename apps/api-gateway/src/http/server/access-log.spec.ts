import { createLogger } from '@dialtone/platform';
import type { ErrorCode } from '../errors/api-error';
import { requestLog } from './access-log';

const BINDING = '/api/v2/voicelink/bindings/::key';

/** The line of a request that ended so. */
const lineOf = (status: number, code?: ErrorCode): unknown => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: 'test', level: 'info', destination });
  const request = {
    id: 'r1',
    method: 'PUT',
    url: '/api/v2/voicelink/bindings/15550001?a=b',
    headers: {},
    raw: { rawHeaders: [], socket: { destroyed: false } },
    routeOptions: { url: BINDING },
  };
  requestLog(logger).ends({ request, isUnmatched: false, status, isAborted: false, ms: 4, ...(code && { code }) });
  const { level, code: told, cause, route } = JSON.parse(lines[0] ?? '') as Readonly<Record<string, unknown>>;
  return { level, code: told, cause, route };
};

describe('the line of a request', () => {
  const route = '/api/v2/voicelink/bindings/:key';

  it.each<{ status: number; code?: ErrorCode; level: string; cause?: string }>([
    { status: 200, level: 'info' },
    { status: 404, code: 'NOT_FOUND', level: 'info' },
    { status: 429, code: 'VOICELINK_RATE_LIMITED', level: 'info' },
    { status: 503, code: 'VOICELINK_UNAVAILABLE', level: 'warn', cause: 'upstream' },
    { status: 504, code: 'VOICELINK_OUTCOME_UNKNOWN', level: 'warn', cause: 'upstream' },
    { status: 503, code: 'SERVICE_UNAVAILABLE', level: 'error', cause: 'dialtone' },
    { status: 500, code: 'INTERNAL_ERROR', level: 'error', cause: 'dialtone' },
    { status: 503, level: 'error', cause: 'dialtone' },
  ])('of $status $code is $level, and names code, route and whose failure it is', ({ status, code, level, cause }) => {
    expect(lineOf(status, code)).toEqual({ level, code, cause, route });
  });
});
