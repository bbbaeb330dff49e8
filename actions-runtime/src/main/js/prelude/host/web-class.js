// Gives a class the name and tag it has for guest code, whatever the bundler calls it.
import { defineProperty } from './intrinsics.js'

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/**
 * Names a class.
 *
 * @param shown what the console shows of an instance: an object, or nothing for what the formatter finds by itself
 */
export function webClass(type, name, shown) {
  defineProperty(type, 'name', { value: name, configurable: true })
  defineProperty(type.prototype, Symbol.toStringTag, { value: name, configurable: true })
  if (shown !== undefined) {
    inspectAs(type, name, shown)
  }
}

/** Decides what the console shows of the instances of a class. */
export function inspectAs(type, name, shown) {
  const value = function (depth, options, inspect) {
    if (depth < 0) {
      return `[${name}]`
    }
    const inner = options.depth === null ? options : { ...options, depth: options.depth - 1 }
    return `${name} ${inspect(shown(this), inner)}`
  }
  defineProperty(type.prototype, INSPECT, { value, writable: true, configurable: true })
}
