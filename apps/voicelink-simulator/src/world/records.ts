/** What the simulated VoiceLink stores. The wire shapes, which differ per endpoint, are made in `upstream/wire.ts`. */

export type Bit = 0 | 1;

/** `user_status`: 1 available, 2 assigned, 3 expired, 4 inactive (VoiceLink upstream notes §6.2). */
export type UserStatus = 1 | 2 | 3 | 4;

export interface Client {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: string | null;
  readonly channelCount: number;
  readonly isActive: Bit;
  readonly walletBalance: string;
}

export interface Did {
  /** The `did_id` that map-did and call routing take. */
  readonly id: number;
  /** Digits with country code, as registered. */
  readonly number: string;
  readonly countryCode: string;
  readonly typeLabel: string;
  readonly clientId: number | null;
  readonly userStatus: UserStatus;
  /** `YYYY-MM-DD` of the mapping. */
  readonly userExpiryDate: string | null;
  readonly callRecording: Bit;
  readonly description: string | null;
  readonly clientAutoRenew: Bit;
  /** `YYYY-MM-DD` of the purchase. */
  readonly expiryDate: string;
  readonly isExpired: boolean;
}

export const AUDIO_FORMATS = ['alaw', 'ulaw', 'l16', 'l16_16k'] as const;

export interface Bot {
  readonly id: number;
  readonly name: string;
  readonly websocketUrl: string | null;
  readonly webhookUrl: string | null;
  readonly audioFormat: string;
  readonly noiseCancel: Bit;
  readonly status: Bit;
  readonly clientId: number | null;
  /** The list shows 0 whatever `status` is, as was seen on the real platform. */
  readonly misreported: boolean;
}

export interface Routing {
  readonly id: number;
  readonly didId: number;
  readonly forInboundCall: number;
  readonly forOutboundCall: number;
  readonly inboundBotId: number | null;
  readonly inboundTrunkId: number | null;
  readonly outboundBotId: number | null;
  readonly outboundTrunkId: number | null;
  readonly status: Bit;
}

export interface Trunk {
  readonly id: number;
  readonly name: string;
  readonly status: Bit;
  readonly clientId: number | null;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** Routing codes (VoiceLink upstream notes §8.1). */
export const MOBILE = 1;
export const SIP = 2;
export const BOT = 3;
export const ONLY_ANSWER = 4;
