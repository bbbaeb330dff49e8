// The arguments of api.authentication.setUserByConnection (contract actions-runtime §6.1, §6.2).
import { create, keys, member } from '../host/intrinsics.js'
import { isObject, refuse, text } from './check.js'

const METHOD = 'authentication.setUserByConnection'
const MAX_CONNECTION = 512

const ATTRIBUTES = {
  __proto__: null,
  user_id: true,
  email: true,
  email_verified: true,
  username: true,
  phone_number: true,
  phone_verified: true,
  name: true,
  given_name: true,
  family_name: true,
  nickname: true,
  picture: true,
  verify_email: true,
}

// The types of all but user_id are the gateway's to check: a wrong one is the request's fault, not the Action's.
function copyAttributes(attributes) {
  if (!isObject(attributes)) {
    refuse(METHOD, 'user_attributes must be an object')
  }
  const copy = create(null)
  const names = keys(attributes)
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    const value = attributes[name]
    // Samples pass many attributes that the subject token may lack.
    if (value === undefined) {
      continue
    }
    if (ATTRIBUTES[name] === undefined) {
      refuse(METHOD, `unknown user attribute '${name}'`)
    }
    copy[name] = value
  }
  text(METHOD, 'user_attributes.user_id', copy.user_id)
  return copy
}

function behavior(options, name, other) {
  const value = member(options, name) ?? 'none'
  if (value !== 'none' && value !== other) {
    refuse(METHOD, `options.${name} must be 'none' or '${other}'`)
  }
  return value
}

/** The command's members. */
export function userByConnection(connection, attributes, options) {
  text(METHOD, 'connection_name', connection)
  if (connection.length > MAX_CONNECTION) {
    refuse(METHOD, 'connection_name must not be longer than 512 characters')
  }
  const given = options ?? { __proto__: null }
  if (!isObject(given)) {
    refuse(METHOD, 'options must be an object')
  }
  return {
    connection,
    attributes: copyAttributes(attributes),
    creation_behavior: behavior(given, 'creationBehavior', 'create_if_not_exists'),
    update_behavior: behavior(given, 'updateBehavior', 'replace'),
  }
}
