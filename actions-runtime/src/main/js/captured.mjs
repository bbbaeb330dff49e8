// Holds the prelude's core to what it took of the language before guest code ran (prelude/host/intrinsics.js): an Action
// may replace every method of every intrinsic at its top level, and what runs afterwards with secrets of modules, commands,
// the host's functions or the state of a run in hand must not call one.
//
// The core is whatever the realm loads at boot: main.js and all that it imports, and imports of these. The rest is made
// when an Action first touches it; it is the Action's own library, and who spoils that spoils it for themselves.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'

const ROOT = 'prelude'

/** Loaded later, and yet between the host and every run. */
const ALSO = ['fetch/exchange.js']

/** Loaded at boot, and yet nothing but the Action's library. */
const LIBRARY = {
  'events/stack-trace.js': 'Error.captureStackTrace, on errors of whoever calls it',
}

/** Functions that have run before guest code does. Functions inside of them may run later. */
const AT_BOOT = {
  'globals.js': ['defineLazy', 'installGlobals'],
  'host/bridge.js': ['install'],
  'main.js': ['boot', 'hiddenPrototypes', 'roots'],
  'run/finalizers.js': ['installFinalizers', 'replace'],
  'run/rejections.js': ['watchRejections'],
  'run/simulate.js': ['simulate', 'simulateChance', 'simulateClock', 'simulateFormats'],
}

/** Globals that nobody can change, and what the bundler resolves. */
const CONSTANTS = new Set(['Infinity', 'NaN', 'undefined', 'require'])

/** Names of all methods and of all getters of the language, whoever has them. */
function namesOfTheLanguage() {
  const methods = new Set()
  const getters = new Set()
  const seen = new Set()
  const look = (value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) {
      return
    }
    seen.add(value)
    look(Object.getPrototypeOf(value))
    for (const [key, own] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      if (own.get !== undefined) {
        getters.add(key)
      } else if (typeof own.value === 'function') {
        methods.add(key)
      }
      look(own.value)
    }
  }
  // Named by no global of older versions of Node.
  const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([].values()))
  const classes = [
    Array, ArrayBuffer, BigInt, Boolean, DataView, Date, Error, FinalizationRegistry, Function, Intl, iteratorPrototype, JSON, Map,
    Math, Number, Object, Promise, Proxy, Reflect, RegExp, Set, String, Symbol, Uint8Array, WeakMap, WeakRef, WeakSet,
    async () => {}, function* () {}, async function* () {},
  ]
  classes.forEach(look)
  // What Array and String say of themselves is their own; typed arrays are dealt with apart.
  getters.delete('length')
  return { methods, getters }
}

const LANGUAGE = namesOfTheLanguage()

const isFunction = (node) =>
  ['ArrowFunctionExpression', 'FunctionDeclaration', 'FunctionExpression'].includes(node.type)

const childrenOf = (node) =>
  Object.entries(node)
    .filter(([key]) => !['type', 'start', 'end', 'loc'].includes(key))
    .flatMap(([, value]) => value)
    .filter((value) => typeof value?.type === 'string')

const nameOf = ({ computed, property }) =>
  property.type === 'PrivateIdentifier' ? undefined : computed ? property.value : property.name

const isBare = (node) =>
  node?.type === 'ObjectExpression' &&
  node.properties[0]?.key?.name === '__proto__' &&
  node.properties[0].value.value === null

/** Objects that inherit nothing which guest code can reach, so that their members are their own. */
const isOwnTable = (node) =>
  isBare(node) || (node?.type === 'CallExpression' && node.callee.name === 'create' && node.arguments[0]?.value === null)

const isBytes = (node) => node?.type === 'NewExpression' && node.callee.name === 'Uint8ArrayIntrinsic'

class File {
  findings = []
  #name
  #declared = new Set()
  #tables = new Set()
  #bytes = new Set()

  constructor(name, program) {
    this.#name = name
    this.#declare(program)
    this.#walk(program, false)
  }

  /** All names of the file, with what is known of their values. */
  #declare(node) {
    const add = (pattern, value) => {
      if (pattern === null) {
        return
      }
      if (pattern.type === 'Identifier') {
        this.#declared.add(pattern.name)
        if (isOwnTable(value)) {
          this.#tables.add(pattern.name)
        }
        if (isBytes(value)) {
          this.#bytes.add(pattern.name)
        }
      }
      for (const part of pattern.properties ?? pattern.elements ?? []) {
        add(part?.value ?? part?.argument ?? part)
      }
      if (pattern.type === 'AssignmentPattern' || pattern.type === 'RestElement') {
        add(pattern.left ?? pattern.argument)
      }
    }
    if (node.type === 'VariableDeclarator') {
      add(node.id, node.init)
    } else if (node.type === 'PropertyDefinition' && node.key.type === 'PrivateIdentifier' && isOwnTable(node.value)) {
      this.#tables.add(`#${node.key.name}`)
    } else if (node.type.startsWith('Import') && node.local) {
      this.#declared.add(node.local.name)
    } else if (node.type === 'CatchClause' && node.param) {
      add(node.param)
    }
    if (node.id?.type === 'Identifier') {
      this.#declared.add(node.id.name)
    }
    if (isFunction(node)) {
      node.params.forEach((param) => add(param))
    }
    childrenOf(node).forEach((child) => this.#declare(child))
  }

