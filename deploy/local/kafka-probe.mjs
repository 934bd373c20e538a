import { connect } from 'node:net';

/** A Metadata request (api key 3, version 1, no topics), as bytes. */
function metadataRequest() {
  const client = Buffer.from('dialtone-probe');
  const body = Buffer.alloc(2 + 2 + 4 + 2 + client.length + 4);
  body.writeInt16BE(3, 0);
  body.writeInt16BE(1, 2);
  body.writeInt32BE(1, 4);
  body.writeInt16BE(client.length, 8);
  client.copy(body, 10);
  body.writeInt32BE(0, 10 + client.length);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/** Reads brokers and controller id of a Metadata answer, version 1. */
function parseMetadata(answer) {
  let at = 8; // size, correlation id
  const int32 = () => answer.readInt32BE((at += 4) - 4);
  const skipString = () => {
    const length = answer.readInt16BE(at);
    at += 2 + Math.max(length, 0);
  };
  const brokers = int32();
  for (let index = 0; index < brokers; index += 1) {
    at += 4; // node id
    skipString(); // host
    at += 4; // port
    skipString(); // rack
  }
  return { brokers, controllerId: int32() };
}

/**
 * Whether a Kafka cluster answers at `host:port` with a broker and a controller. An open port alone says nothing: the
 * broker listens before it is registered. Never rejects.
 * @param {string} broker
 * @returns {Promise<boolean>}
 */
export function kafkaAnswers(broker, timeoutMs = 1000) {
  const separator = broker.lastIndexOf(':');
  return new Promise((resolve) => {
    const socket = connect({ host: broker.slice(0, separator), port: Number(broker.slice(separator + 1)) });
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      const { brokers, controllerId } = parseMetadata(received);
      finish(brokers > 0 && controllerId >= 0);
    });
  });
}
