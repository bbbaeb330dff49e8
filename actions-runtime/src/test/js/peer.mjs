// Runs every Action of ./actions in Node.js, and prints one line of JSON: the address of a site for them, and for each
// Action its bundled source, its event, and what it printed. The site stays up until standard input ends.
import { readFile, readdir } from 'node:fs/promises'
import { builtinModules, createRequire } from 'node:module'
import path from 'node:path'
import { format } from 'node:util'
import { makeGiven } from './given.mjs'
import { startSite } from './site.mjs'

const ACTIONS = path.resolve(import.meta.dirname, 'actions')
const PRELUDE = path.resolve(import.meta.dirname, '../../main/js')
const TIMEOUT_MS = 20_000

const installed = createRequire(path.join(import.meta.dirname, 'package.json'))
const preinstalled = createRequire(path.join(PRELUDE, 'package.json'))
const { build } = preinstalled('esbuild')
const PREINSTALLED = ['auth0', 'axios', 'jose', 'jsonwebtoken', 'jwks-rsa', 'lodash', 'uuid']

/** An Action with what it requires, but for what every Action has. */
async function bundle(file) {
  const result = await build({
    entryPoints: [path.join(ACTIONS, file)],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    // As in build.mjs of the prelude.
    alias: Object.fromEntries(
      ['form-data', 'undici'].map((name) => [name, path.join(PRELUDE, 'packages', `${name}.cjs`)]),
    ),
    external: [...PREINSTALLED, ...builtinModules.flatMap((name) => [name, `node:${name}`])],
  })
  return result.outputFiles[0].text
}

function requireLikeAnAction(name) {
  return PREINSTALLED.includes(name) ? preinstalled(name) : installed(name)
}

const api = { access: { rejectInvalidSubjectToken() {} }, authentication: { setUserByConnection() {} } }

async function runInNode(file, event) {
  const source = await readFile(path.join(ACTIONS, file), 'utf8')
  const lines = []
  const print = (...args) => void lines.push(format(...args))
  const console = { debug: print, error: print, info: print, log: print, warn: print }
  const module = { exports: {} }
  new Function('exports', 'require', 'module', 'console', source)(module.exports, requireLikeAnAction, module, console)
  const late = new Promise((_, reject) =>
    setTimeout(() => reject(new Error(`${file} has not ended`)), TIMEOUT_MS).unref(),
  )
  await Promise.race([module.exports.onExecuteCustomTokenExchange(event, api), late])
  return lines
}

const given = await makeGiven()
const site = await startSite(given)

async function compared(file) {
  const event = {
    transaction: { metadata: {}, subject_token: Buffer.from(given.shown.saml).toString('base64') },
    request: {},
    client: {},
    given: { site: site.base, ...given.shown },
  }
  const [source, lines] = await Promise.all([
    bundle(file),
    runInNode(file, structuredClone(event)).catch((error) => [`failed in Node.js: ${error.stack}`]),
  ])
  return { source, event: JSON.stringify(event), lines }
}

const actions = {}
for (const file of (await readdir(ACTIONS)).sort()) {
  actions[path.basename(file, '.js')] = await compared(file)
}
process.stdout.write(`${JSON.stringify({ port: site.port, actions })}\n`)
process.stdin.resume().on('end', () => process.exit())
