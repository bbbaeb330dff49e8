// The secrets of a run come in one object: the Action's own by name, those of a module it uses by the module's name,
// NUL and their name. No secret's own name has a NUL.
import { keys } from '../host/intrinsics.js'

const NUL = '\0'

/** Takes out what is not the Action's. */
export function ownSecrets(secrets) {
  for (const name of keys(secrets)) {
    if (name.includes(NUL)) {
      delete secrets[name]
    }
  }
  return secrets
}

/** The secrets of a module, by the name it is required by. */
export function secretsOfModule(secrets, module) {
  const prefix = module + NUL
  const own = {}
  for (const name of keys(secrets)) {
    if (name.startsWith(prefix)) {
      own[name.slice(prefix.length)] = secrets[name]
    }
  }
  return own
}
