// The Action of this realm: its module, and calls of its handlers.
import { credentialsExchangeApi } from '../api/credentials-exchange.js'
import { customTokenExchangeApi } from '../api/custom-token-exchange.js'
import { postLoginApi } from '../api/post-login.js'
import { Recorder } from '../api/recorder.js'
import { hostSettled } from '../host/bridge.js'
import { describeFailure } from '../host/failure.js'
import { ErrorIntrinsic, apply, isArray, jsonParse } from '../host/intrinsics.js'
import { makeActionModule } from '../node/modules.js'
import { ownSecrets, secretsOfModule } from './secrets.js'
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
  module.loaded = true
}

const isObject = (value) => typeof value === 'object' && value !== null

function buildEvent(eventJson, secretsJson) {
  const event = jsonParse(eventJson)
  event.secrets = ownSecrets(jsonParse(secretsJson))
  if (!isObject(event.transaction)) {
    event.transaction = {}
  }
  if (!isObject(event.transaction.metadata)) {
    event.transaction.metadata = {}
  }
  return event
}

// Role ids are no part of the contract's event: the gateway may send them beside it, in $roles.
function takeRoles(event) {
  const { $roles: roles } = event
  delete event.$roles
  if (isArray(roles)) {
    return roles
  }
  const names = event.authorization?.roles
  return isArray(names) ? names.map((name) => ({ id: name, name, type: 'tenant' })) : []
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
    // From here on the Action is finished, though the host ends the run only after this turn.
    run.over = true
    hostSettled(failure === null, failure)
  }
}
