// Ciphers that give out what they can as they go, over host operations on whole blocks.
import { copyBytes } from '../../host/intrinsics.js'
import { Buffer } from '../buffer.js'
import { operate } from './support.js'

const bytesFrom = (buffer) => Buffer.from(buffer)
const NOTHING = Buffer.alloc(0)

function opensslError(message, code, reason) {
  return Object.assign(new Error(`error:1C80006B:Provider routines::${message}`), {
    code,
    library: 'Provider routines',
    reason,
  })
}

/** CBC and ECB: whole blocks, the last one padded (PKCS #7). */
export class Blocks {
  padded = true
  #mode
  #size
  #key
  #chain
  #encrypting
  #pending = NOTHING

  constructor(mode, size, key, iv, encrypting) {
    this.#mode = mode
    this.#size = size
    this.#key = key
    this.#chain = iv
    this.#encrypting = encrypting
  }

  update(data) {
    const all = Buffer.concat([this.#pending, data])
    // The last block of a padded text is kept back, for only the end tells what of it is padding.
    const held =
      this.padded && !this.#encrypting && all.length % this.#size === 0
        ? Math.min(this.#size, all.length)
        : all.length % this.#size
    const ready = all.subarray(0, all.length - held)
    this.#pending = all.subarray(all.length - held)
    return ready.length === 0 ? NOTHING : this.#run(ready)
  }

  final() {
    const rest = this.#pending
    if (!this.padded) {
      if (rest.length > 0) {
        throw opensslError('wrong final block length', 'ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH', 'wrong final block length')
      }
      return NOTHING
    }
    if (this.#encrypting) {
      const fill = this.#size - rest.length
      return this.#run(Buffer.concat([rest, Buffer.alloc(fill, fill)]))
    }
    if (rest.length !== this.#size) {
      throw opensslError('wrong final block length', 'ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH', 'wrong final block length')
    }
    return this.#unpadded(this.#run(rest))
  }

  #unpadded(block) {
    const fill = block[block.length - 1]
    const valid = fill >= 1 && fill <= this.#size && block.subarray(block.length - fill).every((byte) => byte === fill)
    if (!valid) {
      throw Object.assign(opensslError('bad decrypt', 'ERR_OSSL_BAD_DECRYPT', 'bad decrypt'), {
        message: 'error:1C800064:Provider routines::bad decrypt',
      })
    }
    return block.subarray(0, block.length - fill)
  }

  #run(data) {
    const iv = this.#chain === undefined ? [] : [this.#chain]
    const result = bytesFrom(
      operate('cipher.blocks', this.#mode, this.#encrypting ? 'encrypt' : 'decrypt', this.#key, copyBytes(data), ...iv),
    )
    if (this.#chain !== undefined) {
      const last = this.#encrypting ? result : data
      this.#chain = copyBytes(last.subarray(last.length - this.#size))
    }
    return result
  }
}

const BLOCK = 16

/** CTR: as many bytes out as in. The counter is the last bits of the block, and wraps. */
export class Counter {
  #key
  #start
  #bits
  #done = 0

  constructor(key, start, bits) {
    this.#key = key
    this.#start = Buffer.from(start)
    this.#bits = bits
  }

  update(data) {
    if (data.length === 0) {
      return NOTHING
    }
    const skipped = this.#done % BLOCK
    const block = this.#blockAt(Math.floor(this.#done / BLOCK))
    this.#done += data.length
    const input = copyBytes(Buffer.concat([Buffer.alloc(skipped), data]))
    return bytesFrom(operate('aes.encrypt', 'AES-CTR', `${this.#bits}`, this.#key, block, input)).subarray(skipped)
  }

  final() {
    return NOTHING
  }

  #blockAt(index) {
    const start = BigInt(`0x${this.#start.toString('hex')}`)
    const mask = (1n << BigInt(this.#bits)) - 1n
    const counter = (start & ~mask) | ((start + BigInt(index)) & mask)
    return copyBytes(Buffer.from(counter.toString(16).padStart(2 * BLOCK, '0'), 'hex'))
  }
}

const TAG = 16
/** Shorter ones, which Node takes and the host does not have, are refused as well. */
const TAGS = [12, 13, 14, 15, 16]
const COMMON_IV = 12

const unauthenticated = () => new Error('Unsupported state or unable to authenticate data')

/** GCM: counted as it goes, with the tag computed or compared at the end over all of it. */
export class Gcm {
  additional
  tag
  #key
  #iv
  #encrypting
  #tagLength
  #fixed
  #counter
  #chunks = []

  /** @param tagLength of the tag in bytes, where the caller says it: then a shorter tag is none */
  constructor(key, iv, encrypting, tagLength) {
    this.#key = key
    this.#iv = iv
    this.#encrypting = encrypting
    this.#fixed = tagLength !== undefined
    this.#tagLength = tagLength ?? TAG
    // The counter of an IV of another length takes a hash of it: then everything comes at the end.
    if (iv.byteLength === COMMON_IV) {
      this.#counter = new Counter(key, Buffer.concat([Buffer.from(iv), Buffer.from([0, 0, 0, 2])]), 32)
    }
  }

  /** The tag to compare with, of a length that was said or that GCM has (NIST SP 800-38D §5.2.1.2). */
  expect(tag) {
    const { length } = tag
    if (this.#fixed ? length !== this.#tagLength : !TAGS.includes(length)) {
      throw Object.assign(new TypeError(`Invalid authentication tag length: ${length}`), {
        code: 'ERR_CRYPTO_INVALID_AUTH_TAG',
      })
    }
    this.tag = tag
  }

  update(data) {
    this.#chunks.push(Buffer.from(data))
    return this.#counter === undefined ? NOTHING : this.#counter.update(data)
  }

  final() {
    const result = this.#encrypting ? this.#seal() : this.#open()
    return this.#counter === undefined ? result : NOTHING
  }

  #seal() {
    const sealed = this.#run('aes.encrypt', Buffer.concat(this.#chunks))
    this.tag = sealed.subarray(sealed.length - this.#tagLength)
    return sealed.subarray(0, sealed.length - this.#tagLength)
  }

  #open() {
    if (this.tag === undefined) {
      throw unauthenticated()
    }
    this.#tagLength = this.tag.length
    try {
      return this.#run('aes.decrypt', Buffer.concat([...this.#chunks, this.tag]))
    } catch {
      throw unauthenticated()
    }
  }

  #run(operation, data) {
    const extra = this.additional === undefined ? [] : [copyBytes(this.additional)]
    return bytesFrom(
      operate(operation, 'AES-GCM', `${8 * this.#tagLength}`, this.#key, this.#iv, copyBytes(data), ...extra),
    )
  }
}

/** Key wrap (RFC 3394): one key in, one key out. The IV is the value that is looked for when the key is unwrapped. */
export class KeyWrap {
  #key
  #iv
  #encrypting

  constructor(key, iv, encrypting) {
    this.#key = key
    this.#iv = iv
    this.#encrypting = encrypting
  }
  update(data) {
    return bytesFrom(operate(this.#encrypting ? 'aes.wrap' : 'aes.unwrap', this.#key, copyBytes(data), this.#iv))
  }
  final() {
    return NOTHING
  }
}
