import { Injectable } from '@nestjs/common';
import type { CallOutcome, VoiceLinkCall } from '@dialtone/voicelink';
import { ApiError } from '../http/api-error';
import type { Call } from '../http/call';
import type { ConnectionInput } from '../http/connection-selection';
import { voiceLinkError } from '../http/voicelink-errors';
import { AfterWrite, type Touched } from './after-write';
import { HeldResource, type Held } from './held-resource';
import { OpenAccount, type Opened } from './open-account';
import { passOnAnswer, passOnList, redactText, type UpstreamBody } from './upstream-body';

/** A mutating call as it is about to be made. */
export interface PlannedWrite {
  readonly path: string;
  /** Made under the lease: what it reads cannot be changed by the reconciler any more. */
  readonly body: () => UpstreamBody | Promise<UpstreamBody>;
  /** The lease that it needs; null when nobody else touches this, or when it is not known what it touches. */
  readonly resource: string | null;
  readonly touches: Touched;
  /** True: doing it twice leaves two of it, so nobody else may do the like while its outcome is unknown. */
  readonly creates?: boolean;
  /** What is sent and must not be seen again. */
  readonly secrets?: readonly string[];
}

/** Passes calls on to the partner's VoiceLink account, and what it answers back. */
@Injectable()
export class PassThrough {
  constructor(
    private readonly accounts: OpenAccount,
    private readonly held: HeldResource,
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
    return passOnList(outcome.body);
  }

  async write(
    call: Call,
    selection: ConnectionInput,
    plan: (opened: Opened) => PlannedWrite | Promise<PlannedWrite>,
  ): Promise<UpstreamBody> {
    const opened = await this.accounts.of(call, selection);
    const planned = await plan(opened);
    return this.held.during(planned.resource, (held) => this.send(call, { opened, planned, held }));
  }

  private async send(
    call: Call,
    { opened, planned, held }: { readonly opened: Opened; readonly planned: PlannedWrite; readonly held: Held },
  ): Promise<UpstreamBody> {
    const { path, secrets = [] } = planned;
    const body = await planned.body();
    await call.once.begin();
    await held.confirm();
    const outcome = await opened.account.raw.call({ method: 'POST', path, body });
    this.after.note(call, { ...opened, path }, outcome);
    if (outcome.kind !== 'refused') await this.after.quietly(() => this.settle(opened, planned, { outcome, held }));
    if (outcome.kind !== 'ok') throw withoutSecrets(voiceLinkError(outcome), secrets);
    return passOnAnswer(outcome.body, secrets);
  }

  private async settle(
    { connectionId }: Opened,
    { touches, creates }: PlannedWrite,
    { outcome, held }: { readonly outcome: CallOutcome; readonly held: Held },
  ): Promise<void> {
    if (outcome.kind === 'unknown' && creates === true) await held.keepForLateEffects();
    await this.after.makeDue(connectionId, touches);
  }
}

const withoutSecrets = (error: ApiError, secrets: readonly string[]): ApiError => {
  const details = error.details.map(({ field, message }) => ({ field, message: redactText(message, secrets) }));
  return new ApiError(error.code, redactText(error.message, secrets), { details, headers: error.headers });
};
