// crypto.subtle: digests, signatures, and keys in every form.
const { subtle } = globalThis.crypto
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const data = new TextEncoder().encode('some data')

const sorted = (jwk) => Object.entries(jwk).sort()

async function signing() {
  for (const [algorithm, parameters] of [
    [
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
      'RSASSA-PKCS1-v1_5',
    ],
    [
      { name: 'RSA-PSS', hash: 'SHA-384', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
      { name: 'RSA-PSS', saltLength: 48 },
    ],
    [
      { name: 'ECDSA', namedCurve: 'P-256' },
      { name: 'ECDSA', hash: 'SHA-256' },
    ],
    [
      { name: 'ECDSA', namedCurve: 'P-384' },
      { name: 'ECDSA', hash: 'SHA-384' },
    ],
    [
      { name: 'ECDSA', namedCurve: 'P-521' },
      { name: 'ECDSA', hash: { name: 'SHA-512' } },
    ],
    [{ name: 'Ed25519' }, 'Ed25519'],
  ]) {
    const { publicKey, privateKey } = await subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const signature = await subtle.sign(parameters, privateKey, data)
    const forms = []
    for (const [format, key, usage] of [
      ['jwk', publicKey, 'verify'],
      ['spki', publicKey, 'verify'],
      ['jwk', privateKey, 'sign'],
      ['pkcs8', privateKey, 'sign'],
    ]) {
      const again = await subtle.importKey(format, await subtle.exportKey(format, key), algorithm, true, [usage])
      const holds =
        usage === 'verify'
          ? await subtle.verify(parameters, again, signature, data)
          : await subtle.verify(parameters, publicKey, await subtle.sign(parameters, again, data), data)
      forms.push(format, holds)
    }
    const other = await subtle.verify(parameters, publicKey, signature, new Uint8Array(3))
    console.log(
      algorithm.name,
      algorithm.namedCurve,
      signature.byteLength,
      forms,
      other,
      publicKey.usages,
      privateKey.algorithm.name,
    )
  }
  const hmac = await subtle.importKey('raw', Buffer.from('key'), { name: 'HMAC', hash: 'SHA-512' }, true, [
    'sign',
    'verify',
  ])
  const mac = await subtle.sign('HMAC', hmac, data)
  console.log(
    hex(mac).slice(0, 32),
    await subtle.verify('HMAC', hmac, mac, data),
    sorted(await subtle.exportKey('jwk', hmac)),
  )
}

async function refusing() {
  const rsa = { name: 'RSA-PSS', hash: 'SHA-256' }
  for (const attempt of [
    () => subtle.importKey('spki', new Uint8Array([1, 2]), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']),
    () => subtle.importKey('raw', new Uint8Array(5), 'AES-GCM', true, ['encrypt']),
    () => subtle.importKey('raw', new Uint8Array(9), { name: 'HMAC', hash: 'SHA-256' }, true, []),
    () => subtle.importKey('raw', new Uint8Array(9), { name: 'HMAC', hash: 'SHA-256' }, true, ['encrypt']),
    () => subtle.importKey('jwk', { kty: 'RSA', n: 'AQAB' }, rsa, true, ['verify']),
    () => subtle.digest('MD5', data),
    () => subtle.generateKey({ name: 'AES-GCM', length: 100 }, true, ['encrypt']),
  ]) {
    await attempt().then(
      () => console.log('accepted'),
      (error) => console.log(error.name),
    )
  }
  const key = await subtle.importKey('raw', new Uint8Array(16), 'AES-GCM', false, ['encrypt'])
  for (const attempt of [
    () => subtle.decrypt({ name: 'AES-GCM', iv: data }, key, data),
    () => subtle.sign('HMAC', key, data),
  ]) {
    await attempt().then(
      () => console.log('accepted'),
      (error) => console.log(error.name),
    )
  }
}

exports.onExecuteCustomTokenExchange = async () => {
  for (const hash of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) {
    console.log(hash, hex(await subtle.digest(hash, data)).slice(0, 16))
  }
  await signing()
  await refusing()
  const key = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])
  console.log(
    crypto.getRandomValues(new Uint8Array(4)).length,
    crypto.randomUUID().length,
    key instanceof CryptoKey,
    key.type,
    key.algorithm.length,
  )
}
