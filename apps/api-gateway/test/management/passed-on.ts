import { didResource, type UpstreamFailure } from '@dialtone/engine';
import type { CallOutcome } from '@dialtone/voicelink';
import { useGateway, type TestGateway } from '../gateway';
import { KEY, readyObservation } from '../observations';

export const ROOT = '/api/v2/voicelink';
export const failure = (changes: Partial<UpstreamFailure>): UpstreamFailure => ({
  class: 'unavailable',
  httpStatus: null,
  message: 'POST /v1/x: why',
  retryAfterMs: null,
  ...changes,
});
export const refused = (changes: Partial<UpstreamFailure>, fields = {}): CallOutcome => ({
  kind: 'refused',
  failure: failure(changes),
  fields,
});
export const unknown = (changes: Partial<UpstreamFailure> = {}): CallOutcome => ({
  kind: 'unknown',
  failure: failure({ message: 'POST /v1/x: time-out', timedOut: true, ...changes }),
  fields: {},
});
export const done: CallOutcome = {
  kind: 'ok',
  httpStatus: 200,
  body: { status: true, message: 'Done.', data: { id: 7 } },
};

export const BOT_BODY = { bot_name: 'b', client_id: 415 };
export const MAP_BODY = { client_id: 415, did_id: 812, call_recording: 0 };
export const HANDLERS = { for_inbound_call: 1, for_outbound_call: 4, status: 1 };

type Post = (path: string, body: object, headers?: Record<string, string>) => ReturnType<TestGateway['ask']>;

interface PassedOn {
  readonly gateway: TestGateway;
  readonly post: Post;
  /** How many requests VoiceLink got. */
  readonly calls: () => number;
  /**
   * Stores a declared number with DID 812 of client 415, bot 93 and routing 120, as the last sweep saw it. The resource of its
   * lease is returned.
   */
  readonly observeNumber: (declared: boolean) => Promise<string>;
}

/** A gateway whose VoiceLink answers `done` until a test says otherwise. */
export const usePassedOn = (): PassedOn => {
  const gateway = useGateway();
  beforeEach(() => {
    gateway.world.voicelink.answer = () => done;
  });
  return {
    gateway,
    post: (path, body, headers = {}) => gateway.ask('POST', `${ROOT}/${path}`, { body, headers }),
    calls: () => gateway.world.voicelink.calls.length,
    observeNumber: async (declared) => {
      const { partnerId, agentId, connectionId } = gateway.tenant;
      await gateway.ask('PUT', `${ROOT}/bindings/${KEY}`, { body: { agent_id: agentId } });
      const view = gateway.world.views.get(`${partnerId}/${KEY}`);
      if (view === undefined) throw new Error('not declared');
      gateway.world.store(partnerId, { ...view.readiness, observation: readyObservation(KEY, agentId) });
      if (!declared) gateway.world.views.clear();
      return didResource(connectionId, KEY);
    },
  };
};
