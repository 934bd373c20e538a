import { Initial1764000000000 } from './1764000000000-initial';
import { IdempotencyKeys1764100000000 } from './1764100000000-idempotency-keys';
import { Telephony1764200000000 } from './1764200000000-telephony';
import { RequestWindows1764210000000 } from './1764210000000-request-windows';
import { Calls1764220000000 } from './1764220000000-calls';
import { LaneFloors1764300000000 } from './1764300000000-lane-floors';
import { SweepHealth1764330000000 } from './1764330000000-sweep-health';
import { NameKeys1764340000000 } from './1764340000000-name-keys';
import { RequestedWrites1764350000000 } from './1764350000000-requested-writes';
import { NumberKeys1764400000000 } from './1764400000000-number-keys';
import { ListMemories1764410000000 } from './1764410000000-list-memories';
import { SeenWrites1764420000000 } from './1764420000000-seen-writes';
import { SharedAccounts1764430000000 } from './1764430000000-shared-accounts';
import { EverListed1764440000000 } from './1764440000000-ever-listed';
import { Stalls1764441000000 } from './1764441000000-stalls';
import { ClientLists1764442000000 } from './1764442000000-client-lists';
import { InboundClaims1764460000000 } from './1764460000000-inbound-claims';
import { LoginAttempts1764461000000 } from './1764461000000-login-attempts';
import { CallLimits1764462000000 } from './1764462000000-call-limits';
import { DisconnectedAt1764480000000 } from './1764480000000-disconnected-at';
import { AccountLists1764490000000 } from './1764490000000-account-lists';
import { Quotas1764500000000 } from './1764500000000-quotas';
import { ToldWindows1764510000000 } from './1764510000000-told-windows';
import { DeclarationMarks1764520000000 } from './1764520000000-declaration-marks';
import { LostRace1764520000001 } from './1764520000001-lost-race';
import { ConditionTimes1764530000000 } from './1764530000000-condition-times';
import { StateSince1764540000000 } from './1764540000000-state-since';
import { BindingPlans1764540000010 } from './1764540000010-binding-plans';
import { History1764550000000 } from './1764550000000-history';
import { CreateOnly1764560000000 } from './1764560000000-create-only';
import { Steering1764560000001 } from './1764560000001-steering';
import { Releases1764570000000 } from './1764570000000-releases';
import { Contests1764570000001 } from './1764570000001-contests';
import { Flapping1764590000000 } from './1764590000000-flapping';
import { CarrierChecks1764580000000 } from './1764580000000-carrier-checks';
import { HeardOfCalls1764610000000 } from './1764610000000-heard-of-calls';
import { NotedBreakers1764620000000 } from './1764620000000-noted-breakers';
import { ReadinessCounts1764620000001 } from './1764620000001-readiness-counts';
import { OldCalls1764625000000 } from './1764625000000-old-calls';
import { AttemptsAtRequests1764631000000 } from './1764631000000-attempts-at-requests';
import { StaleNumbers1764631100000 } from './1764631100000-stale-numbers';
import { UnlistedNumbers1764632000000 } from './1764632000000-unlisted-numbers';
import { Traceparents1764633000000 } from './1764633000000-traceparents';
import { PrunedEvents1764634000000 } from './1764634000000-pruned-events';
import { NumberPointings1764635000000 } from './1764635000000-number-pointings';
import { KeptWork1764635100000 } from './1764635100000-kept-work';
import { Webhooks1764635300000 } from './1764635300000-webhooks';
import { NumberEvents1764636300000 } from './1764636300000-number-events';
import { GivePositions1764636500000 } from './1764636500000-give-positions';
import { WholeRows1764636600000 } from './1764636600000-whole-rows';
import { NumberAndReadEvents1764636900000 } from './1764636900000-number-and-read-events';
import { HeldRequests1764637500000 } from './1764637500000-held-requests';

/** In the order in which they run; each its own transaction. */
export const MIGRATIONS = [
  Initial1764000000000,
  IdempotencyKeys1764100000000,
  Telephony1764200000000,
  RequestWindows1764210000000,
  Calls1764220000000,
  LaneFloors1764300000000,
  SweepHealth1764330000000,
  NameKeys1764340000000,
  RequestedWrites1764350000000,
  NumberKeys1764400000000,
  ListMemories1764410000000,
  SeenWrites1764420000000,
  SharedAccounts1764430000000,
  EverListed1764440000000,
  Stalls1764441000000,
  ClientLists1764442000000,
  InboundClaims1764460000000,
  LoginAttempts1764461000000,
  CallLimits1764462000000,
  DisconnectedAt1764480000000,
  AccountLists1764490000000,
  Quotas1764500000000,
  ToldWindows1764510000000,
  DeclarationMarks1764520000000,
  LostRace1764520000001,
  ConditionTimes1764530000000,
  StateSince1764540000000,
  BindingPlans1764540000010,
  History1764550000000,
  CreateOnly1764560000000,
  Steering1764560000001,
  Releases1764570000000,
  Contests1764570000001,
  CarrierChecks1764580000000,
  Flapping1764590000000,
  HeardOfCalls1764610000000,
  NotedBreakers1764620000000,
  ReadinessCounts1764620000001,
  OldCalls1764625000000,
  AttemptsAtRequests1764631000000,
  StaleNumbers1764631100000,
  UnlistedNumbers1764632000000,
  Traceparents1764633000000,
  PrunedEvents1764634000000,
  NumberPointings1764635000000,
  KeptWork1764635100000,
  Webhooks1764635300000,
  NumberEvents1764636300000,
  GivePositions1764636500000,
  WholeRows1764636600000,
  NumberAndReadEvents1764636900000,
  HeldRequests1764637500000,
] as const;
