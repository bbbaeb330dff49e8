// api.refreshToken: settings of the refresh token that the transaction may issue.
import { ErrorIntrinsic, create, isFiniteNumber, keys, matches, member, trunc } from '../host/intrinsics.js'
import { coerce, refuse } from './check.js'

const MAX_ENTRIES = 25
const MAX_LENGTH = 255
const NAME = 'refreshToken'
const KEY = /^[A-Za-z0-9_-]+$/

function invalid(problem) {
  throw new ErrorIntrinsic(`Failed to set refresh token metadata: Invalid metadata: ${problem}`)
}

function checkEntry(key, value) {
  if (typeof key !== 'string' || !matches(KEY, key)) {
    invalid('Metadata keys may only include letters, numbers, underscores, or hyphens')
  }
  if (key.length > MAX_LENGTH) {
    invalid(`Metadata keys must not be longer than ${MAX_LENGTH} characters`)
  }
  if (value !== null && typeof value !== 'string') {
    invalid('Metadata values must be strings')
  }
  if (value !== null && value.length > MAX_LENGTH) {
    invalid(`Metadata values must not be longer than ${MAX_LENGTH} characters`)
  }
}

function time(method, ms) {
  if (typeof ms !== 'number' || !isFiniteNumber(ms) || ms < 0) {
    refuse(method, 'the time must be a number of milliseconds since the epoch')
  }
  return trunc(ms)
}

export function refreshTokenApi(recorder, event) {
  let entries = create(null)
  const known = keys(member(event, 'refresh_token')?.metadata ?? {})
  for (let i = 0; i < known.length; i++) {
    entries[known[i]] = true
  }

  return {
    revoke(reason) {
      if (event.transaction.protocol !== 'oauth2-refresh-token') {
        throw new ErrorIntrinsic('api.refreshToken.revoke is only available in a refresh token exchange')
      }
      recorder.record(`${NAME}.revoke`, { reason: coerce(reason) })
    },
    setExpiresAt(ms) {
      const method = `${NAME}.setExpiresAt`
      recorder.record(method, { at: time(method, ms) })
    },
    setIdleExpiresAt(ms) {
      const method = `${NAME}.setIdleExpiresAt`
      recorder.record(method, { at: time(method, ms) })
    },
    setMetadata(key, value) {
      checkEntry(key, value)
      if (value !== null && entries[key] === undefined && keys(entries).length >= MAX_ENTRIES) {
        invalid(`A refresh token has at most ${MAX_ENTRIES} metadata entries`)
      }
      recorder.record(`${NAME}.setMetadata`, { key, value })
      if (value === null) {
        delete entries[key]
      } else {
        entries[key] = true
      }
    },
    deleteMetadata(key) {
      checkEntry(key, null)
      recorder.record(`${NAME}.deleteMetadata`, { key })
      delete entries[key]
    },
    evictMetadata() {
      recorder.record(`${NAME}.evictMetadata`, {})
      entries = create(null)
    },
  }
}
