export { InMemoryVoiceLink, type InMemoryVoiceLinkOptions, type JournaledCall } from './in-memory-voicelink';
export type { StoredBot, StoredClient, StoredDid, StoredRouting } from './remote-records';
export { RemoteWorld, type Applied, type MutatingCall, type WriteOperation } from './remote-world';
export {
  describeVoiceLinkAccount,
  type FreeDid,
  type Meddler,
  type VoiceLinkHarness,
} from './voicelink-account.contract';
export type { ReadFault, VoiceLinkFault, WriteFault } from './voicelink-faults';
