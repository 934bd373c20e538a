import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiProperty, ApiPropertyOptional, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ERROR_STATUS, type ErrorCode } from './api-error';
import { success, type Fields } from './envelope';

export class ErrorDetailDto {
  @ApiProperty({ type: String, example: 'agent_id' })
  readonly field!: string;

  @ApiProperty({ type: String, example: 'agent_id must be a UUID.' })
  readonly message!: string;
}

export class ErrorDto {
  @ApiProperty({ enum: Object.keys(ERROR_STATUS), example: 'VALIDATION_ERROR' })
  readonly code!: ErrorCode;

  @ApiProperty({ type: String, description: 'For people: what is wrong and what to do.' })
  readonly message!: string;

  @ApiPropertyOptional({ type: [ErrorDetailDto], description: 'The inputs that are to blame.' })
  readonly details?: readonly ErrorDetailDto[];
}

export class ErrorEnvelopeDto {
  @ApiProperty({ type: Boolean, enum: [false] })
  readonly success!: false;

  @ApiProperty({ type: ErrorDto })
  readonly error!: ErrorDto;
}

/** What each code says, for the examples of the document. */
export const ERROR_EXAMPLES: Readonly<Record<ErrorCode, string>> = {
  VALIDATION_ERROR: 'client_id must be an integer from 1 to 9007199254740991, written as a JSON number.',
  CONNECTION_AMBIGUOUS: 'connection_id is required because this partner has multiple active voicelink connections.',
  CREDENTIALS_REFUSED:
    'VoiceLink refuses this username and password. Nothing was stored: check them and send them again.',
  UNAUTHORIZED: 'An API key is required: send the header "Authorization: Bearer rg_live_…".',
  FORBIDDEN: 'This API key lacks the scope "bindings:write".',
  NOT_FOUND: 'No binding is declared for 918011223344.',
  AGENT_NOT_FOUND: 'This partner has no such agent: check agent_id.',
  CONNECTION_NOT_FOUND: 'This partner has no such active voicelink connection: check connection_id.',
  CONNECTION_CONFLICT:
    '+918011223344 is declared on connection 2c4d8f10-6a3e-4b7c-9d21-5e8f7a6b3c90, which is active: use that connection, or delete that binding first.',
  MANAGER_CONFLICT:
    '+918011223344 is declared by the manager "crm-export": send that manager, or take_over true to take the number from it.',
  AGENT_LIMIT_REACHED:
    'This partner may have 1000 agents (quota agents), and this would be more: delete one first, or ask the operator to raise it.',
  BINDING_LIMIT_REACHED:
    'This partner may have 50000 declared numbers (quota bindings), and this would be more: delete a binding first, or ask the operator to raise it.',
  CONNECTION_LIMIT_REACHED:
    'This partner may have 100 active connections (quota connections), and this would be more: disconnect one first, or ask the operator to raise it.',
  WEBHOOK_LIMIT_REACHED:
    'This partner may have 10 webhooks (quota webhooks), and this would be more: delete one first, or ask the operator to raise it.',
  PAUSE_LIMIT_REACHED:
    'This partner may have 100 standing pauses (quota pauses), and this would be more: end one first, or ask the operator to raise it.',
  WRITES_NOT_ALLOWED:
    '+918011223344 may not be written now (PAUSED): Moving to another office. It goes on by itself at 2026-06-09T18:00:00.000Z.',
  PRUNE_LIMIT_EXCEEDED:
    '2500 of the 5000 numbers that the manager "crm-export" declares are named neither by items nor by keep, and prune withdraws at most 1000 (20 %): nothing was done. Check whether the list is complete; raise max_prune_percent, or send force true, to withdraw them all the same.',
  PLAN_STALE:
    '2 of the 1000 numbers are not as they were planned: nothing was done. Plan again, look at it, and apply the new hash.',
  DESTINATION_NOT_ALLOWED:
    'to_number cannot be called: calls of this partner may not go to this country. The operator can allow it.',
  CALL_LIMIT_REACHED:
    'This partner may start 1000 calls a day (quota calls_per_day), and has: ask the operator to raise it, or wait.',
  LIMIT_REACHED: 'This partner may have 50 calls at once, and has: wait until one of them is over.',
  CARRIER_REJECTED: 'Plivo refused this (Plivo: place a call: HTTP 400: to is not a valid number).',
  CARRIER_UNAUTHORIZED:
    'Plivo did not accept the credentials of this connection (Plivo: place a call: HTTP 401: no message).',
  CARRIER_RATE_LIMITED: 'Plivo takes no more requests at the moment (Plivo: place a call: HTTP 429: no message).',
  CARRIER_UNAVAILABLE: 'Plivo cannot be used at the moment (Plivo: place a call: connection refused).',
  NUMBER_LIMIT_REACHED:
    'This partner may have 50000 phone numbers (quota phone_numbers), and this would be more: ask the operator to raise it.',
  KEPT_ANSWER_LIMIT_REACHED:
    'This partner may have 268435456 bytes of answers that are kept for its Idempotency-Keys (quota kept_answer_bytes), and this would be more: send the request without Idempotency-Key, wait until the oldest ones expire, or ask the operator to raise it.',
  CONNECTION_DISCONNECTED: 'The connection of this number is disconnected: it cannot be active or take inbound calls.',
  INBOUND_CONFLICT: '+918011223344 takes its inbound calls on another connection already: disable it there first.',
  AGENT_NAME_TAKEN: 'This partner has an agent of that name already: choose another agent_name.',
  IDEMPOTENCY_KEY_REUSED:
    'This Idempotency-Key was used for another request: use a new key for every request, and the same one only to repeat it unchanged.',
  IDEMPOTENCY_IN_PROGRESS:
    'A request with this Idempotency-Key is still being worked on: send it again in a moment to get its answer.',
  IDEMPOTENCY_OUTCOME_UNKNOWN:
    'An earlier request with this Idempotency-Key was interrupted after it had begun to write. Whether it took effect is not known, and it is not repeated: look at the current state, and send a new key if it has to be done again.',
  RESOURCE_BUSY:
    'Something else is being changed here at the moment, or the outcome of an earlier change is awaited; nothing was done. Try again.',
  VOICELINK_NOT_FOUND:
    'VoiceLink has no such record (POST /v1/call-routing/update/{id}: HTTP 404: Call routing not found.).',
  VOICELINK_VALIDATION:
    'VoiceLink refused this (POST /v1/call-routing/create: HTTP 422: Call routing already exists for this DID.).',
  VOICELINK_RATE_LIMITED:
    'VoiceLink takes no more requests at the moment (GET /v1/reseller/clients: HTTP 429: Too Many Attempts.).',
  VOICELINK_UNAUTHORIZED:
    'VoiceLink did not accept the credentials of this connection, or they lack the right (POST /v1/auth/login: HTTP 401: Unauthenticated.).',
  VOICELINK_UNAVAILABLE:
    'VoiceLink cannot be used at the moment (GET /v1/reseller/clients: HTTP 502: the answer is not JSON).',
  WRITES_DISABLED:
    'This deployment writes nothing to VoiceLink (POST /v1/websocket-bot/create: not sent, dry-run is on).',
  VOICELINK_TIMEOUT: 'VoiceLink did not answer in time (GET /v1/reseller/clients: time-out).',
  VOICELINK_OUTCOME_UNKNOWN:
    'Whether VoiceLink did this is not known, and it may still happen: look at the current state before you repeat it (POST /v1/websocket-bot/create: time-out).',
  CURSOR_EXPIRED:
    'Events after this cursor are deleted: read once with cursor=latest, list again what you follow, and go on from that next_cursor.',
  PRECONDITION_FAILED:
    'The precondition failed: the current generation is 3, ETag "3". Read the binding again and decide anew.',
  PAYLOAD_TOO_LARGE: 'The body is too large.',
  URI_TOO_LONG: 'A path segment is too long.',
  UNSUPPORTED_MEDIA_TYPE: 'Send the body as JSON, with the header "Content-Type: application/json".',
  NO_CALLER_ID:
    'No active number of this connection is assigned to the agent, and the connection has no active default number.',
  PROVIDER_NOT_SUPPORTED:
    'This deployment places no calls through plivo: the carrier has to reach it, and PUBLIC_BASE_URL is not set. Ask the operator to set it.',
  REQUEST_TIMEOUT: 'The request did not arrive in time: send it again, faster.',
  HEADERS_TOO_LARGE: 'The URL and the headers are too large together.',
  RATE_LIMITED: 'This API key may send 60 requests a minute, and has: wait 17 seconds.',
  INTERNAL_ERROR: 'Something went wrong on our side. Quote request id 0196f3a0 when you report it.',
  SERVICE_UNAVAILABLE: 'The database does not answer at the moment: try again.',
};

