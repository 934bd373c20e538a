import { createHash } from 'node:crypto';
import { PublicNetwork, resolveBySystem, type Resolve } from '@dialtone/wire';
import type { CallbackSpec } from './callbacks/callback';
import type { CarrierSpec, SipGateway } from './carrier-spec';
import { exotel } from './exotel/exotel';
import { mcube } from './mcube/mcube';
import { plivo } from './plivo/plivo';
import { CARRIER_NAMES, type Carrier, type CarrierAccess, type CarrierName } from './port';
import { stateOfHost } from './sip/host-check';
import { sip } from './sip/sip';
import { tataSmartflo } from './tata-smartflo/tata-smartflo';
import { twilio } from './twilio/twilio';
import { vobiz } from './vobiz/vobiz';
import { voicelinkCallbacks } from './voicelink/voicelink-callbacks';

/** A new carrier is a folder and a row here. */
const CARRIERS: Readonly<Record<CarrierName, CarrierSpec>> = {
  twilio,
  plivo,
  vobiz,
  exotel,
  tata_smartflo: tataSmartflo,
  mcube,
  sip,
};

/** What is known of a carrier without asking it. */
export const carrierInfo = (name: CarrierName): Pick<CarrierSpec, 'label' | 'login' | 'isGuessable'> => CARRIERS[name];

/** Those that call back: VoiceLink does, too. */
export const CALLERS_BACK = [...CARRIER_NAMES, 'voicelink'] as const;
export type CallerBack = (typeof CALLERS_BACK)[number];

/** How a carrier calls back. */
export const callbacksOf = (name: CallerBack): CallbackSpec =>
  name === 'voicelink' ? voicelinkCallbacks : CARRIERS[name].callbacks;

export interface CarriersOptions {
  /** Base URLs that the operator puts in place of the carriers' own. */
  readonly baseUrls: Readonly<Partial<Record<string, string>>>;
  /** Networks in CIDR notation that may be dialled although they are not public. */
  readonly privateNetworks: readonly string[];
  /** How long one request may take altogether, ms. */
  readonly timeoutMs: number;
  readonly sipGateway: SipGateway | null;
  /** In place of the system's resolver. */
  readonly resolve?: Resolve;
}

/** Accounts that are kept open: what an account costs is a token, at most. */
const KEPT = 1_000;

/** Opens accounts at all carriers. Only public addresses are dialled, whatever a partner has named. */
export class Carriers {
  private readonly network: PublicNetwork;
  private readonly opened = new Map<string, Carrier>();

  constructor(private readonly options: CarriersOptions) {
    this.network = new PublicNetwork(options.privateNetworks);
  }

  /** The same object for the same access, for a while. Null when the fields name no base URL that credentials may be sent to. */
  open(name: CarrierName, access: CarrierAccess): Carrier | null {
    const key = createHash('sha256')
      .update(JSON.stringify([name, access]))
      .digest('base64url');
    const carrier = this.opened.get(key) ?? this.make(name, access);
    this.opened.delete(key);
    if (carrier !== null) this.opened.set(key, carrier);
    const [oldest] = this.opened.keys();
    if (oldest !== undefined && this.opened.size > KEPT) this.opened.delete(oldest);
    return carrier;
  }

  private make(name: CarrierName, access: CarrierAccess): Carrier | null {
    const spec = CARRIERS[name];
    const { timeoutMs, sipGateway, resolve = resolveBySystem } = this.options;
    const field = (named: string): string => {
      const value = access.credentials[named];
      return typeof value === 'string' ? value : '';
    };
    const elsewhere = this.options.baseUrls[name];
    const baseUrl = elsewhere ?? access.baseUrl ?? spec.baseUrlOf(field);
    if (baseUrl === null) return null;
    return spec.open({
      field,
      baseUrl,
      isElsewhere: elsewhere !== undefined,
      dialling: { network: this.network, timeoutMs, resolve },
      sipGateway,
      hostState: (host) => stateOfHost(host, { network: this.network, resolve }),
    });
  }
}
