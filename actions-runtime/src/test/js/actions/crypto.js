// require('crypto')
const crypto = require('crypto')
const { promisify } = require('util')

const hex = (bytes) => Buffer.from(bytes).toString('hex')
const line = (compute) => {
  try {
    console.log(compute())
  } catch (error) {
    console.log('threw', error.name, error.code)
  }
}

async function digests() {
  for (const name of ['md5', 'sha1', 'SHA256', 'RSA-SHA512', 'sha384', 'sha512-256', 'sha3-256']) {
    console.log(name, crypto.createHash(name).update('a').update(Buffer.from('b')).digest('hex').slice(0, 16))
  }
  console.log(
    crypto.createHmac('sha256', 'k').update('é', 'utf8').digest('base64url'),
    crypto.createHash('sha256').update('ff', 'hex').copy().digest('base64'),
  )
  try {
    crypto.createHash('nope')
  } catch (error) {
    console.log(error.message)
  }
  const hash = crypto.createHash('sha1')
  await require('stream/promises').pipeline(require('stream').Readable.from(['a', 'b']), hash)
  console.log(hash.read().toString('hex'))
  hash.destroy()
  const written = crypto.createHash('md5')
  written.end('x')
  console.log(hex((await written.toArray?.())?.[0] ?? written.read()).length)
  line(() => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')))
  line(() => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')))
  line(() => crypto.timingSafeEqual('a', 'a'))
}

async function derived() {
  console.log(
    crypto.pbkdf2Sync('pw', 'salt', 1000, 20, 'sha512').toString('hex'),
    (await promisify(crypto.pbkdf2)('pw', 'salt', 10, 8, 'sha1')).toString('hex'),
  )
  console.log(
    crypto.scryptSync('pw', 'salt', 24).toString('hex'),
    (await promisify(crypto.scrypt)('pw', 'salt', 8, { N: 1024, r: 8, p: 2 })).toString('hex'),
  )
  console.log(
    hex(crypto.hkdfSync('sha256', 'key', 'salt', 'info', 20)),
    hex(await promisify(crypto.hkdf)('sha512', 'key', '', '', 8)),
  )
  line(() => crypto.scryptSync('pw', 'salt', 8, { N: 3 }))
  line(() => crypto.scryptSync('pw', 'salt', 8, { N: 2 ** 20 }))
  const { length } = crypto.randomBytes(16)
  const number = crypto.randomInt(5, 6)
  console.log(
    length,
    number,
    crypto.randomUUID().length,
    (await promisify(crypto.randomBytes)(3)).length,
    crypto.randomFillSync(new Uint8Array(4)).length,
  )
}

function ciphers() {
  const key = Buffer.alloc(32, 1)
  const iv = Buffer.alloc(16, 2)
  for (const [name, size, vector] of [
    ['aes-256-cbc', 32, iv],
    ['aes-128-cbc', 16, iv],
    ['aes-192-ctr', 24, iv],
    ['aes-128-ecb', 16, null],
    ['des-ede3-cbc', 24, iv.subarray(0, 8)],
  ]) {
    const secret = Buffer.from(Array.from({ length: size }, (_, i) => i))
    const cipher = crypto.createCipheriv(name, secret, vector)
    const parts = [
      cipher.update('0123456789', 'utf8', 'hex'),
      cipher.update('abcdefghijklmnopqrstuvwxyz', 'utf8', 'hex'),
      cipher.final('hex'),
    ]
    const decipher = crypto.createDecipheriv(name, secret, vector)
    const opened = [decipher.update(parts.join(''), 'hex', 'utf8'), decipher.final('utf8')]
    console.log(name, parts, opened)
  }
  const gcm = crypto.createCipheriv('aes-256-gcm', key, iv.subarray(0, 12)).setAAD(Buffer.from('aad'))
  const sealed = [gcm.update('first '), gcm.update('second'), gcm.final()]
  const tag = gcm.getAuthTag()
  console.log(sealed.map(hex), hex(tag))
  const open = (with_) => {
    const decipher = crypto
      .createDecipheriv('aes-256-gcm', key, iv.subarray(0, 12))
      .setAAD(Buffer.from('aad'))
      .setAuthTag(with_)
    return decipher.update(Buffer.concat(sealed), null, 'utf8') + decipher.final('utf8')
  }
  line(() => open(tag))
  line(() => open(Buffer.alloc(16)))
  const tagged = (length, options, name = 'aes-256-gcm', start = iv.subarray(0, 12)) =>
    typeof crypto.createDecipheriv(name, key, start, options).setAuthTag(Buffer.alloc(length))
  line(() => tagged(12))
  line(() => tagged(9))
  line(() => tagged(17))
  line(() => tagged(12, { authTagLength: 16 }))
  line(() => tagged(16, { authTagLength: 16 }))
  line(() => tagged(16, {}, 'aes-256-cbc', iv))
  const wrap = crypto.createCipheriv('aes256-wrap', key, Buffer.alloc(8, 0xa6))
  console.log(hex(Buffer.concat([wrap.update(Buffer.alloc(16, 7)), wrap.final()])))
  const other = crypto.createCipheriv('aes256-wrap', key, Buffer.alloc(8, 1))
  const wrapped = other.update(Buffer.alloc(16, 7))
  const unwrap = (start) => crypto.createDecipheriv('aes256-wrap', key, Buffer.alloc(8, start)).update(wrapped)
  console.log(hex(wrapped), hex(unwrap(1)))
  try {
    console.log(hex(unwrap(0xa6)))
  } catch {
    console.log('another initial value')
  }
  const unpadded = crypto.createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false)
  console.log(hex(Buffer.concat([unpadded.update(Buffer.alloc(16)), unpadded.final()])))
  line(() => crypto.createCipheriv('aes-256-cbc', Buffer.alloc(3), iv))
  line(() => crypto.createCipheriv('aes-256-cbc', key, Buffer.alloc(3)))
  line(() => crypto.createCipheriv('nope', key, iv))
  line(() => crypto.createDecipheriv('aes-256-cbc', key, iv).update('00', 'hex', 'utf8') + 'x')
  const bad = crypto.createDecipheriv('aes-256-cbc', key, iv)
  bad.update(Buffer.alloc(16, 9))
  line(() => bad.final())
  console.log(
    crypto.getCipherInfo('aes-128-cbc').ivLength,
    crypto.getCiphers().includes('aes-256-gcm'),
    crypto.getHashes().includes('RSA-SHA256'),
  )
}

function signatures({ publicPems, privatePems, encryptedPem }) {
  const data = Buffer.from('data')
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = crypto.constants
  for (const [alg, hash, options] of [
    ['RS256', 'sha256', {}],
    ['PS256', 'sha256', { padding, saltLength }],
    ['PS256', 'sha384', { padding }],
    ['ES256', 'sha256', {}],
    ['ES384', 'sha384', { dsaEncoding: 'ieee-p1363' }],
    ['EdDSA', null, {}],
  ]) {
    const signature = crypto.sign(hash, data, { key: privatePems[alg], ...options })
    const good = crypto.verify(hash, data, { key: publicPems[alg], ...options }, signature)
    signature[8] ^= 1
    console.log(alg, good, crypto.verify(hash, data, { key: publicPems[alg], ...options }, signature))
  }
  const signed = crypto.createSign('RSA-SHA256').update('da').update('ta').sign(privatePems.RS256, 'base64')
  console.log(crypto.createVerify('sha256').update(data).verify(publicPems.RS256, signed, 'base64'), signed.length)
  const key = crypto.createPrivateKey({ key: encryptedPem, passphrase: 'open sesame' })
  console.log(
    key.type,
    key.asymmetricKeyType,
    key.asymmetricKeyDetails,
    crypto.createPublicKey(key).export({ type: 'pkcs1', format: 'pem' }).split('\n')[0],
  )
  line(() => crypto.createPrivateKey('nonsense'))
  const jwk = crypto.createPublicKey(publicPems.ES256).export({ format: 'jwk' })
  console.log(
    Object.keys(jwk).sort(),
    crypto.createPublicKey({ key: jwk, format: 'jwk' }).equals(crypto.createPublicKey(publicPems.ES256)),
  )
  const secret = crypto.createSecretKey('c2VjcmV0', 'base64')
  console.log(secret.type, secret.symmetricKeySize, secret.export().toString(), secret.export({ format: 'jwk' }))
  for (const encrypt of [
    {},
    { oaepHash: 'sha256', oaepLabel: Buffer.from('l') },
    { padding: crypto.constants.RSA_PKCS1_PADDING },
  ]) {
    const sealed = crypto.publicEncrypt({ key: publicPems.RS256, ...encrypt }, data)
    console.log(
      sealed.length,
      encrypt.padding === 1 ? '' : crypto.privateDecrypt({ key: privatePems.RS256, ...encrypt }, sealed).toString(),
    )
  }
  console.log(crypto.publicDecrypt(publicPems.RS256, crypto.privateEncrypt(privatePems.RS256, data)).toString())
}

async function pairs() {
  const { publicKey, privateKey } = await promisify(crypto.generateKeyPair)('ec', { namedCurve: 'P-384' })
  console.log(publicKey.asymmetricKeyDetails, privateKey.export({ type: 'sec1', format: 'pem' }).split('\n')[0])
  const [ours, theirs] = [crypto.createECDH('prime256v1'), crypto.createECDH('prime256v1')]
  ours.generateKeys()
  const compressed = theirs.generateKeys('hex', 'compressed')
  console.log(
    ours.computeSecret(compressed, 'hex').equals(theirs.computeSecret(ours.getPublicKey())),
    compressed.length,
  )
  ours.setPrivateKey(Buffer.alloc(32, 3))
  console.log(ours.getPublicKey('hex', 'compressed'), ours.getPrivateKey('base64'))
  const [a, b] = [crypto.generateKeyPairSync('x25519'), crypto.generateKeyPairSync('x25519')]
  const shared = crypto.diffieHellman({ privateKey: a.privateKey, publicKey: b.publicKey })
  console.log(
    shared.equals(crypto.diffieHellman({ privateKey: b.privateKey, publicKey: a.publicKey })),
    crypto.generateKeySync('aes', { length: 256 }).symmetricKeySize,
  )
  console.log(crypto.webcrypto.subtle === globalThis.crypto.subtle, typeof crypto.subtle.digest)
}

function certificates() {
  const certificate = new crypto.X509Certificate(CERTIFICATE)
  const {
    subject,
    issuer,
    subjectAltName,
    validFrom,
    validTo,
    fingerprint,
    fingerprint256,
    serialNumber,
    ca,
    keyUsage,
  } = certificate
  console.log({
    subject,
    issuer,
    subjectAltName,
    validFrom,
    validTo,
    fingerprint,
    fingerprint256,
    serialNumber,
    ca,
    keyUsage,
  })
  const { publicKey } = certificate
  console.log(
    publicKey.asymmetricKeyType,
    certificate.verify(publicKey),
    certificate.checkIssued(certificate),
    certificate.toString() === CERTIFICATE,
    certificate.raw.length,
  )
  console.log(
    certificate.checkHost('www.acme.example'),
    certificate.checkHost('other.example'),
    certificate.checkIP('192.0.2.7'),
    certificate.checkEmail('ca@acme.example'),
  )
  console.log(crypto.createPublicKey(CERTIFICATE).equals(publicKey), certificate.toLegacyObject().subject.CN)
  const odd = new crypto.X509Certificate(ODD_CERTIFICATE)
  console.log(odd.subjectAltName, odd.checkHost('evil.example'), odd.checkHost('good.example'))
  try {
    console.log(new crypto.X509Certificate('nonsense').subject)
  } catch (error) {
    console.log(error.name)
  }
}

exports.onExecuteCustomTokenExchange = async ({ given }) => {
  await digests()
  await derived()
  ciphers()
  signatures(given)
  await pairs()
  certificates()
}

// Self-signed by openssl, for this test.
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIICQjCCAeigAwIBAgIUInjgghd+dHq00n2kyB4Nt9iU6eYwCgYIKoZIzj0EAwIw
OTELMAkGA1UEBhMCREUxEzARBgNVBAoMCkFjbWUsIEluYy4xFTATBgNVBAMMDGFj
bWUuZXhhbXBsZTAgFw0yNjExMjYyMzA0NDlaGA8yMTI2MTEwMjIzMDQ0OVowOTEL
MAkGA1UEBhMCREUxEzARBgNVBAoMCkFjbWUsIEluYy4xFTATBgNVBAMMDGFjbWUu
ZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJ309cSiETfsC47I6M46
sFQYW6u6UKMfCPeGysmwQx6sD4OsYQpvTLhq6b1+qPgDanOiZXCBWY1Kb2GlKG7e
/7SjgcswgcgwHQYDVR0OBBYEFNnvXhN/tTcTnBSJpweYpTrgHFTfMB8GA1UdIwQY
MBaAFNnvXhN/tTcTnBSJpweYpTrgHFTfMA8GA1UdEwEB/wQFMAMBAf8wVgYDVR0R
BE8wTYIMYWNtZS5leGFtcGxlgg4qLmFjbWUuZXhhbXBsZYcEwAACB4EPY2FAYWNt
ZS5leGFtcGxlhhZodHRwczovL2FjbWUuZXhhbXBsZS94MB0GA1UdJQQWMBQGCCsG
AQUFBwMBBggrBgEFBQcDAjAKBggqhkjOPQQDAgNIADBFAiAr5GSd19KpOVW4t3F0
vVTZWajbnNoVqLzUBYJSmZ458gIhANCPiXyoJ2xY6L6+UwEvEfJ2GTiW9cmyLXwO
a3RggJGq
-----END CERTIFICATE-----
`

// Another, with a name that looks like two.
const ODD_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBiDCCAS6gAwIBAgIUJ8h3WnTbesGrqa3fWasqUqy4bBswCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLb2RkLmV4YW1wbGUwIBcNMjYxMTI2MjM0NTU3WhgPMjEyNjEx
MDIyMzQ1NTdaMBYxFDASBgNVBAMMC29kZC5leGFtcGxlMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAE8NXrRb5HdR/vJtzBcyk7oXHvnCJvnMz4YiTBEmaumlrfjEP6
UChnU2pMe3L9dcfEzBxnTP1d1L2NXKMOj027vaNYMFYwNQYDVR0RBC4wLIYcaHR0
cDovL2FcIiwgRE5TOmV2aWwuZXhhbXBsZYIMZ29vZC5leGFtcGxlMB0GA1UdDgQW
BBRzQNqG27yTQk5A3SxuPJk8lJ3gkjAKBggqhkjOPQQDAgNIADBFAiEA7KmChorg
eru0zUCgbcbZbJUSR+l4L88nH+93n/hiDzwCIDUcy/jr/YDzyIrMyo9QU2MhPtWX
7eklFknpZ5NdQHAg
-----END CERTIFICATE-----
`