const ERRORS_KEY = 'dialtone:errors';

/** The error codes that earlier decorators put on a route: decorators add up. */
const withEarlier = (target: object, codes: readonly ErrorCode[]): readonly ErrorCode[] => {
  const earlier = (Reflect.getOwnMetadata(ERRORS_KEY, target) ?? []) as readonly ErrorCode[];
  const all = [...new Set([...earlier, ...codes])];
  Reflect.defineMetadata(ERRORS_KEY, all, target);
  return all;
};

/**
 * The error codes of a route; several of these on one route add up. What every route behind an API key may answer is added
 * when the document is completed.
 */
export const ApiErrors =
  (...codes: readonly ErrorCode[]): MethodDecorator =>
  (target: object, property: string | symbol, descriptor: PropertyDescriptor) => {
    const all = withEarlier(descriptor.value as object, codes);
    const content = { 'application/json': { examples: Object.fromEntries(all.map((code) => [code, {}])) } };
    const answer = ApiResponse({ status: 'default', description: all.join(' or '), content });
    applyDecorators(ApiExtraModels(ErrorEnvelopeDto), answer)(target, property, descriptor);
  };

/** The body of a route with complete examples: for models whose fields exclude each other. */
export const ApiBodyExamples = (model: Type<unknown>, examples: Readonly<Record<string, object>>): MethodDecorator =>
  ApiBody({
    type: model,
    examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
  });

interface SuccessDoc<T> {
  readonly status?: number;
  readonly description: string;
  /** Besides those that every answer has. */
  readonly headers?: readonly ('ETag' | 'Location')[];
  /** Where the examples of the fields do not go together. */
  readonly example?: Fields<T>;
}

/** The component that an answer of a model becomes. */
export const envelopeName = (model: string): string => `${model.replace(/Dto$/, '')}Envelope`;

/** A success answer: the model inside the success envelope. */
export const ApiSuccess = <T>(model: Type<T>, doc: SuccessDoc<T>): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(model),
    ApiResponse({
      status: doc.status ?? 200,
      description: doc.description,
      // Described when the document is completed.
      headers: Object.fromEntries((doc.headers ?? []).map((name) => [name, {}])),
      content: {
        'application/json': {
          schema: {
            title: envelopeName(model.name),
            type: 'object',
            required: ['success', 'data'],
            properties: { success: { type: 'boolean', enum: [true] }, data: { $ref: getSchemaPath(model) } },
          },
          ...(doc.example !== undefined && { example: success(doc.example) }),
        },
      },
    }),
  );
