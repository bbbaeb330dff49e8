// The secrets of a run come in one object: the Action's own by name, those of a module it uses by the module's name,
// NUL and their name. No secret's own name has a NUL.
import { includes, keys, put, slice, startsWith } from '../host/intrinsics.js'

const NUL = '\0'

/** The Action's own, and nobody else's. */
export function ownSecrets(secrets) {
  const own = {}
  const names = keys(secrets)
  for (let i = 0; i < names.length; i++) {
    if (!includes(names[i], NUL)) {
      put(own, names[i], secrets[names[i]])
    }
  }
  return own
}

/** The secrets of a module, by the name it is required by. */
export function secretsOfModule(secrets, module) {
  const prefix = module + NUL
  const own = {}
  const names = keys(secrets)
  for (let i = 0; i < names.length; i++) {
    if (startsWith(names[i], prefix)) {
      put(own, slice(names[i], prefix.length), secrets[names[i]])
    }
  }
  return own
}
