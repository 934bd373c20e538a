import type { OpenAPIObject } from '@nestjs/swagger';
import { DocumentValidator } from '../../apps/api-gateway/test/document-validator';
import type { OpenApiDocument, Operation } from './document';
import { urlOf, type FuzzRequest } from './request';

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly text: string;
}

/** What can be learned of an answer: nothing of a stream. */
export const valuesIn = ({ headers, text }: FuzzAnswer): unknown =>
  String(headers['content-type']).includes('json') ? JSON.parse(text) : {};

const TOO_LONG = 1024;

/** Failures that are VoiceLink's or another carrier's. */
const UPSTREAM_CODE = /^(?:VOICELINK|CARRIER)_/;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

interface ErrorAnswer {
  readonly error?: { readonly code?: unknown };
}

const codeOf = (text: string): string => String((parsed(text) as ErrorAnswer | undefined)?.error?.code);

const isUpstreamFailure = ({ status, text }: FuzzAnswer): boolean => status > 500 && UPSTREAM_CODE.test(codeOf(text));

/** The other carriers work all the time. */
const isVoiceLinks = ({ text }: FuzzAnswer): boolean => codeOf(text).startsWith('VOICELINK_');

/** By another of the requests that run at the same time. */
const isDisconnected = ({ text }: FuzzAnswer): boolean => /has (?:just )?been disconnected/.test(text);

/** By the gateway itself: what a carrier refuses has been sent to it. */
const isRefusal = ({ status, text }: FuzzAnswer): boolean =>
  status >= 400 && status < 500 && !UPSTREAM_CODE.test(codeOf(text));

const serverProblems = ({ status, text }: FuzzAnswer): readonly string[] =>
  status < 500 ? [] : [`${String(status)} ${codeOf(text)}`];

/** A machine that stood still is no fault of the gateway, which sent nothing. */
const isOfPause = ({ text }: FuzzAnswer): boolean => text.includes('the process was paused past the deadline');
const isOfVoiceLink = (answer: FuzzAnswer, isFaulty: boolean): boolean =>
  isVoiceLinks(answer) && (isFaulty || isOfPause(answer));

/** Health tells the truth about a database that a busy machine keeps waiting. */
const isOfLateDatabase = ({ text }: FuzzAnswer): boolean => text.includes('Not healthy: database: no answer within');

interface Circumstances {
  /** The problems of the request. */
  readonly wrong: readonly string[];
  readonly isUpstreamFaulty: boolean;
  /** Texts that no answer may hold. */
  readonly secrets: readonly string[];
}

/** Says what is wrong with an answer, by the document. */
export class AnswerRules {
  private readonly validator: DocumentValidator;

  constructor(private readonly document: OpenApiDocument) {
    this.validator = new DocumentValidator(document as unknown as OpenAPIObject);
  }

  /** Empty: as documented. */
  problems(
    request: FuzzRequest,
    answer: FuzzAnswer,
    { wrong, isUpstreamFaulty, secrets }: Circumstances,
  ): readonly string[] {
    const { status, headers, text } = answer;
    return [
      ...(isOfLateDatabase(answer) ||
      (isUpstreamFailure(answer) && (isOfVoiceLink(answer, isUpstreamFaulty) || isDisconnected(answer)))
        ? []
        : serverProblems(answer)),
      ...(wrong.length > 0 && !isRefusal(answer) ? [`${String(status)} though ${wrong.join('; ')}`] : []),
      ...(typeof headers['x-request-id'] === 'string' ? [] : ['no X-Request-Id']),
      ...secrets.filter((secret) => text.includes(secret)).map(() => 'a secret'),
      ...this.documentProblems(request, answer),
      ...this.headerProblems(request, answer),
    ];
  }

  private documentProblems(request: FuzzRequest, { status, headers, text }: FuzzAnswer): readonly string[] {
    if (isRefusedBeforeRouting(request, status)) return [];
    const { method, path } = request.operation;
    const contentType = String(headers['content-type']);
    return this.validator.answerProblems({ method, path, status, contentType, text });
  }

  private headerProblems({ operation }: FuzzRequest, { status, headers }: FuzzAnswer): readonly string[] {
    const response = status < 400 ? operation.responses[String(status)] : this.document.components.responses['Error'];
    const known = Object.entries(response?.headers ?? {})
      .filter(([name]) => status < 400 || this.isOnError(operation, name, status))
      .map(([name]) => name.toLowerCase());
    return TELLING.filter((name) => headers[name] !== undefined && !known.includes(name)).map(
      (name) => `${String(status)} with ${name}, which is not documented there`,
    );
  }

  private isOnError({ parameters }: Operation, name: string, status: number): boolean {
    if (name === 'Idempotency-Replayed') return parameters.some((parameter) => parameter.name === 'Idempotency-Key');
    return this.document.components.headers[name]?.['x-error-statuses']?.includes(status) ?? true;
  }
}

/** Headers that a client is to act on. */
const TELLING = ['etag', 'location', 'retry-after', 'www-authenticate', 'x-request-id', 'idempotency-replayed'];

/** A path segment that is too long belongs to no route yet. */
const isRefusedBeforeRouting = (request: FuzzRequest, status: number): boolean =>
  status === 414 &&
  urlOf(request)
    .split(/[/?]/)
    .some((segment) => decodeURIComponent(segment).length > TOO_LONG);
