// An Action that works through the vectors of its event by crypto.subtle and by require('crypto'), and prints where one of
// these does not do what the vector says.
const node = require('crypto')
const { subtle } = crypto

const bytes = (text) => Buffer.from(text, 'base64url')
const same = (buffer, text) => Buffer.from(buffer).equals(bytes(text))
const nodeHash = (hash) => hash.replace('-', '').toLowerCase()
const spkiKey = ({ spki }) => node.createPublicKey({ key: bytes(spki), format: 'der', type: 'spki' })
const importSpki = (group, algorithm) => subtle.importKey('spki', bytes(group.spki), algorithm, false, ['verify'])

const cipher = (mode, { key }) => `aes-${bytes(key).length * 8}-${mode}`
const whole = (cipher, data) => Buffer.concat([cipher.update(data), cipher.final()])

const aesKey = ({ key }, name, usages) => subtle.importKey('raw', bytes(key), name, false, usages)

/** Both ways of a cipher: what is opened must be the message; what is sealed is looked at where the vector is valid. */
async function bothWays(test, open, seal, sealed) {
  const opened = same(await open(), test.msg)
  return opened && (test.result !== 'valid' || same(await seal(), sealed))
}

async function agree(algorithm, test) {
  const ours = await subtle.importKey('jwk', test.private, algorithm, false, ['deriveBits'])
  const theirs = await subtle.importKey('jwk', test.public, algorithm, false, [])
  return same(await subtle.deriveBits({ name: ours.algorithm.name, public: theirs }, ours, null), test.shared)
}

const agreeByNode = (test) =>
  same(
    node.diffieHellman({
      privateKey: node.createPrivateKey({ key: test.private, format: 'jwk' }),
      publicKey: node.createPublicKey({ key: test.public, format: 'jwk' }),
    }),
    test.shared,
  )

const WRAP_IV = Buffer.alloc(8, 0xa6)
const DIGEST_BITS = { 'SHA-1': 160, 'SHA-256': 256, 'SHA-384': 384, 'SHA-512': 512 }

