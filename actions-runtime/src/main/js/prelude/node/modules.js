// CommonJS: `require` for Node's builtins, for what an Action or module has declared, and for packages that the host
// brings.
import { hostRequire } from '../host/bridge.js'
import { ErrorIntrinsic, TypeErrorIntrinsic, apply, create } from '../host/intrinsics.js'
import { own, ownExports } from '../host/own.js'
import { builtins } from './builtins.js'

const MODULE = 'actions:'

/** What the host calls the packages that the Action has declared; those of a module have its name behind it. */
const PACKAGES = 'packages:'

const builtinExports = create(null)
const packageModules = create(null)
const actionModules = create(null)
let secretsOf = () => ({})

/** What `require` sees: packages declared in one place; modules of Actions see none of each other. */
class Scope {
  #packages
  #tables
  #modules

  constructor(packages, modules) {
    this.#packages = packages
    this.#modules = modules
  }

  get modules() {
    return this.#modules
  }

  /** A function per name that was declared. */
  get declared() {
    if (this.#tables === undefined) {
      this.#tables = create(null)
      const factory = this.#packages === null ? null : hostRequire(this.#packages)
      if (typeof factory === 'function') {
        this.#tables = run(factory, makeModule('packages', BARE))
      }
    }
    return this.#tables
  }
}

const BARE = new Scope(null, false)

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

function run(factory, module) {
  apply(factory, module.exports, [module.exports, module.require, module, module.filename, '.'])
  module.loaded = true
  return module.exports
}

/** A module is known while its code runs, for circles, and no longer if that fails. */
function loadOnce(modules, name, module, factory) {
  modules[name] = module
  try {
    return run(factory, module)
  } catch (thrown) {
    delete modules[name]
    throw thrown
  }
}

function loadModule(name, scope) {
  if (!scope.modules) {
    throw notFound(name)
  }
  if (name in actionModules) {
    return actionModules[name].exports
  }
  const factory = hostRequire(name)
  if (typeof factory !== 'function') {
    throw notFound(name)
  }
  const module = makeModule(name.slice(MODULE.length), new Scope(PACKAGES + name, false))
  return loadOnce(actionModules, name, module, factory({ secrets: secretsOf(name) }))
}

function loadPackage(name, scope) {
  const { declared } = scope
  if (name in declared) {
    return declared[name]()
  }
  if (name in packageModules) {
    return packageModules[name].exports
  }
  const factory = hostRequire(name)
  if (typeof factory !== 'function') {
    const plain = withoutVersion(name)
    if (plain !== name) {
      return load(plain, scope)
    }
    throw notFound(name)
  }
  return own(() => {
    const exports = loadOnce(packageModules, name, makeModule(name, BARE), factory)
    ownExports(exports)
    return exports
  })
}

function load(name, scope) {
  if (typeof name !== 'string' || name === '') {
    const error = new TypeErrorIntrinsic('The "id" argument must be a non-empty string')
    error.code = 'ERR_INVALID_ARG_VALUE'
    throw error
  }
  if (name.startsWith(PACKAGES)) {
    throw notFound(name)
  }
  if (name.startsWith(MODULE)) {
    return loadModule(name, scope)
  }
  const bare = name.startsWith('node:') ? name.slice(5) : name
  if (bare in builtins) {
    return loadBuiltin(bare)
  }
  if (bare !== name) {
    throw notFound(name)
  }
  return loadPackage(name, scope)
}

/** A module to be filled by its code. */
function makeModule(id, scope) {
  const require = (name) => load(name, scope)
  require.cache = {}
  require.resolve = (name) => name
  const module = { id, filename: `${id}.js`, path: '.', exports: {}, loaded: false, children: [], paths: [] }
  module.require = require
  return module
}

/**
 * The module of the Action itself.
 *
 * @param moduleSecrets says the secrets of a module of Actions by the name it is required by
 */
export function makeActionModule(moduleSecrets) {
  secretsOf = moduleSecrets
  return makeModule('action', new Scope(PACKAGES, true))
}
