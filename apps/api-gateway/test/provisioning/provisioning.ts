import { useGateway, type TestGateway } from '../gateway';

export const SYNC = '/api/v2/voicelink/sync';
export const CALL_READY = '/api/v2/voicelink/call-ready';

type Answer = ReturnType<TestGateway['ask']>;

interface Provisioning {
  readonly gateway: TestGateway;
  readonly sync: (body?: object) => Answer;
  readonly callReady: (body: object) => Answer;
}

export const useProvisioning = (): Provisioning => {
  const gateway = useGateway();
  return {
    gateway,
    sync: (body) => gateway.ask('POST', SYNC, body === undefined ? {} : { body }),
    callReady: (body) => gateway.ask('POST', CALL_READY, { body }),
  };
};
