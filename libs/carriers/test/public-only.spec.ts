import { describePublicOnly } from '@dialtone/testing';
import { PublicNetwork } from '@dialtone/wire';
import { CarrierHttp } from '../src/http/carrier-http';

describePublicOnly('a client of carriers', {
  ask: async (url, { privateNetworks, resolve }) => {
    const network = new PublicNetwork(privateNetworks);
    const dialling = { network, timeoutMs: 10_000, ...(resolve !== undefined && { resolve }) };
    const carrier = new CarrierHttp({ label: 'Plivo', baseUrl: url, secrets: [] }, dialling);
    const reply = await carrier.send({ what: 'list numbers', method: 'GET', path: '/' });
    if (reply.kind === 'ok') return reply.status;
    const { message } = reply.failure;
    const status = /\b3\d\d\b/.exec(message)?.[0];
    return status === undefined ? (/connection failed \(\w+\)/.exec(message)?.[0] ?? message) : Number(status);
  },
});
