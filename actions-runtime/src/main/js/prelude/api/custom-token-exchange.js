// api of the custom-token-exchange trigger, v1 (contract actions-runtime §6). Every method returns
// undefined, except those of the cache.
import { copyActor } from './actor.js'
import { cacheApi } from './cache.js'
import { coerce, text } from './check.js'
import { transactionApi } from './transaction.js'
import { userApi } from './user-metadata.js'
import { userByConnection } from './user-by-connection.js'

export function customTokenExchangeApi(recorder, event) {
  return {
    access: {
      deny(code, reason) {
        recorder.record('access.deny', { code: coerce(code) || 'invalid_request', reason: coerce(reason) })
      },
      rejectInvalidSubjectToken(reason) {
        recorder.record('access.rejectInvalidSubjectToken', { reason: coerce(reason) })
      },
    },
    authentication: {
      setUserById(userId) {
        const method = 'authentication.setUserById'
        recorder.record(method, { user_id: text(method, 'user_id', userId) })
      },
      setUserByConnection(connection, attributes, options) {
        const members = userByConnection(connection, attributes, options)
        recorder.record('authentication.setUserByConnection', members)
      },
      setOrganization(idOrName) {
        const method = 'authentication.setOrganization'
        recorder.record(method, { organization: text(method, 'id_or_name', idOrName) })
      },
      setActor(actor) {
        recorder.record('authentication.setActor', { actor: copyActor(actor) })
      },
    },
    user: userApi(recorder, undefined),
    transaction: transactionApi(recorder, event.transaction.metadata),
    cache: cacheApi(recorder),
  }
}
