// Gives a class the name and tag it has for guest code, whatever the bundler calls it.
import { defineProperty } from './intrinsics.js'

export function webClass(type, name) {
  defineProperty(type, 'name', { value: name, configurable: true })
  defineProperty(type.prototype, Symbol.toStringTag, { value: name, configurable: true })
}
