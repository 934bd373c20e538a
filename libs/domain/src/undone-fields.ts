import type { WriteEffect } from './made-write';
import type { KeyObservation } from './observation';
import type { RemoteBot, RemoteRouting } from './remote';

type Value = number | null;

/** One value that a write of ours made and that is another one now; by VoiceLink's name. Null: none, or no such record. */
export interface UndoneField {
  readonly field: string;
  readonly ours: Value;
  readonly theirs: Value;
}

const flag = (value: boolean | null): Value => (value === null ? null : Number(value));

const routed = (
  { active, forOutboundCall, outboundBotId, outboundTrunkId, routingId }: Extract<WriteEffect, { kind: 'routed' }>,
  routing: RemoteRouting | null,
): readonly UndoneField[] => {
  if (routing === null) return [{ field: 'routing_id', ours: routingId, theirs: null }];
  return [
    { field: 'for_outbound_call', ours: forOutboundCall, theirs: routing.forOutboundCall },
    { field: 'outbound_websocket_bot_id', ours: outboundBotId, theirs: routing.outboundBotId },
    { field: 'outbound_sip_trunk_id', ours: outboundTrunkId, theirs: routing.outboundTrunkId },
    { field: 'status', ours: flag(active), theirs: flag(routing.active) },
  ];
};

const bot = (botId: number | null, found: RemoteBot | undefined): readonly UndoneField[] =>
  found === undefined
    ? [{ field: 'bot_id', ours: botId, theirs: null }]
    : [{ field: 'status', ours: 1, theirs: flag(found.active) }];

const fieldsOf = (effect: WriteEffect, { did, routing, bots }: KeyObservation): readonly UndoneField[] => {
  switch (effect.kind) {
    case 'mapped':
      return [{ field: 'client_id', ours: effect.clientId, theirs: did?.clientId ?? null }];
    case 'routed':
      return routed(effect, routing);
    case 'bot_made':
    case 'bot_activated':
      return bot(
        effect.botId,
        bots.find(({ id }) => id === effect.botId),
      );
  }
};

/** What of a write is not there any more, or never was. Empty: all of it is there. */
export const undoneFields = (effect: WriteEffect, observation: KeyObservation): readonly UndoneField[] =>
  fieldsOf(effect, observation).filter(({ ours, theirs }) => ours !== theirs);
