import {
  EVENT_SCHEMAS,
  MAX_REQUEST_BYTES,
  RECONCILE_REQUESTED,
  RECORD_HEADERS,
  type ReconcileRequestedData,
} from '@dialtone/contracts';
import type { ReconcileRequest } from '@dialtone/engine';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { SET_ASIDE_HEADER } from '../bounded-reader/limits';
import { isTooLarge } from './dead-letter';
import { headerOf, type IncomingRecord, objectIn } from '../kafka-record';

export type ParsedRequest =
  | { readonly ok: true; readonly request: ReconcileRequest; readonly reason: string | null }
  | { readonly ok: false; readonly why: string };

const ajv = new Ajv2020({ strict: true });
addFormats(ajv);
const isRequest = ajv.compile<ReconcileRequestedData>(EVENT_SCHEMAS[RECONCILE_REQUESTED]);

const refused = (why: string): ParsedRequest => ({ ok: false, why });

/**
 * Reads a request. The headers are optional, because the topic carries one type only; a `ce_type` that says something
 * else means that the record was meant for another place.
 */
export const parseReconcileRequest = (record: IncomingRecord): ParsedRequest => {
  // Before anything else looks at its bytes.
  if (isTooLarge(record)) return refused(`the record has more than ${String(MAX_REQUEST_BYTES)} bytes`);
  const setAside = headerOf(record, SET_ASIDE_HEADER);
  if (setAside !== null) return refused(`not read: ${setAside}`);
  const type = headerOf(record, RECORD_HEADERS.type);
  if (type !== null && type !== RECONCILE_REQUESTED) {
    return refused(`${RECORD_HEADERS.type} is ${type}, not ${RECONCILE_REQUESTED}`);
  }
  const data = objectIn(record.value);
  if (data === null) return refused('the value is not a JSON object');
  if (!isRequest(data)) return refused(ajv.errorsText(isRequest.errors, { dataVar: 'value' }));
  const request = { connectionId: data.connection_id.toLowerCase(), key: data.key ?? null };
  return { ok: true, request, reason: data.reason ?? null };
};
