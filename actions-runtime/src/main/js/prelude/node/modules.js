// CommonJS: `require` for Node's builtins, for what an Action or module has declared, and for packages that the host
// brings.
import { hostRequire } from '../host/bridge.js'
import {
  ErrorIntrinsic,
  TypeErrorIntrinsic,
  apply,
  coded,
  create,
  indexOf,
  member,
  put,
  slice,
  startsWith,
} from '../host/intrinsics.js'
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
  if (builtinExports[name] === undefined) {
    put(builtinExports, name, own(builtins[name]))
    ownExports(builtinExports[name])
  }
  return builtinExports[name]
}

// `name@1.2.3`, an old way to pin a version, means the version that was declared.
function withoutVersion(name) {
  const at = indexOf(name, '@', name[0] === '@' ? 2 : 1)
  if (at < 0) {
    return name
  }
  const slash = indexOf(name, '/', at)
  return slice(name, 0, at) + (slash < 0 ? '' : slice(name, slash))
}

function notFound(name) {
  return coded(new ErrorIntrinsic(`Cannot find module '${name}'`), 'MODULE_NOT_FOUND')
}

function run(factory, module) {
  apply(factory, module.exports, [module.exports, module.require, module, module.filename, '.'])
  put(module, 'loaded', true)
  return module.exports
}

/** A module is known while its code runs, for circles, and no longer if that fails. */
function loadOnce(modules, name, module, factory) {
  put(modules, name, module)
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
  if (actionModules[name] !== undefined) {
    return actionModules[name].exports
  }
  const factory = hostRequire(name)
  if (typeof factory !== 'function') {
    throw notFound(name)
  }
  const module = makeModule(slice(name, MODULE.length), new Scope(PACKAGES + name, false))
  return loadOnce(actionModules, name, module, factory({ secrets: secretsOf(name) }))
}

function loadPackage(name, scope) {
  const declared = member(scope.declared, name)
  if (declared !== undefined) {
    return declared()
  }
  if (packageModules[name] !== undefined) {
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
    throw coded(new TypeErrorIntrinsic('The "id" argument must be a non-empty string'), 'ERR_INVALID_ARG_VALUE')
  }
  if (startsWith(name, PACKAGES)) {
    throw notFound(name)
  }
  if (startsWith(name, MODULE)) {
    return loadModule(name, scope)
  }
  const bare = startsWith(name, 'node:') ? slice(name, 5) : name
  if (builtins[bare] !== undefined) {
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
  put(require, 'cache', {})
  put(require, 'resolve', (name) => name)
  return { id, filename: `${id}.js`, path: '.', exports: {}, loaded: false, children: [], paths: [], require }
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
