// Kept answers are encrypted with the caller's API key: one may show a secret that the platform itself forgets.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const SALT = 16
const NONCE = 12
const TAG = 16

/** salt, nonce, tag and ciphertext, in base64. */
export function seal(body: string, apiKey: string): string {
  const salt = randomBytes(SALT)
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv(CIPHER, keyOf(apiKey, salt), nonce)
  const encrypted = Buffer.concat([cipher.update(body, 'utf8'), cipher.final()])
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), encrypted]).toString('base64')
}

/** Undefined where it was sealed with another key. */
export function unseal(sealed: string, apiKey: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  const salt = bytes.subarray(0, SALT)
  const nonce = bytes.subarray(SALT, SALT + NONCE)
  const tag = bytes.subarray(SALT + NONCE, SALT + NONCE + TAG)
  const decipher = createDecipheriv(CIPHER, keyOf(apiKey, salt), nonce).setAuthTag(tag)
  try {
    return Buffer.concat([decipher.update(bytes.subarray(SALT + NONCE + TAG)), decipher.final()]).toString()
  } catch {
    return undefined
  }
}

/** HKDF (RFC 5869). API keys are random, so no slow function is needed. */
function keyOf(apiKey: string, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', apiKey, salt, 'graft kept answer', 32))
}
