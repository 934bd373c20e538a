import type { ErrorCode } from './api-error';

const SERVER_ERROR = 500;
/** Codes of what VoiceLink and the carriers do. */
const OF_UPSTREAM = /^(?:VOICELINK|CARRIER)_/;

/** Whose failure an answer tells of: `upstream` is beyond this deployment; null when nothing failed. */
export const causeOf = (status: number, code: ErrorCode | undefined): 'upstream' | 'dialtone' | null => {
  if (status < SERVER_ERROR) return null;
  return code !== undefined && OF_UPSTREAM.test(code) ? 'upstream' : 'dialtone';
};
