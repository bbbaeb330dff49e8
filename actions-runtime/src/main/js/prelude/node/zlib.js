// require('zlib'): the polyfill, with what Node added to it since. Brotli is read and not written.
import { bytesOf, getPrototypeOf } from '../host/intrinsics.js'
import { own } from '../host/own.js'
import { Buffer } from './buffer.js'
import { stream } from './stream.js'

const polyfill = require('browserify-zlib')

function failure(message, code) {
  const error = new Error(message)
  error.code = code
  return error
}

function brotliDecompressSync(data) {
  const decode = require('brotli/decompress')
  try {
    return Buffer.from(decode(Buffer.from(data)))
  } catch {
    throw failure('Decompression failed', 'ERR__ERROR_FORMAT')
  }
}

function brotliDecompress(data, ...rest) {
  const callback = rest.at(-1)
  globalThis.process.nextTick(() => {
    let result
    try {
      result = brotliDecompressSync(data)
    } catch (error) {
      callback(error)
      return
    }
    callback(null, result)
  })
}

class BrotliDecompress extends stream.Transform {
  #chunks = []
  _transform(chunk, _encoding, done) {
    this.#chunks.push(chunk)
    done()
  }
  _flush(done) {
    brotliDecompress(Buffer.concat(this.#chunks), done)
  }
}

/**
 * Compressors share their classes, which are met only behind one, and tables, which are never written again: these
 * become so for good, for the host would look at every number in them after each run.
 */
function closeInternals() {
  const { strm } = polyfill.createDeflate()._handle
  const { state } = strm
  const classes = [strm, state]
  for (const tree of [state.l_desc, state.d_desc, state.bl_desc]) {
    const { stat_desc: fixed } = tree
    classes.push(tree, fixed)
    for (const table of [fixed, fixed.static_tree, fixed.extra_bits]) {
      Object.freeze(table)
    }
  }
  own(() => classes.map(getPrototypeOf))
}
closeInternals()

/** The polyfill's functions of one call, which know no other bytes than those of a Buffer. */
const whole = {}
for (const name of ['deflate', 'deflateRaw', 'gunzip', 'gzip', 'inflate', 'inflateRaw', 'unzip']) {
  for (const form of [name, `${name}Sync`]) {
    whole[form] = (data, ...rest) =>
      polyfill[form](typeof data === 'string' ? data : Buffer.from(bytesOf(data)), ...rest)
  }
}

const unavailable = () => {
  throw failure('Compression with Brotli is not available in Actions', 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM')
}

let table
function crc32(data, value = 0) {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) {
      n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1
    }
    return n
  })
  let crc = ~value
  for (const byte of Buffer.from(data)) {
    crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]
  }
  return ~crc >>> 0
}

export const zlib = {
  ...polyfill,
  ...whole,
  BrotliCompress: unavailable,
  BrotliDecompress,
  brotliCompress: unavailable,
  brotliCompressSync: unavailable,
  brotliDecompress,
  brotliDecompressSync,
  constants: {
    ...Object.fromEntries(
      Object.entries(polyfill).filter(([name, value]) => /^Z_/.test(name) && typeof value === 'number'),
    ),
    BROTLI_OPERATION_PROCESS: 0,
    BROTLI_OPERATION_FLUSH: 1,
    BROTLI_OPERATION_FINISH: 2,
    BROTLI_PARAM_QUALITY: 1,
  },
  crc32,
  createBrotliCompress: unavailable,
  createBrotliDecompress: (options) => new BrotliDecompress(options),
}
