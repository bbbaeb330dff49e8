// The prelude: what the world looks like to an Action. `boot` is called once in a new realm, before
// any guest code, and returns what the host calls from then on.
import { completeCall } from './fetch/complete.js'
import { installGlobals } from './globals.js'
import { install } from './host/bridge.js'
import { define, invoke } from './run/action.js'
import { watchRejections } from './run/rejections.js'
import { currentRun, nextRun } from './run/run.js'
import { simulate } from './run/simulate.js'
import { fireTimer } from './timers/timers.js'

export function boot(host) {
  install(host)
  watchRejections()
  installGlobals()
  return {
    define,
    // The promise is for nobody: its outcome reaches the host through `settled`.
    invoke: (trigger, eventJson, secretsJson) => void invoke(trigger, eventJson, secretsJson),
    complete: completeCall,
    fire: fireTimer,
    end: nextRun,
    pending: () => currentRun().pending,
    simulate,
  }
}
