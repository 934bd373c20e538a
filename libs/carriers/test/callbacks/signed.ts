import type { CallbackKeys, CallbackRequest, CarrierName, Proof } from '../../src';
import { callbacksOf } from '../../src';

export const NOW = Date.parse('2026-11-30T08:00:00Z');
export const TOKEN = '0123456789abcdef0123456789abcdef';
export const NONCE = '12345678901234567890';
export const BASE = 'https://api.example.com/callbacks';

export const keys = (more: Partial<CallbackKeys> = {}): CallbackKeys => ({
  field: (name) => (name === 'auth_token' ? TOKEN : ''),
  gatewaySecret: TOKEN,
  now: NOW,
  ...more,
});

export const formRequest = (url: string, body: string, headers: Readonly<Record<string, string>>): CallbackRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body,
});

export const prove = (name: CarrierName, request: CallbackRequest, more: Partial<CallbackKeys> = {}): Proof =>
  callbacksOf(name).prove(request, keys(more));