  #find(node, what) {
    this.findings.push(`${ROOT}/${this.#name}:${node.loc.start.line}: ${what}`)
  }

  /** @param later whether guest code may have run when this does */
  #walk(node, later, parent) {
    if (later) {
      this.#check(node, parent)
    }
    const name = node.id?.name ?? (parent?.type === 'VariableDeclarator' ? parent.id.name : undefined)
    const enters = isFunction(node) || node.type === 'PropertyDefinition'
    const inside = enters ? !(AT_BOOT[this.#name]?.includes(name) ?? false) : later
    for (const child of childrenOf(node)) {
      this.#walk(child, inside, node)
    }
  }

  #check(node, parent) {
    switch (node.type) {
      case 'CallExpression':
        this.#checkCall(node)
        break
      case 'MemberExpression':
        this.#checkRead(node)
        break
      case 'AssignmentExpression':
      case 'UpdateExpression':
        this.#checkWrite(node.left ?? node.argument)
        break
      case 'Identifier':
        if (this.#isReference(node, parent) && !this.#declared.has(node.name) && !CONSTANTS.has(node.name)) {
          this.#find(node, `the global ${node.name} is looked up`)
        }
        break
      case 'ForOfStatement':
      case 'ArrayPattern':
        this.#find(node, 'iterates, which calls Symbol.iterator')
        break
      case 'ForInStatement':
        this.#find(node, 'for … in sees what prototypes have')
        break
      case 'SpreadElement':
        if (parent.type !== 'ObjectExpression') {
          this.#find(node, 'a spread iterates, which calls Symbol.iterator')
        }
        break
      case 'YieldExpression':
        this.#find(node, 'a generator answers through a prototype of the language')
        break
      case 'BinaryExpression':
        if (node.operator === 'instanceof') {
          this.#find(node, 'instanceof calls Symbol.hasInstance')
        } else if (node.operator === 'in' && node.left.type !== 'PrivateIdentifier') {
          this.#find(node, '`in` sees what prototypes have')
        }
        break
      default:
    }
  }

  #checkCall({ callee, arguments: given, ...node }) {
    const method = callee.type === 'MemberExpression' && callee.object.type !== 'Super' ? nameOf(callee) : undefined
    if (callee.type === 'MemberExpression' && callee.computed && method === undefined) {
      this.#find(node, 'a method with a computed name is called')
    }
    if (method !== undefined && LANGUAGE.methods.has(method)) {
      this.#find(node, `the method ${method} may be a guest's by now`)
    }
    if (callee.name === 'defineProperty' && !isBare(given[2])) {
      this.#find(node, 'a descriptor inherits from Object.prototype: begin it with `__proto__: null`')
    }
  }

  #checkRead(node) {
    const name = nameOf(node)
    if (LANGUAGE.getters.has(name)) {
      this.#find(node, `the getter ${name} may be a guest's by now`)
    } else if (name === 'length' && this.#bytes.has(node.object.name)) {
      this.#find(node, 'the length of a typed array is a getter of its prototype')
    } else if (name === 'prototype' || name === 'constructor') {
      this.#find(node, `${name} leads to what guest code may have changed`)
    }
  }

  #checkWrite(target) {
    if (target.type !== 'MemberExpression' || target.property.type === 'PrivateIdentifier') {
      return
    }
    const { object } = target
    const name = object.property?.type === 'PrivateIdentifier' ? `#${object.property.name}` : object.name
    if (!this.#tables.has(name) && !this.#bytes.has(name)) {
      this.#find(target, 'an assignment calls setters of prototypes: use put, or a table without a prototype')
    }
  }

  #isReference(node, parent) {
    switch (parent.type) {
      case 'MemberExpression':
        return parent.object === node || parent.computed
      case 'Property':
      case 'PropertyDefinition':
      case 'MethodDefinition':
        return parent.value === node || parent.computed
      case 'LabeledStatement':
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        return false
      default:
        return true
    }
  }
}

async function parseFile(name) {
  return parse(await readFile(path.join(ROOT, name), 'utf8'), {
    ecmaVersion: 'latest',
    sourceType: 'module',
    locations: true,
  })
}

/** Text of each finding in the core, and the names of the core's files. */
export async function checkCaptured() {
  const files = new Set(['main.js', ...ALSO])
  const findings = []
  for (const name of files) {
    const program = await parseFile(name)
    for (const { type, source } of program.body) {
      if (type === 'ImportDeclaration' && source.value.startsWith('.')) {
        const imported = path.posix.join(path.posix.dirname(name), source.value)
        if (LIBRARY[imported] === undefined) {
          files.add(imported)
        }
      }
    }
    findings.push(...new File(name, program).findings)
  }
  return { files: [...files].sort(), findings }
}

// Called by itself, it judges each line of standard input as the body of a function of the core.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const line of (await text(process.stdin)).trimEnd().split('\n')) {
    const body = `function body(a, b, put, create, defineProperty, Uint8ArrayIntrinsic) { ${line} }`
    const { findings } = new File('line', parse(body, { ecmaVersion: 'latest', locations: true }))
    console.log(findings.length === 0 ? 'fine' : findings.map((finding) => finding.replace(/^.*?: /, '')).join('; '))
  }
}
