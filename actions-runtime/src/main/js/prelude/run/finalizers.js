// FinalizationRegistry without callbacks in the middle of somebody else's run: what a run has registered is forgotten when
// it is over, which the language allows, as its timers are. What the top level has registered is the Action's.
import { TypeErrorIntrinsic, apply, construct, defineProperty } from '../host/intrinsics.js'
import { isTopLevel } from './leftovers.js'
import { currentRun } from './run.js'

const { FinalizationRegistry: Registry } = globalThis
const { prototype } = Registry
const { register } = prototype

const isAlive = (run) => run === undefined || run === currentRun()

const members = {
  FinalizationRegistry: function (callback) {
    if (new.target === undefined) {
      throw new TypeErrorIntrinsic("Constructor FinalizationRegistry requires 'new'")
    }
    if (typeof callback !== 'function') {
      throw new TypeErrorIntrinsic('FinalizationRegistry: cleanup must be callable')
    }
    const cleanup = ({ run, held }) => {
      if (isAlive(run)) {
        apply(callback, undefined, [held])
      }
    }
    return construct(Registry, [cleanup], new.target)
  },

  register(target, held, token) {
    if (target === held) {
      throw new TypeErrorIntrinsic('FinalizationRegistry.prototype.register: target and holdings must not be same')
    }
    const run = isTopLevel() ? undefined : currentRun()
    apply(register, this, [target, { __proto__: null, run, held }, token])
  },
}

export function installFinalizers() {
  const replace = (object, name, value) =>
    defineProperty(object, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true })
  const { FinalizationRegistry } = members
  defineProperty(FinalizationRegistry, 'prototype', { __proto__: null, value: prototype, writable: false })
  defineProperty(members.register, 'length', { __proto__: null, value: 2, configurable: true })
  replace(prototype, 'constructor', FinalizationRegistry)
  replace(prototype, 'register', members.register)
  replace(globalThis, 'FinalizationRegistry', FinalizationRegistry)
}
