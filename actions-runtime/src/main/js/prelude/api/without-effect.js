// Namespaces of the post-login api that have nothing to act on in a token exchange.
import { warn } from '../console/warn.js'
import { put } from '../host/intrinsics.js'
import { coerce } from './check.js'

const SAML_METHODS = [
  'setAttribute',
  'setAudience',
  'setRecipient',
  'setCreateUpnClaim',
  'setPassthroughClaimsWithNoMapping',
  'setMapUnknownClaimsAsIs',
  'setMapIdentities',
  'setSignatureAlgorithm',
  'setDigestAlgorithm',
  'setDestination',
  'setLifetimeInSeconds',
  'setSignResponse',
  'setNameIdentifierFormat',
  'setNameIdentifierProbes',
  'setAuthnContextClassRef',
  'setSigningCert',
  'setIncludeAttributeNameFormat',
  'setTypedAttributes',
  'setEncryptionCert',
  'setEncryptionPublicKey',
  'setEncryptionAlgorithm',
  'setCert',
  'setKey',
  'setRelayState',
  'setIssuer',
]

const SESSION_METHODS = [
  'setExpiresAt',
  'setIdleExpiresAt',
  'setCookieMode',
  'setMetadata',
  'deleteMetadata',
  'evictMetadata',
]

function methods(names, make) {
  const all = {}
  for (let i = 0; i < names.length; i++) {
    put(all, names[i], make(names[i]))
  }
  return all
}

/** The transaction answers no SAML request. */
export const samlResponseApi = () => methods(SAML_METHODS, () => () => {})

/** There is no browser session; to revoke it denies the login. */
export const sessionApi = (recorder) => ({
  revoke(reason) {
    recorder.record('access.deny', { reason: coerce(reason) })
  },
  ...methods(SESSION_METHODS, (name) => () => {
    warn(`api.session.${name} has no effect: the transaction has no session`)
  }),
})
