// CommonJS: `require` for Node's builtins and for packages that the host knows.
import { hostRequire } from '../host/bridge.js'
import { ErrorIntrinsic, TypeErrorIntrinsic, apply, create } from '../host/intrinsics.js'
import { own, ownExports } from '../host/own.js'
import { builtins } from './builtins.js'

const builtinExports = create(null)
const packageModules = create(null)

function loadBuiltin(name) {
  if (!(name in builtinExports)) {
    builtinExports[name] = own(builtins[name])
  }
  return builtinExports[name]
}

// `name@1.2.3`, an old way to pin a version, means the version that was declared.
const withoutVersion = (name) => name.replace(/^(@?[^@]+)@[^/]*/, '$1')

function notFound(name) {
  const error = new ErrorIntrinsic(`Cannot find module '${name}'`)
  error.code = 'MODULE_NOT_FOUND'
  return error
}

function loadPackage(name) {
  if (name in packageModules) {
    return packageModules[name].exports
  }
  const factory = hostRequire(name)
  if (typeof factory !== 'function') {
    const plain = withoutVersion(name)
    if (plain !== name) {
      return load(plain)
    }
    throw notFound(name)
  }
  return own(() => run(name, factory))
}

function run(name, factory) {
  const module = makeModule(name)
  packageModules[name] = module
  try {
    apply(factory, module.exports, [module.exports, module.require, module, `${name}.js`, '.'])
  } catch (thrown) {
    delete packageModules[name]
    throw thrown
  }
  module.loaded = true
  ownExports(module.exports)
  return module.exports
}

function load(name) {
  if (typeof name !== 'string' || name === '') {
    const error = new TypeErrorIntrinsic('The "id" argument must be a non-empty string')
    error.code = 'ERR_INVALID_ARG_VALUE'
    throw error
  }
  const bare = name.startsWith('node:') ? name.slice(5) : name
  if (bare in builtins) {
    return loadBuiltin(bare)
  }
  if (bare !== name) {
    throw notFound(name)
  }
  return loadPackage(name)
}

/** A module to be filled by its code. */
export function makeModule(id) {
  const require = (name) => load(name)
  require.cache = {}
  require.resolve = (name) => name
  const module = { id, filename: `${id}.js`, path: '.', exports: {}, loaded: false, children: [], paths: [] }
  module.require = require
  return module
}
