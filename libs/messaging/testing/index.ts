export { describeEventPublisher } from './describe-event-publisher';
export { connectionEvent, didEvent } from './event-builders';
export { type PrivateKafka, startPrivateKafka, testKafkaBrokers, uniqueName } from './kafka';
export { readTopics } from './read-topics';
export { eventually, realTime, silentLogger } from './real-time';
export { sendRecords } from './send-records';
