import fc from 'fast-check';
import { AnswerRules, valuesIn, type FuzzAnswer } from './answer-rules';
import { casesOf } from './cases';
import { operationsOf, type OpenApiDocument, type Operation } from './document';
import { KnownValues } from './known-values';
import { describeRequest, type FuzzRequest } from './request';
import { RequestRules } from './request-rules';
import { sendRequest } from './send-request';
import { ValidValues } from './valid-values';
import type { FuzzWorld, Tenant } from './world';

/** Requests per partner; then a new one begins, because disconnected and deleted records would make all later requests alike. */
const REQUESTS_PER_TENANT = 250;
/** Requests generated per batch: later batches may use values from earlier answers. */
const BATCH = 50;
/** Requests of one partner at the same time. */
const CONCURRENCY = 8;
/** While a faulty VoiceLink lets one partner wait, others ask. */
export const PARTNERS_AT_ONCE = 4;
const MOST_FINDINGS = 200;

/** One way in which the gateway broke the document. */
export interface Finding {
  readonly operation: string;
  readonly problem: string;
  readonly times: number;
  /** The shortest request that did it, and its answer. */
  readonly request: string;
  readonly answer: string;
}

/** How often an operation was asked, and how it answered. */
export interface Tally {
  readonly operation: string;
  readonly secured: boolean;
  readonly asked: number;
  readonly succeeded: number;
  readonly refused: number;
  readonly failedUpstream: number;
  /** Refused as invalid though its schema allows it: limits that the document cannot express. */
  readonly refusedThoughValid: number;
}

export interface FuzzReport {
  readonly findings: readonly Finding[];
  readonly tallies: readonly Tally[];
  readonly invalid: number;
}

const MAX_SHOWN = 400;

/** Ids and numbers differ from request to request; the kind of problem is what remains. */
const kindOf = (problem: string): string =>
  problem
    .replace(/(?<=though query ).*(?= is unknown)/s, '…')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
    .replace(/\/\d+(?=\/|\s|$)/g, '/<n>')
    .slice(0, 160);

/** Destructive requests are rarer: others would soon find nothing. */
export const weightOf = ({ method }: Operation): number => (method === 'delete' ? 1 : 4);

/** Sends requests that the document describes, and requests that it forbids, and compares the answers with it. */
export class Fuzz {
  private readonly document: OpenApiDocument;
  private readonly rules: RequestRules;
  private readonly answers: AnswerRules;
  private readonly cases: fc.Arbitrary<FuzzRequest>;
  private readonly findings = new Map<string, Finding>();
  private readonly tallies = new Map<string, Tally>();
  /** Of the partner whose requests are being generated. */
  private known = new KnownValues();
  private invalid = 0;

  constructor(
    private readonly world: FuzzWorld,
    document: OpenApiDocument,
  ) {
    this.document = document;
    this.rules = new RequestRules(document);
    this.answers = new AnswerRules(document);
    const values = new ValidValues(document, () => this.known);
    this.cases = fc.oneof(
      ...this.operations.map((operation) => ({ arbitrary: casesOf(operation, values), weight: weightOf(operation) })),
    );
  }

  private get operations(): readonly Operation[] {
    return operationsOf(this.document);
  }

  /** The same seed and gateway generate the same requests, but for ids that the gateway makes up. */
  async run(requests: number, seed: number): Promise<FuzzReport> {
    const rounds = Array(Math.ceil(requests / REQUESTS_PER_TENANT)).keys();
    const place = async (_: unknown, at: number): Promise<void> => {
      for (const round of rounds) {
        const done = round * REQUESTS_PER_TENANT;
        const tenant = await this.world.newTenant(round, at);
        await this.useUp(tenant, Math.min(REQUESTS_PER_TENANT, requests - done), seed + done);
      }
    };
    await Promise.all(Array.from({ length: PARTNERS_AT_ONCE }, place));
    return { findings: [...this.findings.values()], tallies: [...this.tallies.values()], invalid: this.invalid };
  }

  private async useUp(tenant: Tenant, requests: number, seed: number): Promise<void> {
    for (let done = 0; done < requests; done += BATCH) {
      this.known = tenant.known;
      const batch = fc.sample(this.cases, { seed: seed + done, numRuns: Math.min(BATCH, requests - done) });
      const next = batch.values();
      const worker = async (): Promise<void> => {
        for (const request of next) await this.ask(tenant, request);
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    }
  }

  private async ask(tenant: Tenant, request: FuzzRequest): Promise<void> {
    const { caller, operation } = request;
    const apiKey = caller === 'nobody' ? null : this.world.keyOf(caller, tenant);
    const answer = await sendRequest(this.world.app, request, apiKey);
    const wrong = this.rules.problems(request);
    if (wrong.length > 0) this.invalid += 1;
    const { isUpstreamFaulty, secrets } = tenant;
    for (const problem of this.answers.problems(request, answer, { wrong, isUpstreamFaulty, secrets }))
      this.note(request, answer, problem);
    this.count(operation, answer, wrong);
    if (answer.status < 300 && operation.secured) tenant.known.learn(operation.path, valuesIn(answer));
  }

  private note(request: FuzzRequest, answer: FuzzAnswer, problem: string): void {
    const operation = request.operation.name;
    const id = `${operation} ${kindOf(problem)}`;
    const before = this.findings.get(id);
    if (before === undefined && this.findings.size >= MOST_FINDINGS) return;
    const described = describeRequest(request);
    const shorter = before === undefined || described.length < before.request.length;
    const shown = shorter
      ? { request: described, answer: `${String(answer.status)} ${answer.text.slice(0, MAX_SHOWN)}` }
      : { request: before.request, answer: before.answer };
    this.findings.set(id, { operation, problem, times: (before?.times ?? 0) + 1, ...shown });
  }

  private count({ name, secured }: Operation, { status, text }: FuzzAnswer, wrong: readonly string[]): void {
    const before = this.tallies.get(name) ?? NOTHING_ASKED;
    const refusedThoughValid = wrong.length === 0 && status === 400 && text.includes('VALIDATION_ERROR');
    this.tallies.set(name, {
      operation: name,
      secured,
      asked: before.asked + 1,
      succeeded: before.succeeded + Number(status < 400),
      refused: before.refused + Number(status >= 400 && status < 500),
      failedUpstream: before.failedUpstream + Number(status >= 500),
      refusedThoughValid: before.refusedThoughValid + Number(refusedThoughValid),
    });
  }
}

const NOTHING_ASKED = { asked: 0, succeeded: 0, refused: 0, failedUpstream: 0, refusedThoughValid: 0 };
