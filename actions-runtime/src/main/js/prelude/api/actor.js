// The actor of api.authentication.setActor (contract token-endpoint §4.3).
import { isFiniteNumber, keys, member, put } from '../host/intrinsics.js'
import { isObject, refuse } from './check.js'

const METHOD = 'authentication.setActor'
const MAX_DEPTH = 5
const MAX_PROPERTIES = 5
const MAX_STRING = 1024
const isRefused = (name) => name === '__proto__' || name === 'constructor' || name === 'prototype'

function checkProperty(path, name, value) {
  if (isRefused(name)) {
    refuse(METHOD, `property '${name}' is not allowed`)
  }
  const allowed =
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && isFiniteNumber(value))
  if (!allowed) {
    refuse(METHOD, `${path}.${name} must be a string, a number or a boolean`)
  }
  if (typeof value === 'string' && value.length > MAX_STRING) {
    refuse(METHOD, `${path}.${name} must not be longer than 1024 characters`)
  }
}

function copyLevel(actor, path, depth) {
  if (!isObject(actor)) {
    refuse(METHOD, `${path} must be an object`)
  }
  if (depth > MAX_DEPTH) {
    refuse(METHOD, `an actor chain has at most ${MAX_DEPTH} levels`)
  }
  const sub = member(actor, 'sub')
  const act = member(actor, 'act')
  if (typeof sub !== 'string' || sub === '') {
    refuse(METHOD, `${path}.sub must be a non-empty string`)
  }
  checkProperty(path, 'sub', sub)
  const copy = { sub }
  let properties = 0
  const names = keys(actor)
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    if (name === 'sub' || name === 'act') {
      continue
    }
    const value = actor[name]
    if (value === undefined) {
      continue
    }
    checkProperty(path, name, value)
    if (++properties > MAX_PROPERTIES) {
      refuse(METHOD, `${path} has more than ${MAX_PROPERTIES} properties besides sub and act`)
    }
    put(copy, name, value)
  }
  if (act !== undefined) {
    put(copy, 'act', copyLevel(act, `${path}.act`, depth + 1))
  }
  return copy
}

/** A checked copy of the actor chain. */
export const copyActor = (actor) => copyLevel(actor, 'actor', 1)
