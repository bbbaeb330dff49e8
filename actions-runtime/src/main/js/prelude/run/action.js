// The Action of this realm: its module, and calls of its handlers.
import { credentialsExchangeApi } from '../api/credentials-exchange.js'
import { customTokenExchangeApi } from '../api/custom-token-exchange.js'
import { postLoginApi } from '../api/post-login.js'
import { Recorder } from '../api/recorder.js'
import { hostSettled } from '../host/bridge.js'
import { describeFailure } from '../host/failure.js'
import { ErrorIntrinsic, append, apply, isArray, jsonParse, member, put } from '../host/intrinsics.js'
import { makeActionModule } from '../node/modules.js'
import { ownSecrets, secretsOfModule } from './secrets.js'
import { keepTopLevel } from './leftovers.js'
import { currentRun } from './run.js'

const HANDLERS = {
  __proto__: null,
  'custom-token-exchange': 'onExecuteCustomTokenExchange',
  'post-login': 'onExecutePostLogin',
  'credentials-exchange': 'onExecuteCredentialsExchange',
}

let module

/**
 * Runs the top level of the Action's source.
 *
 * @param secretsJson also those of the modules it uses, which may read them as they load
 */
export function define(factory, secretsJson) {
  const secrets = secretsJson === undefined ? {} : jsonParse(secretsJson)
  module = makeActionModule((name) => secretsOfModule(secrets, name))
  apply(factory, module.exports, [module.exports, module.require, module, 'action.js', '.'])
  put(module, 'loaded', true)
  keepTopLevel()
}

const isObject = (value) => typeof value === 'object' && value !== null

function buildEvent(eventJson, secretsJson) {
  const event = jsonParse(eventJson)
  put(event, 'secrets', ownSecrets(jsonParse(secretsJson)))
  if (!isObject(member(event, 'transaction'))) {
    put(event, 'transaction', {})
  }
  if (!isObject(member(event.transaction, 'metadata'))) {
    put(event.transaction, 'metadata', {})
  }
  return event
}

// Role ids are no part of the contract's event: the gateway may send them beside it, in $roles.
function takeRoles(event) {
  const given = member(event, '$roles')
  delete event.$roles
  if (isArray(given)) {
    return given
  }
  const roles = []
  const authorization = member(event, 'authorization')
  const names = isObject(authorization) ? member(authorization, 'roles') : undefined
  for (let i = 0; isArray(names) && i < names.length; i++) {
    append(roles, { id: names[i], name: names[i], type: 'tenant' })
  }
  return roles
}

function buildApi(trigger, recorder, event) {
  const roles = takeRoles(event)
  switch (trigger) {
    case 'post-login':
      return postLoginApi(recorder, event, roles)
    case 'credentials-exchange':
      return credentialsExchangeApi(recorder)
    default:
      return customTokenExchangeApi(recorder, event)
  }
}

function handlerOf(trigger) {
  const name = HANDLERS[trigger]
  const { exports } = module
  const handler = isObject(exports) || typeof exports === 'function' ? exports[name] : undefined
  if (typeof handler !== 'function') {
    throw new ErrorIntrinsic(`Action is missing the required export '${name}'`)
  }
  return (event, api) => apply(handler, exports, [event, api])
}

/** Calls the handler, and tells the host once how its promise settled. */
export async function invoke(trigger, eventJson, secretsJson) {
  const run = currentRun()
  let failure = null
  try {
    const event = buildEvent(eventJson, secretsJson)
    const api = buildApi(trigger, new Recorder(run), event)
    await handlerOf(trigger)(event, api)
  } catch (thrown) {
    failure = describeFailure(thrown)
  }
  if (!run.over) {
    run.finish()
    hostSettled(failure === null, failure)
  }
}
