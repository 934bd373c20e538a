import { eventsBenchmark } from '../events.mjs';

const NUMBERS = 5_000;
const REQUESTS = 5_000;

/** The log's way to Kafka beside a plain producer of the same client. It needs a Kafka of its own, and so Java or containers. */
export async function eventsSection({ seed, measured, say }) {
  say('peer: plain kafkajs, beside the way of events to Kafka');
  const [plain, relay, waits] = await eventsBenchmark({ dids: NUMBERS, requests: REQUESTS, seed });
  measured.record('events.plain', plain.perSecond, 'the median of five');
  measured.record('events.relay', relay.perSecond, 'the median of five');
  measured.record('events.ratio', relay.ratio);
  measured.record('events.p50', waits.p50Ms, `${waits.perSecond} commits a second`);
  measured.record('events.p99', waits.p99Ms);
}
