import { STEP_KINDS, type ConnectionId, type DidKey, type PartnerId } from '@dialtone/domain';
import { EngineBed } from '@dialtone/testing';
import { type CallReadyOutcome, type CallReadyRequest, type CallReadyResult } from '../src';

export const NUMBER = '918000000001';

export const request = (bed: EngineBed, overrides: Partial<CallReadyRequest> = {}): CallReadyRequest => ({
  connectionId: bed.connectionId,
  did: { key: NUMBER as DidKey },
  clientId: null,
  agentId: bed.agentId,
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
  bed: EngineBed,
  overrides: Partial<CallReadyRequest> = {},
  provisioner = bed.provisioner(),
): Promise<CallReadyResult> => resultOf(await bed.drive(provisioner.callReady(request(bed, overrides))));

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
}: EngineBed): { readonly connectionId: ConnectionId; readonly partnerId: PartnerId; readonly key: DidKey } => ({
  connectionId,
  partnerId,
  key: NUMBER as DidKey,
});

interface MappedBed extends ReturnType<EngineBed['did']> {
  readonly bed: EngineBed;
  readonly client: ReturnType<EngineBed['remote']['addClient']>;
}

export const mappedBed = async (): Promise<MappedBed> => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  return { bed, client, ...bed.did(NUMBER, { clientId: client.id }) };
};
