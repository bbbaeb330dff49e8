// Node's formatter. It copies Atomics when it is loaded, and gives up where there is none, as in the sandbox.
const missing = globalThis.Atomics === undefined
if (missing) {
  globalThis.Atomics = {}
}
export const { format, formatWithOptions, inspect, stripVTControlCharacters } = require('node-inspect-extracted')
if (missing) {
  delete globalThis.Atomics
}
