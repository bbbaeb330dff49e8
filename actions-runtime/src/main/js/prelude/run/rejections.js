// Rejections that nobody handles. The engine offers its hook on a global, which then goes away.
import { hostUnhandled } from '../host/bridge.js'
import { describeFailure } from '../host/failure.js'

export function watchRejections() {
  globalThis.Graal?.setUnhandledPromiseRejectionHandler?.((reason) => {
    hostUnhandled(describeFailure(reason))
  })
}
