/** Seals secrets before they are stored. The implementation lives with the keys, outside this lib. */
export interface SecretBox {
  /** `aad` binds the sealed text to its place: `table|row id|column`. */
  encrypt(aad: string, plain: string): Buffer;
  /** Throws when the text was changed, moved to another place, or sealed with a key that is gone. */
  decrypt(aad: string, sealed: Buffer): string;
}

/** What the stores need to keep secrets unreadable. */
export interface StoreSecrets {
  readonly secretBox: SecretBox;
  /** HMAC-SHA-256 with the deployment's pepper, of the secret part of an API key. */
  readonly hmac: (secret: string) => Buffer;
}
