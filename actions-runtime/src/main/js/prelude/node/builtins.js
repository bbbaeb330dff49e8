// Node's modules by name. Each is evaluated when it is first required. What is not here does not
// exist: fs, child_process, net, dgram, cluster, worker_threads, vm, inspector and the rest.

/** Guest code may replace the global of that name. */
const world = globalThis

export const builtins = {
  __proto__: null,
  assert: () => require('assert'),
  'assert/strict': () => require('assert').strict,
  async_hooks: () => require('./async-hooks.js').asyncHooks,
  buffer: () => require('./buffer.js').bufferModule,
  console: () => world.console,
  constants: () => ({}),
  crypto: () => require('./crypto/module.js').nodeCrypto,
  diagnostics_channel: () => require('./diagnostics-channel.js').diagnosticsChannel,
  dns: () => require('./stubs.js').dns,
  'dns/promises': () => require('./stubs.js').dns.promises,
  events: () => require('./events.js').events,
  http: () => require('./http/module.js').http,
  https: () => require('./http/module.js').https,
  module: () => require('./stubs.js').moduleModule,
  os: () => require('./os.js').os,
  path: () => require('path-browserify'),
  'path/posix': () => require('path-browserify'),
  perf_hooks: () => require('./perf-hooks.js').perfHooks,
  process: () => world.process,
  punycode: () => require('punycode/punycode.js'),
  querystring: () => require('./querystring.js').querystring,
  stream: () => require('./stream.js').stream,
  'stream/consumers': () => require('./stream.js').consumers,
  'stream/promises': () => require('./stream.js').stream.promises,
  'stream/web': () => require('../fetch/streams.js'),
  string_decoder: () => require('./string-decoder.js').stringDecoder,
  sys: () => require('./util.js').util,
  timers: () => require('./timers.js').timers,
  'timers/promises': () => require('../timers/promises.js'),
  tls: () => require('./stubs.js').tls,
  tty: () => ({ isatty: () => false }),
  url: () => require('./url.js').url,
  util: () => require('./util.js').util,
  'util/types': () => require('./util.js').util.types,
  zlib: () => require('./zlib.js').zlib,
}
