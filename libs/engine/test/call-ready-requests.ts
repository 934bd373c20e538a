import { STEP_KINDS, type ConnectionId, type DidKey, type PartnerId } from '@dialtone/domain';
import { EngineFixture } from '@dialtone/testing';
import { type CallReadyOutcome, type CallReadyRequest, type CallReadyResult } from '../src';

export const NUMBER = '918000000001';

export const request = (fixture: EngineFixture, overrides: Partial<CallReadyRequest> = {}): CallReadyRequest => ({
  connectionId: fixture.connectionId,
  did: { key: NUMBER as DidKey },
  clientId: null,
  agentId: fixture.agentId,
  botName: null,
  websocketUrl: null,
  actor: 'key-1',
  requestId: 'request-1',
  ...overrides,
});

export const resultOf = (outcome: CallReadyOutcome): CallReadyResult => {
  if (outcome.kind !== 'finished') throw new Error(`it was ${outcome.kind}`);
  return outcome.result;
};

export const callReady = async (
  fixture: EngineFixture,
  overrides: Partial<CallReadyRequest> = {},
  provisioner = fixture.provisioner(),
): Promise<CallReadyResult> => resultOf(await fixture.drive(provisioner.callReady(request(fixture, overrides))));

export const statuses = ({ steps }: CallReadyResult): readonly string[] => {
  expect(steps.map(({ step }) => step)).toEqual(STEP_KINDS);
  // In the documented order, also of a step that failed.
  for (const step of steps) expect(Object.keys(step).join()).toMatch(/^step,status,detail(?:,data)?$/);
  return steps.map(({ status }) => status);
};
export const failedStep = ({ steps }: CallReadyResult): CallReadyResult['steps'][number] | undefined =>
  steps.find(({ status }) => status === 'failed');

export const placeOf = ({
  connectionId,
  partnerId,
}: EngineFixture): { readonly connectionId: ConnectionId; readonly partnerId: PartnerId; readonly key: DidKey } => ({
  connectionId,
  partnerId,
  key: NUMBER as DidKey,
});

interface MappedFixture extends ReturnType<EngineFixture['did']> {
  readonly fixture: EngineFixture;
  readonly client: ReturnType<EngineFixture['remote']['addClient']>;
}

export const mappedFixture = async (): Promise<MappedFixture> => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  return { fixture, client, ...fixture.did(NUMBER, { clientId: client.id }) };
};
