// crypto.subtle: encryption, wrapped and derived keys.
const { subtle } = globalThis.crypto
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const data = new TextEncoder().encode('some data')

async function sealing() {
  const raw = new Uint8Array(32).fill(1)
  for (const algorithm of [
    { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: new Uint8Array(2), tagLength: 128 },
    { name: 'AES-CBC', iv: new Uint8Array(16) },
    { name: 'AES-CTR', counter: new Uint8Array(16), length: 64 },
  ]) {
    const key = await subtle.importKey('raw', raw, algorithm.name, true, ['encrypt', 'decrypt'])
    const sealed = await subtle.encrypt(algorithm, key, data)
    console.log(
      algorithm.name,
      hex(sealed),
      Buffer.from(await subtle.decrypt(algorithm, key, sealed)).toString(),
      (await subtle.exportKey('jwk', key)).alg,
    )
  }
  const pair = await subtle.generateKey(
    { name: 'RSA-OAEP', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'],
  )
  const sealed = await subtle.encrypt({ name: 'RSA-OAEP', label: data }, pair.publicKey, data)
  console.log(
    sealed.byteLength,
    Buffer.from(await subtle.decrypt({ name: 'RSA-OAEP', label: data }, pair.privateKey, sealed)).toString(),
  )
  const wrapping = await subtle.importKey('raw', raw, 'AES-KW', false, ['wrapKey', 'unwrapKey'])
  const content = await subtle.importKey('raw', new Uint8Array(16).fill(9), 'AES-GCM', true, ['encrypt'])
  const wrapped = await subtle.wrapKey('raw', content, wrapping, 'AES-KW')
  const again = await subtle.unwrapKey('raw', wrapped, wrapping, 'AES-KW', 'AES-GCM', true, ['encrypt'])
  console.log(hex(wrapped), hex(await subtle.exportKey('raw', again)))
  const viaRsa = await subtle.wrapKey('jwk', content, pair.publicKey, { name: 'RSA-OAEP' })
  const fromRsa = await subtle.unwrapKey('jwk', viaRsa, pair.privateKey, { name: 'RSA-OAEP' }, 'AES-GCM', true, [
    'encrypt',
  ])
  console.log(fromRsa.type, fromRsa.algorithm)
}

async function deriving() {
  const password = await subtle.importKey('raw', data, 'PBKDF2', false, ['deriveBits', 'deriveKey'])
  const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(8), iterations: 1000 }
  console.log(hex(await subtle.deriveBits(pbkdf2, password, 128)))
  const derived = await subtle.deriveKey(pbkdf2, password, { name: 'HMAC', hash: 'SHA-256', length: 256 }, true, [
    'sign',
  ])
  console.log(hex(await subtle.exportKey('raw', derived)), derived.algorithm)
  const secret = await subtle.importKey('raw', data, 'HKDF', false, ['deriveBits'])
  console.log(
    hex(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-384', salt: new Uint8Array(0), info: data }, secret, 256)),
  )
  for (const algorithm of [
    { name: 'ECDH', namedCurve: 'P-256' },
    { name: 'ECDH', namedCurve: 'P-521' },
    { name: 'X25519' },
  ]) {
    const ours = await subtle.generateKey(algorithm, true, ['deriveBits', 'deriveKey'])
    const theirs = await subtle.generateKey(algorithm, true, ['deriveBits'])
    const rawPublic = await subtle.exportKey('raw', theirs.publicKey)
    const peer = await subtle.importKey('raw', rawPublic, algorithm, true, [])
    const bits = await subtle.deriveBits({ name: algorithm.name, public: peer }, ours.privateKey, 256)
    const mirrored = await subtle.deriveBits({ name: algorithm.name, public: ours.publicKey }, theirs.privateKey, 256)
    const key = await subtle.deriveKey(
      { name: algorithm.name, public: peer },
      ours.privateKey,
      { name: 'AES-GCM', length: 128 },
      false,
      ['encrypt'],
    )
    console.log(algorithm, hex(bits) === hex(mirrored), key.algorithm, rawPublic.byteLength)
  }
  // SEC 1: the same point with one coordinate and a sign.
  const compressed = Buffer.from('039ecf5de899c265c1f9e340647fcfbf675184e8d42869a2e6b8bd15ece4f2af80', 'hex')
  const point = await subtle.importKey('raw', compressed, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify'])
  console.log(point.type, (await subtle.exportKey('jwk', point)).y)
}

exports.onExecuteCustomTokenExchange = async () => {
  await sealing()
  await deriving()
}
