// X509Certificate: what a certificate says, and who signed it. Nobody here decides whether it is trusted.
import { isBufferSource } from '../../host/intrinsics.js'
import { webClass } from '../../host/web-class.js'
import { Buffer } from '../buffer.js'
import { KeyObject, keyMaterial, makeKeyObject } from './key-object.js'
import { createPublicKey } from './keys.js'
import { dataBuffer, invalidArgument, operate, output } from './support.js'

const SEPARATOR = '\u001f'
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const PEM = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/

/** As OpenSSL writes it: `Jan  1 00:00:00 2030 GMT`. */
function opensslDate(date) {
  const day = `${date.getUTCDate()}`.padStart(2)
  return `${MONTHS[date.getUTCMonth()]} ${day} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()} GMT`
}

function derOf(input) {
  if (typeof input !== 'string' && !isBufferSource(input)) {
    throw invalidArgument(
      'The "buffer" argument must be of type string or an instance of Buffer, TypedArray, or DataView',
    )
  }
  const pem = PEM.exec(typeof input === 'string' ? input : Buffer.from(dataBuffer(input)).toString('latin1'))
  return operate('certificate.read', pem === null ? dataBuffer(input) : dataBuffer(pem[1], 'base64'))
}

const fingerprint = (hash, der) =>
  Buffer.from(operate('digest', hash, der))
    .toString('hex')
    .toUpperCase()
    .replace(/..(?=.)/g, '$&:')

/** Whether a name of a certificate, perhaps with a wildcard in its first label, is the host's. */
function matches(pattern, host) {
  const [name, wanted] = [pattern.toLowerCase(), host.toLowerCase().replace(/\.$/, '')]
  if (!name.startsWith('*.')) {
    return name === wanted
  }
  const dot = wanted.indexOf('.')
  return dot > 0 && wanted.slice(dot) === name.slice(1)
}

const legacyName = (name) => {
  const parsed = Object.create(null)
  for (const line of name.split('\n')) {
    const at = line.indexOf('=')
    const key = line.slice(0, at)
    parsed[key] = key in parsed ? [parsed[key], line.slice(at + 1)].flat() : line.slice(at + 1)
  }
  return parsed
}

export class X509Certificate {
  #der
  #facts
  #publicKey

  constructor(input) {
    this.#der = derOf(input)
    const [subject, issuer, alternativeNames, from, to, serialNumber, ca, usages] = operate(
      'certificate.describe',
      this.#der,
    ).split(SEPARATOR)
    this.#facts = {
      subject,
      issuer,
      alternativeNames,
      from: new Date(+from),
      to: new Date(+to),
      serialNumber,
      ca: ca !== '',
      usages,
    }
  }

  static der(certificate) {
    return certificate.#der
  }

  get subject() {
    return this.#facts.subject
  }
  get issuer() {
    return this.#facts.issuer
  }
  get subjectAltName() {
    return this.#facts.alternativeNames || undefined
  }
  get infoAccess() {
    return undefined
  }
  get issuerCertificate() {
    return undefined
  }
  get validFrom() {
    return opensslDate(this.#facts.from)
  }
  get validTo() {
    return opensslDate(this.#facts.to)
  }
  get validFromDate() {
    return new Date(this.#facts.from)
  }
  get validToDate() {
    return new Date(this.#facts.to)
  }
  get serialNumber() {
    const { serialNumber } = this.#facts
    return serialNumber.length % 2 === 0 ? serialNumber : `0${serialNumber}`
  }
  get ca() {
    return this.#facts.ca
  }
  get keyUsage() {
    return this.#facts.usages === '' ? undefined : this.#facts.usages.split(',')
  }
  get fingerprint() {
    return fingerprint('SHA-1', this.#der)
  }
  get fingerprint256() {
    return fingerprint('SHA-256', this.#der)
  }
  get fingerprint512() {
    return fingerprint('SHA-512', this.#der)
  }
  get raw() {
    return output(this.#der.slice(0))
  }
  get publicKey() {
    return (this.#publicKey ??= makeKeyObject('public', operate('public.fromCertificate', this.#der)))
  }

  #names(kind) {
    return [...this.#facts.alternativeNames.matchAll(/(?:^|, )(DNS|email|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g)]
      .filter(([, found]) => found === kind)
      .map(([, , value]) => value.replace(/^"|"$/g, ''))
  }

  checkHost(host) {
    const names = this.#names('DNS')
    // The common name counts only where there are no names for hosts.
    const candidates = names.length > 0 ? names : [legacyName(this.#facts.subject).CN].flat().filter(Boolean)
    return candidates.find((name) => matches(name, `${host}`))
  }
  checkEmail(email) {
    return this.#names('email').includes(`${email}`) ? email : undefined
  }
  checkIP(ip) {
    return this.#names('IP Address').includes(`${ip}`.toUpperCase()) ? ip : undefined
  }
  checkIssued(other) {
    return operate('certificate.issued', this.#der, derOfCertificate(other)) && this.verify(other.publicKey)
  }
  checkPrivateKey(key) {
    return createPublicKey(key).equals(this.publicKey)
  }
  verify(key) {
    if (!(key instanceof KeyObject) || key.type !== 'public') {
      throw invalidArgument('The "publicKey" argument must be a public KeyObject')
    }
    return operate('certificate.verify', this.#der, keyMaterial(key))
  }

  toString() {
    return `-----BEGIN CERTIFICATE-----\n${Buffer.from(this.#der)
      .toString('base64')
      .replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  }
  toJSON() {
    return this.toString()
  }
  toLegacyObject() {
    const { subject, issuer, subjectAltName: subjectaltname, ca, validFrom, validTo, serialNumber, raw } = this
    return {
      subject: legacyName(subject),
      issuer: legacyName(issuer),
      subjectaltname,
      ca,
      valid_from: validFrom,
      valid_to: validTo,
      fingerprint: this.fingerprint,
      fingerprint256: this.fingerprint256,
      fingerprint512: this.fingerprint512,
      serialNumber,
      raw,
    }
  }
}

const derOfCertificate = X509Certificate.der
delete X509Certificate.der

webClass(
  X509Certificate,
  'X509Certificate',
  ({ subject, subjectAltName, issuer, validFrom, validTo, fingerprint: sha1, serialNumber }) => ({
    subject,
    subjectAltName,
    issuer,
    validFrom,
    validTo,
    fingerprint: sha1,
    serialNumber,
  }),
)
