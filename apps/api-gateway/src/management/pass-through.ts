import { Inject, Injectable } from '@nestjs/common';
import { redactSecrets, secretsNotIn, type DidKey } from '@dialtone/domain';
import type { Lease, PassedOnWrite, PassedOnWrites, WriteTarget } from '@dialtone/engine';
import type { CallOutcome, VoiceLinkCall } from '@dialtone/voicelink';
import type { Call } from '../http/call';
import type { ConnectionInput } from '../http/input/connection-selection';
import { voiceLinkError } from '../http/errors/voicelink-errors';
import { REQUESTED_WRITES } from '../outside/tokens';
import { AfterWrite } from './after-write';
import { HeldResource, resourceBusy } from './held-resource';
import { OpenAccount, type Opened } from './open-account';
import { passOnAnswer, passOnList, type PreparedBody, type UpstreamBody } from './upstream-body';

/** A mutating call, planned but not yet sent. */
export interface PlannedWrite {
  readonly path: string;
  /** Runs under the lease: the reconciler cannot change what it reads. */
  readonly body: () => PreparedBody | Promise<PreparedBody>;
  /** The lease to take. */
  readonly resource: string;
  /** Its target, named as the reconciler names the targets of its own writes. */
  readonly target: WriteTarget;
  /** The number that it concerns; null: none, or an unknown one. */
  readonly key: DidKey | null;
  /** False: the readiness of no number depends on it. */
  readonly affectsNumbers: boolean;
  /** True: if it succeeds the account has one client more. */
  readonly createsClient?: true;
  /** Secrets that the body contains: removed from every answer. */
  readonly secrets?: readonly string[];
}

interface LeasedWrite {
  readonly opened: Opened;
  readonly planned: PlannedWrite;
  readonly lease: Lease;
  /** Aborts when the lease is lost. */
  readonly lost: AbortSignal;
}

/** Passes calls on to the partner's VoiceLink account, and its answers back. */
@Injectable()
export class PassThrough {
  constructor(
    private readonly accounts: OpenAccount,
    private readonly held: HeldResource,
    @Inject(REQUESTED_WRITES) private readonly writes: PassedOnWrites,
    private readonly after: AfterWrite,
  ) {}

  async list(
    call: Call,
    selection: ConnectionInput,
    asked: { readonly path: string; readonly query: NonNullable<VoiceLinkCall['query']> },
  ): Promise<UpstreamBody> {
    const { account } = await this.accounts.of(call, selection);
    const outcome = await account.raw.call({ method: 'GET', ...asked });
    if (outcome.kind !== 'ok') throw voiceLinkError(outcome);
    return passOnList(outcome.body, secretsNotIn(JSON.stringify(asked), account.raw.secrets));
  }

  async write(
    call: Call,
    selection: ConnectionInput,
    plan: (opened: Opened) => PlannedWrite | Promise<PlannedWrite>,
  ): Promise<UpstreamBody> {
    const opened = await this.accounts.of(call, selection);
    const planned = await plan(opened);
    return this.held.during(planned.resource, (lease, lost) => this.send(call, { opened, planned, lease, lost }));
  }

  private async send(call: Call, { opened, planned, lease, lost }: LeasedWrite): Promise<UpstreamBody> {
    const { path, secrets = [] } = planned;
    const { raw } = opened.account;
    const prepared = await planned.body();
    const { body } = prepared;
    const write = requestedWrite(call, opened, planned, prepared);
    if (lost.aborted) throw resourceBusy();
    await call.once.begin();
    const sent = await this.writes.send(write, lease, () => raw.call({ method: 'POST', path, body, secrets }));
    if (sent.kind === 'busy') throw resourceBusy(sent.retryAfterMs);
    const { id, outcome } = sent;
    this.after.note(call, { ...opened, path }, outcome);
    await this.after.quietly(() => this.writes.close(write, id, closingOf(outcome)));
    // Before the answer: what follows on it may name the new client.
    const createsClient = planned.createsClient === true && outcome.kind !== 'refused';
    if (createsClient) await this.after.quietly(() => this.after.noteClient(opened.connectionId));
    if (outcome.kind !== 'refused') await this.after.quietly(() => this.after.makeDue(opened.connectionId, planned));
    if (outcome.kind !== 'ok') throw voiceLinkError(outcome);
    return passOnAnswer(outcome.body, secrets, secretsNotIn(JSON.stringify({ path, body }), raw.secrets));
  }
}

const requestedWrite = (
  { principal, request }: Call,
  { connectionId }: Opened,
  { key, target }: PlannedWrite,
  { body, record }: PreparedBody,
): PassedOnWrite => ({
  connectionId,
  key,
  target,
  actor: principal.apiKeyId,
  requestId: request.id,
  body: redactSecrets(body),
  before: record === undefined ? null : redactSecrets(fieldsOf(record, body)),
});

/** Of a record, those that are sent. */
const fieldsOf = (record: UpstreamBody, body: UpstreamBody): UpstreamBody =>
  Object.fromEntries(Object.keys(body).map((name) => [name, record[name] ?? null]));

/** How the row in the journal is closed. */
const closingOf = (outcome: CallOutcome): Parameters<PassedOnWrites['close']>[2] => {
  if (outcome.kind === 'ok') return { state: 'done', answer: { http_status: outcome.httpStatus } };
  const { class: why, httpStatus, message } = outcome.failure;
  const answer = { class: why, http_status: httpStatus, message };
  return { state: outcome.kind === 'refused' ? 'failed' : 'unknown', answer };
};
