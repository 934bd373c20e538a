import { Inject, Injectable } from '@nestjs/common';
import { readyProspect, type ReadyProspect } from '@dialtone/engine';
import type { BindingView } from '@dialtone/persistence';
import type { HttpRequest } from '../http/http-types';
import { WaitingRoom } from '../http/waiting-room';
import { GATEWAY_SETTINGS, type GatewaySettings } from '../outside/tokens';
import { asRead, type ReadBinding } from './as-read';
import { BindingWaits } from './binding-waits';
import { BindingsService, type BindingRef } from './bindings.service';
import type { WaitResult } from './wait-terms';

interface WaitedBinding {
  readonly view: ReadBinding;
  readonly result: WaitResult;
}

const RESULTS: Readonly<Record<ReadyProspect, WaitResult>> = {
  ready: 'ready',
  never: 'impossible',
  not_yet: 'timed_out',
};

const waited = (view: ReadBinding): WaitedBinding => ({
  view,
  result: RESULTS[readyProspect(view.conditions, view.binding.generation)],
});

/** Waits until a binding is READY, or never can be. A withdrawn one answers like a missing one, as soon as it is withdrawn. */
@Injectable()
export class ReadyWait {
  constructor(
    private readonly bindings: BindingsService,
    private readonly waits: BindingWaits,
    private readonly room: WaitingRoom,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** After `ms` it answers with the binding as it is. */
  async until(ref: BindingRef, request: HttpRequest, ms: number): Promise<WaitedBinding> {
    const waiter = this.room.enter(ref.principal, request);
    const place = { partnerId: ref.principal.partnerId, key: ref.key };
    // Before the first look: what is committed after it is not missed.
    const wait = this.waits.until(place, (view) => this.judge(view), { ms, signal: waiter.signal });
    try {
      const first = waited(await this.bindings.find(ref));
      if (first.result !== 'timed_out') return first;
      request.leavePlace?.();
      const connectionId = first.view.binding.connectionId;
      const judged = await wait.answer;
      waiter.signal.throwIfAborted();
      if (judged !== null && judged !== 'gone' && judged.view.binding.connectionId === connectionId) return judged;
      return waited(await this.bindings.find(ref));
    } finally {
      wait.end();
      waiter.leave();
    }
  }

  private judge(stored: BindingView | null): WaitedBinding | 'gone' | null {
    if (stored === null) return 'gone';
    const now = waited(asRead(stored, this.settings));
    return now.result === 'timed_out' ? null : now;
  }
}
