const dns = require('node:dns');
const net = require('node:net');

/** Hosts that tests may reach: this machine, and servers that whoever starts the tests has named. */
const named = [process.env.TEST_DATABASE_URL, ...(process.env.TEST_KAFKA_BROKERS ?? '').split(',')]
  .filter(Boolean)
  .map((text) => new URL(text.includes('://') ? text : `tcp://${text}`).hostname);
const isAllowed = (host) => /^(localhost|127\.[\d.]+|::1|::|0\.0\.0\.0)$/.test(host) || named.includes(host);

const refusal = (host) => Object.assign(new Error(`tests reach no other machine: ${host}`), { code: 'ENOTFOUND' });

const { lookup } = dns;
dns.lookup = (host, options, done = options) => {
  if (host === null || host === '' || isAllowed(host) || net.isIP(host) !== 0) return lookup(host, options, done);
  process.nextTick(done, refusal(host));
};

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function connectToLoopback(...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === 'object' ? options?.host : typeof args[1] === 'string' ? args[1] : undefined;
  if (typeof host === 'string' && net.isIP(host) !== 0 && !isAllowed(host)) {
    process.nextTick(() => this.destroy(refusal(host)));
    return this;
  }
  return connect.apply(this, args);
};
