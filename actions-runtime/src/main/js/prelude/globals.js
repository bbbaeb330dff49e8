// The global object of an Action. Whatever takes time to make is made when it is first touched.
import { installStackTraces } from './events/stack-trace.js'
import { defineProperty } from './host/intrinsics.js'
import { own } from './host/own.js'
import { installFinalizers } from './run/finalizers.js'
import {
  clearTimeout,
  queueMicrotask,
  setImmediate,
  setInterval,
  setTimeout,
} from './timers/timers.js'

// Of the engine, not of the language: an Action must not find them.
const ENGINE_GLOBALS = [
  'AsyncContext',
  'Graal',
  'Java',
  'JavaImporter',
  'Packages',
  'Polyglot',
  'SharedArrayBuffer',
  'WebAssembly',
  'Worker',
  'arguments',
  'com',
  'console',
  'edu',
  'exit',
  'java',
  'javafx',
  'javax',
  'load',
  'loadWithNewGlobal',
  'org',
  'print',
  'printErr',
  'quit',
  'read',
  'readbuffer',
  'readline',
]

/** Guest code may replace the global of that name. */
const world = globalThis

const define = (name, value) =>
  defineProperty(world, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true })

/** Defines names that are loaded together, when the first of them is touched. */
function defineLazy(names, load) {
  const loadAll = () => {
    // A polyfill that looks for what it replaces must find nothing.
    for (let i = 0; i < names.length; i++) {
      define(names[i], undefined)
    }
    const loaded = load()
    for (let i = 0; i < names.length; i++) {
      define(names[i], loaded[names[i]])
    }
    return loaded
  }
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    defineProperty(world, name, {
      __proto__: null,
      get() {
        own(loadAll)
        return world[name]
      },
      set: (value) => define(name, value),
      enumerable: false,
      configurable: true,
    })
  }
}

const STREAM_CLASSES = [
  'ByteLengthQueuingStrategy',
  'CompressionStream',
  'CountQueuingStrategy',
  'DecompressionStream',
  'ReadableByteStreamController',
  'ReadableStream',
  'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest',
  'ReadableStreamDefaultController',
  'ReadableStreamDefaultReader',
  'TextDecoderStream',
  'TextEncoderStream',
  'TransformStream',
  'TransformStreamDefaultController',
  'WritableStream',
  'WritableStreamDefaultController',
  'WritableStreamDefaultWriter',
]

export function installGlobals() {
  for (const name of ENGINE_GLOBALS) {
    delete globalThis[name]
  }
  define('global', globalThis)
  installStackTraces()
  installFinalizers()
  define('setTimeout', setTimeout)
  define('setInterval', setInterval)
  define('setImmediate', setImmediate)
  define('clearTimeout', clearTimeout)
  define('clearInterval', clearTimeout)
  define('clearImmediate', clearTimeout)
  define('queueMicrotask', queueMicrotask)
  defineLazy(['performance', 'Performance', 'PerformanceEntry'], () => require('./performance.js'))
  defineLazy(['navigator'], () => require('./navigator.js'))
  defineLazy(['console'], () => require('./console/console.js'))
  defineLazy(['process'], () => require('./node/process.js'))
  defineLazy(['Buffer'], () => require('./node/buffer.js'))
  defineLazy(['structuredClone'], () => require('./structured-clone.js'))
  defineLazy(['atob', 'btoa'], () => require('./text/base64.js'))
  defineLazy(['fetch'], () => require('./fetch/fetch.js'))
  defineLazy(['crypto'], () => require('./crypto/webcrypto.js'))
  defineLazy(['Crypto', 'CryptoKey', 'SubtleCrypto'], () => require('./crypto/webcrypto.js'))
  defineLazy(['TextDecoder', 'TextEncoder'], () => require('./text/text-codec.js'))
  defineLazy(['URL', 'URLSearchParams'], () => require('./url.js'))
  defineLazy(['DOMException'], () => require('./events/dom-exception.js'))
  defineLazy(['CustomEvent', 'Event', 'EventTarget'], () => require('./events/event-target.js'))
  defineLazy(['AbortController', 'AbortSignal'], () => require('./events/abort.js'))
  defineLazy(['Headers'], () => require('./fetch/headers.js'))
  defineLazy(['Request'], () => require('./fetch/request.js'))
  defineLazy(['Response'], () => require('./fetch/response.js'))
  defineLazy(['FormData'], () => require('./fetch/form-data.js'))
  defineLazy(['Blob', 'File'], () => require('./fetch/blob.js'))
  defineLazy(STREAM_CLASSES, () => require('./fetch/streams.js'))
}
