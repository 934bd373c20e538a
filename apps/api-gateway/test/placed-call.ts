import type { ConnectionId } from '@dialtone/domain';
import type { CallerBack } from '@dialtone/carriers';
import { callbackUrlsOf } from '../src/callbacks/callback-paths';
import { PUBLIC_BASE_URL, type TestGateway } from './gateway';
import { KEY } from './observations';

/** The token with which the carriers of the tests sign. */
export const SIGNING_TOKEN = '0123456789abcdef0123456789abcdef';

export interface PlacedCall {
  readonly id: string;
  readonly provider: CallerBack;
  /** Of its callbacks. */
  readonly token: string;
  readonly urls: ReturnType<typeof callbackUrlsOf>;
}

/** A call that waits for what its carrier says of it, on a connection of its own. */
export const placedCall = async (
  gateway: TestGateway,
  provider: CallerBack,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<PlacedCall> => {
  const { partnerId, agentId } = gateway.tenant;
  const { telephony, calls } = gateway.world;
  const connectionId: ConnectionId = telephony.add({ partnerId, provider });
  telephony.sealed.set(connectionId, { auth_token: SIGNING_TOKEN });
  telephony.addNumber(partnerId, connectionId, { key: KEY, phoneNumber: `+${KEY}` }).isDefault = true;
  const order = { partnerId, connectionId, agentId, toNumber: '+919876543210', apiKeyId: 'key', variables };
  const recorded = await calls.record(order);
  if (recorded.kind !== 'recorded') throw new Error(recorded.kind);
  const { call, callbackToken: token } = recorded;
  const urls = callbackUrlsOf(PUBLIC_BASE_URL, { provider, token, callId: call.id });
  return { id: call.id, provider, token, urls };
};

export const statusOf = async (gateway: TestGateway, { token }: PlacedCall): Promise<string | undefined> =>
  (await gateway.world.calls.byCallbackToken(token))?.status;
