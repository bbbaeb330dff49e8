// Hash algorithms by the names that WebCrypto takes.
import { notSupported } from './errors.js'

const BLOCK_BITS = { 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 }

export function hashName(hash) {
  const name = `${typeof hash === 'object' && hash !== null ? hash.name : hash}`.toUpperCase()
  if (!Object.hasOwn(BLOCK_BITS, name)) {
    throw notSupported(`Unrecognized hash: ${name}`)
  }
  return name
}

export const blockBits = (name) => BLOCK_BITS[name]
/** 256 of SHA-256, 1 of SHA-1. */
export const hashSize = (name) => name.slice(4)
