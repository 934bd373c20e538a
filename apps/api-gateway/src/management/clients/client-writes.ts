import { requestResource, writeTarget } from '@dialtone/engine';
import { ApiError } from '../../http/errors/api-error';
import { findListed } from '../find-listed';
import type { Opened } from '../open-account';
import type { PlannedWrite } from '../pass-through';
import { withoutUndefined } from '../upstream-body';
import type { UpstreamBody } from '../upstream-body';
import type { CreateClientBody, UpdateClientBody } from './clients.dto';

const clientFields = (given: CreateClientBody | UpdateClientBody): UpstreamBody =>
  withoutUndefined({
    first_name: given.first_name,
    last_name: given.last_name,
    username: given.username,
    email: given.email,
    password: given.password,
    channel_count: given.channel_count,
    phone: given.phone,
    is_active: given.is_active,
    negative_threshold: given.negative_threshold,
    pulse_seconds: given.pulse_seconds,
    inbound_rate: given.inbound_rate,
    outbound_rate: given.outbound_rate,
    plan_type: given.plan_type,
  });

/** Readiness depends on the client of a number, not on the fields of that client. */
const ON_NO_NUMBER = { key: null, affectsNumbers: false } as const;

const secretsOf = ({ password }: CreateClientBody | UpdateClientBody): readonly string[] =>
  password === undefined ? [] : [password];

/** VoiceLink upstream notes §5.2. */
export const planCreateClient = ({ connectionId }: Opened, given: CreateClientBody): PlannedWrite => {
  const name = given.username.trim().toLowerCase();
  return {
    path: '/v1/reseller/client/create',
    body: () => ({ body: clientFields(given) }),
    resource: requestResource(connectionId, `client-name:${name}`),
    target: `client-create:${name}`,
    ...ON_NO_NUMBER,
    createsClient: true,
    secrets: secretsOf(given),
  };
};

/** VoiceLink upstream notes §5.3: every update must carry these. They are optional in this API, so missing ones are read first. */
const ALWAYS_SENT = ['first_name', 'last_name', 'is_active', 'channel_count'] as const;

export const planUpdateClient = (opened: Opened, clientId: number, given: UpdateClientBody): PlannedWrite => ({
  path: `/v1/reseller/client/update/${String(clientId)}`,
  body: async () => {
    const isComplete = ALWAYS_SENT.every((field) => given[field] !== undefined);
    if (isComplete) return { body: clientFields(given) };
    const { current, record } = await currentFields(opened, clientId);
    return { body: { ...current, ...clientFields(given) }, record };
  },
  // The reconciler does not write clients, but two concurrent partial updates of one would undo each other.
  resource: requestResource(opened.connectionId, `client:${String(clientId)}`),
  target: writeTarget('client-update', clientId),
  ...ON_NO_NUMBER,
  secrets: secretsOf(given),
});

const currentFields = async (
  opened: Opened,
  clientId: number,
): Promise<{ readonly current: UpstreamBody; readonly record: UpstreamBody }> => {
  const { row, doubt } = await findListed(opened, 'clients', ({ id }) => id === clientId);
  if (row === null) {
    throw (
      doubt?.error ??
      new ApiError('VOICELINK_NOT_FOUND', `VoiceLink lists no client ${String(clientId)} on this connection.`)
    );
  }
  const { raw, active } = row;
  const current = withoutUndefined({
    first_name: raw['first_name'],
    last_name: raw['last_name'],
    channel_count: raw['channel_count'],
    is_active: active === null ? undefined : Number(active),
  });
  return { current, record: { ...raw, ...current } };
};
