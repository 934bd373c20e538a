import type { CallOrder, CallReading, Carrier, Ending, NumberListing, Placement, Verdict } from '../port';
import type { CarrierSpec, SipGateway } from '../carrier-spec';
import { endingOf, notConfigured, placementOf, readingOf } from '../http/outcomes';
import { digitsOf, textIn } from '../http/read';
import type { HostState } from './host-check';
import { Jambonz, jambonzState } from './jambonz';
import { jambonzCallbacks } from './jambonz-callbacks';

const NO_GATEWAY = notConfigured(
  'SIP calls need a media gateway, and this deployment has none: SIP_GATEWAY_URL is not set',
);

const PRIVATE = notConfigured(
  'SIP: sip_host is no public address: name the host of the trunk as the Internet sees it',
  'rejected',
);
const UNRESOLVED = notConfigured('SIP: sip_host has no address: check its spelling', 'unavailable');

interface Trunk {
  readonly host: string;
  readonly username: string;
  readonly password: string;
  readonly transport: string;
}

interface Parts {
  readonly trunk: Trunk;
  readonly hostState: () => Promise<HostState>;
  readonly gateway: SipGateway | null;
  readonly jambonz: Jambonz | null;
}

/** A trunk, dialled by the operator's media gateway. */
class Sip implements Carrier {
  constructor(private readonly parts: Parts) {}

  /** A trunk proves its credentials with the first call. */
  async verify(): Promise<Verdict> {
    switch (await this.parts.hostState()) {
      case 'refused':
        return { kind: 'refused', failure: PRIVATE };
      case 'unresolved':
        return { kind: 'unknown', failure: UNRESOLVED };
      case 'public':
        return { kind: 'unverifiable' };
    }
  }

  listNumbers(): Promise<NumberListing> {
    return Promise.resolve({ kind: 'unsupported' });
  }

  async placeCall(order: CallOrder): Promise<Placement> {
    const { jambonz, gateway } = this.parts;
    if (jambonz === null || gateway === null) return { kind: 'refused', failure: NO_GATEWAY };
    // Asked again for each call: the name may lead elsewhere by now.
    const host = await this.parts.hostState();
    if (host !== 'public') return { kind: 'refused', failure: host === 'refused' ? PRIVATE : UNRESOLVED };
    const reply = await jambonz.place(order, {
      from: spelled(order.from, gateway),
      to: this.target(order, gateway),
      call_hook: { url: order.answerUrl, method: 'post' },
      call_status_hook: { url: order.statusUrl, method: 'post' },
      timeout: order.ringSeconds,
      tag: { ...order.parameters, call_id: order.callId },
    });
    return placementOf(reply, (body) => textIn(body, 'sid'));
  }

  async readCall(carrierId: string): Promise<CallReading> {
    const { jambonz } = this.parts;
    return jambonz === null ? { kind: 'unsupported' } : readingOf(await jambonz.read(carrierId), jambonzState);
  }

  async endCall(carrierId: string): Promise<Ending> {
    const { jambonz } = this.parts;
    return jambonz === null ? { kind: 'unsupported' } : endingOf(await jambonz.end(carrierId));
  }

  private target({ to }: CallOrder, gateway: SipGateway): Readonly<Record<string, unknown>> {
    const { host, username, password, transport } = this.parts.trunk;
    const how = transport === '' ? '' : `;transport=${transport.toLowerCase()}`;
    const sipUri = `sip:${spelled(to, gateway)}@${host}${how}`;
    return { type: 'sip', sipUri, ...(username !== '' && { auth: { username, password } }) };
  }
}

const spelled = (number: string, { leadingPlus }: SipGateway): string =>
  leadingPlus ? `+${digitsOf(number)}` : digitsOf(number);

/** docs/carriers/sip.md */
export const sip: CarrierSpec = {
  label: 'SIP',
  // The gateway's URL is a setting of its own.
  baseUrlOf: () => 'https://sip.invalid',
  login: ['sip_host'],
  isGuessable: false,
  callbacks: jambonzCallbacks,
  open: ({ field, dialling, sipGateway, hostState }) => {
    const [host, password] = [field('sip_host'), field('outbound_password')];
    const trunk = { host, username: field('outbound_username'), password, transport: field('sip_transport') };
    const jambonz = sipGateway === null ? null : new Jambonz(sipGateway, dialling, [password]);
    return new Sip({ trunk, hostState: () => hostState(host), gateway: sipGateway, jambonz });
  },
};
