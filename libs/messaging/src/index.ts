export * from './ensure-topics';
export type { KafkaConnection, KafkaCredentials } from './kafka-client';
export * from './kafka-event-publisher';
export * from './kafka-record';
export * from './relay-cursor';
export * from './reconcile-requests/reconcile-request-handler';
export * from './reconcile-requests/reconcile-request-server';
export * from './reconcile-requests/reconcile-requests.controller';
export * from './tail-topic';