/** How each kind of vector is tried. True is success; false or an error is refusal. */
const FAMILIES = {
  ecdsa: {
    async web(group, test) {
      const key = await importSpki(group, { name: 'ECDSA', namedCurve: group.curve })
      return subtle.verify({ name: 'ECDSA', hash: group.hash }, key, bytes(test.sig), bytes(test.msg))
    },
    node: (group, test) =>
      node.verify(nodeHash(group.hash), bytes(test.msg), { key: spkiKey(group), dsaEncoding: 'ieee-p1363' }, bytes(test.sig)),
  },
  'ecdsa-der': {
    node: (group, test) => node.verify(nodeHash(group.hash), bytes(test.msg), spkiKey(group), bytes(test.sig)),
  },
  ed25519: {
    async web(group, test) {
      const key = await importSpki(group, 'Ed25519')
      return subtle.verify('Ed25519', key, bytes(test.sig), bytes(test.msg))
    },
    node: (group, test) => node.verify(null, bytes(test.msg), spkiKey(group), bytes(test.sig)),
  },
  'rsa-pkcs1': {
    async web(group, test) {
      const key = await importSpki(group, { name: 'RSASSA-PKCS1-v1_5', hash: group.hash })
      return subtle.verify('RSASSA-PKCS1-v1_5', key, bytes(test.sig), bytes(test.msg))
    },
    node: (group, test) => node.verify(nodeHash(group.hash), bytes(test.msg), spkiKey(group), bytes(test.sig)),
  },
  'rsa-pss': {
    async web(group, test) {
      const key = await importSpki(group, { name: 'RSA-PSS', hash: group.hash })
      return subtle.verify({ name: 'RSA-PSS', saltLength: group.saltLength }, key, bytes(test.sig), bytes(test.msg))
    },
    node(group, test) {
      const key = { key: spkiKey(group), padding: node.constants.RSA_PKCS1_PSS_PADDING, saltLength: group.saltLength }
      return node.verify(nodeHash(group.hash), bytes(test.msg), key, bytes(test.sig))
    },
  },
  'rsa-oaep': {
    async web(group, test) {
      const algorithm = { name: 'RSA-OAEP', hash: group.hash }
      const key = await subtle.importKey('pkcs8', bytes(group.pkcs8), algorithm, false, ['decrypt'])
      return same(await subtle.decrypt({ name: 'RSA-OAEP', label: bytes(test.label) }, key, bytes(test.ct)), test.msg)
    },
    node(group, test) {
      const key = node.createPrivateKey({ key: bytes(group.pkcs8), format: 'der', type: 'pkcs8' })
      const options = { key, oaepHash: nodeHash(group.hash), oaepLabel: bytes(test.label) }
      return same(node.privateDecrypt(options, bytes(test.ct)), test.msg)
    },
  },
  'aes-cbc': {
    async web(_group, test) {
      const key = await aesKey(test, 'AES-CBC', ['encrypt', 'decrypt'])
      const algorithm = { name: 'AES-CBC', iv: bytes(test.iv) }
      return bothWays(
        test,
        () => subtle.decrypt(algorithm, key, bytes(test.ct)),
        () => subtle.encrypt(algorithm, key, bytes(test.msg)),
        test.ct,
      )
    },
    node: (_group, test) =>
      bothWays(
        test,
        () => whole(node.createDecipheriv(cipher('cbc', test), bytes(test.key), bytes(test.iv)), bytes(test.ct)),
        () => whole(node.createCipheriv(cipher('cbc', test), bytes(test.key), bytes(test.iv)), bytes(test.msg)),
        test.ct,
      ),
  },
  'aes-gcm': {
    async web({ tagBits }, test) {
      const key = await aesKey(test, 'AES-GCM', ['encrypt', 'decrypt'])
      const algorithm = { name: 'AES-GCM', iv: bytes(test.iv), additionalData: bytes(test.aad), tagLength: tagBits }
      const sealed = Buffer.concat([bytes(test.ct), bytes(test.tag)])
      return bothWays(
        test,
        () => subtle.decrypt(algorithm, key, sealed),
        () => subtle.encrypt(algorithm, key, bytes(test.msg)),
        sealed.toString('base64url'),
      )
    },
    node: ({ tagBits }, test) =>
      bothWays(
        test,
        () => {
          const open = node.createDecipheriv(cipher('gcm', test), bytes(test.key), bytes(test.iv), {
            authTagLength: tagBits / 8,
          })
          return whole(open.setAAD(bytes(test.aad)).setAuthTag(bytes(test.tag)), bytes(test.ct))
        },
        () => {
          const seal = node.createCipheriv(cipher('gcm', test), bytes(test.key), bytes(test.iv))
          return Buffer.concat([whole(seal.setAAD(bytes(test.aad)), bytes(test.msg)), seal.getAuthTag()])
        },
        Buffer.concat([bytes(test.ct), bytes(test.tag)]).toString('base64url'),
      ),
  },
  'aes-kw': {
    async web(_group, test) {
      const key = await aesKey(test, 'AES-KW', ['wrapKey', 'unwrapKey'])
      const inner = { name: 'HMAC', hash: 'SHA-256' }
      const unwrapped = await subtle.unwrapKey('raw', bytes(test.ct), key, 'AES-KW', inner, true, ['sign'])
      return bothWays(
        test,
        () => subtle.exportKey('raw', unwrapped),
        () => subtle.wrapKey('raw', unwrapped, key, 'AES-KW'),
        test.ct,
      )
    },
    node(_group, test) {
      const name = `aes${bytes(test.key).length * 8}-wrap`
      return bothWays(
        test,
        () => whole(node.createDecipheriv(name, bytes(test.key), WRAP_IV), bytes(test.ct)),
        () => whole(node.createCipheriv(name, bytes(test.key), WRAP_IV), bytes(test.msg)),
        test.ct,
      )
    },
  },
  hmac: {
    async web({ hash, tagBits }, test) {
      const key = await subtle.importKey('raw', bytes(test.key), { name: 'HMAC', hash }, false, ['sign', 'verify'])
      // What is cut off is for WebCrypto no signature at all.
      return tagBits === DIGEST_BITS[hash]
        ? subtle.verify('HMAC', key, bytes(test.tag), bytes(test.msg))
        : same((await subtle.sign('HMAC', key, bytes(test.msg))).slice(0, tagBits / 8), test.tag)
    },
    node({ hash, tagBits }, test) {
      const tag = node.createHmac(nodeHash(hash), bytes(test.key)).update(bytes(test.msg)).digest().subarray(0, tagBits / 8)
      return tag.length === bytes(test.tag).length && node.timingSafeEqual(tag, bytes(test.tag))
    },
  },
  hkdf: {
    async web({ hash }, test) {
      const key = await subtle.importKey('raw', bytes(test.ikm), 'HKDF', false, ['deriveBits'])
      const algorithm = { name: 'HKDF', hash, salt: bytes(test.salt), info: bytes(test.info) }
      return same(await subtle.deriveBits(algorithm, key, test.size * 8), test.okm)
    },
    node: ({ hash }, test) =>
      same(node.hkdfSync(nodeHash(hash), bytes(test.ikm), bytes(test.salt), bytes(test.info), test.size), test.okm),
  },
  ecdh: {
    web: ({ curve }, test) => agree({ name: 'ECDH', namedCurve: curve }, test),
    node: (_group, test) => agreeByNode(test),
  },
  x25519: {
    web: (_group, test) => agree('X25519', test),
    node: (_group, test) => agreeByNode(test),
  },
}

/** What a vector that may be taken or not must do here: as the specification of WebCrypto and OpenSSL have it. */
const isTaken = (family, { flags }) => family === 'x25519' && !flags.includes('ZeroSharedSecret')

/** Errors that say that the input is not what it should be. */
const REFUSALS = { web: ['OperationError', 'DataError'], node: ['Error', 'TypeError', 'RangeError'] }

async function attempt(way, run, group, test) {
  try {
    return (await run(group, test)) ? 'success' : 'refusal'
  } catch (error) {
    return REFUSALS[way].includes(error.name) && !(error instanceof ReferenceError) ? 'refusal' : `${error.name}: ${error.message}`
  }
}

exports.onExecuteCustomTokenExchange = async ({ family, groups }) => {
  let done = 0
  for (const group of groups) {
    for (const test of group.tests) {
      const taken = test.result === 'acceptable' ? isTaken(family, test) : test.result === 'valid'
      for (const [way, run] of Object.entries(FAMILIES[family])) {
        const outcome = await attempt(way, run, group, test)
        done++
        if (outcome !== (taken ? 'success' : 'refusal')) {
          console.log(`${way} ${group.file} ${test.id} (${test.result}): ${outcome}`)
        }
      }
    }
  }
  console.log(`tried ${done}`)
}
