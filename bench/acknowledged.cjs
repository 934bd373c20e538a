// Preloaded into the measured reconciler (`NODE_OPTIONS=--require …`): notes when the broker acknowledged each record, and on SIGUSR2
// writes that as JSON into the file that ACKNOWLEDGED_FILE names, and forgets it.
const { renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { resolve } = require('node:path');

// The client of the app that is measured, which may be another checkout's.
const { Kafka } = createRequire(resolve(process.argv[1]))('kafkajs');
const { ACKNOWLEDGED_FILE } = process.env;
const newProducer = Kafka.prototype.producer;
/** `[key/sequence, epoch ms]` of each record. */
let acknowledged = [];

const noted = (topicMessages) => {
  const at = performance.timeOrigin + performance.now();
  for (const { messages } of topicMessages)
    for (const { key, headers } of messages) acknowledged.push([`${key}/${Number(headers.ce_sequence)}`, at]);
};

Kafka.prototype.producer = function producer(...options) {
  const made = newProducer.apply(this, options);
  const sendBatch = async (batch) => {
    const answer = await made.sendBatch(batch);
    noted(batch.topicMessages);
    return answer;
  };
  return { ...made, sendBatch };
};

process.on('SIGUSR2', () => {
  // Renamed: who waits for the file reads the whole of it.
  writeFileSync(`${ACKNOWLEDGED_FILE}.part`, JSON.stringify(acknowledged));
  renameSync(`${ACKNOWLEDGED_FILE}.part`, ACKNOWLEDGED_FILE);
  acknowledged = [];
});
