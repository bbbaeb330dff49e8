// Writes api calls down, in call order. Each is copied to JSON as it is made.
import { warn } from '../console/warn.js'
import { hostCommand } from '../host/bridge.js'
import { ErrorIntrinsic, jsonStringify } from '../host/intrinsics.js'

export class Recorder {
  #run

  constructor(run) {
    this.#run = run
  }

  /** Whether a call still counts; one that comes too late is only warned about. */
  accepts(method) {
    if (this.#run.over) {
      warn(`api.${method} was called after the action had finished and is ignored`)
      return false
    }
    return true
  }

  record(type, members) {
    if (this.accepts(type) && hostCommand(jsonStringify({ __proto__: null, type, ...members })) !== true) {
      throw new ErrorIntrinsic('Too many commands')
    }
  }

  /** A method that exists but fails the transaction when the Action ends. */
  unsupported(method) {
    if (this.accepts(method)) {
      this.record('unsupported', { method: `api.${method}` })
    }
  }
}
