export { InMemoryVoiceLink, type InMemoryVoiceLinkOptions, type JournaledCall } from './in-memory-voicelink';
export { inboundMobileOf } from './remote-records';
export { RemoteWorld, type WriteOperation } from './remote-world';
export { describeVoiceLinkAccount, type FreeDid, type VoiceLinkHarness } from './voicelink-account.contract';
export type { VoiceLinkFault } from './voicelink-faults';
export * from './gated-account';
