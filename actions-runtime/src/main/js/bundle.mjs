// Bundles packages that `npm ci` has installed in the working directory into bundle.js, which exports a function per
// name that Actions may require. Reads {"requires": [name, …]} from standard input and says in bundle.json what it found:
// {"errors": [text, …], "warnings": [text, …]}.
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { build } from 'esbuild'
import { packages } from './bundling.mjs'
import { confined, irregularFiles, quotable } from './confinement.mjs'

const { requires } = JSON.parse(await text(process.stdin))
const lock = JSON.parse(await readFile('package-lock.json', 'utf8'))
const warnings = []

/** Packages of the tree that are native add-ons, by directory: whether only optional dependencies lead to them. */
const natives = new Map(
  Object.entries(lock.packages)
    .filter(([directory]) => directory !== '' && existsSync(path.join(directory, 'binding.gyp')))
    .map(([directory, entry]) => [directory, entry.optional === true]),
)

const nameOf = (directory) => directory.slice(directory.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** The directory of the package that a file belongs to, as the lock names it. */
function packageOf(file) {
  const relative = path.relative('.', file).split(path.sep).join('/')
  return relative.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)/)?.[1] ?? ''
}

/** More than that, nobody reads. */
const MAX_MESSAGES = 100

const notFound = (name) => `Cannot find module '${name}'`

/**
 * Compiled code cannot be loaded. What only an optional dependency leads to is missing when it is required, as where
 * it could not be compiled; anything else ends the build.
 */
const nativeAddOns = {
  name: 'native-add-ons',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/]/ }, ({ path: file }) => {
      const directory = packageOf(file)
      const compiled = file.endsWith('.node')
      if (!compiled && !natives.has(directory)) {
        return undefined
      }
      const name = compiled ? path.basename(file) : nameOf(directory)
      if (natives.get(directory) ?? lock.packages[directory]?.optional === true) {
        warnings.push(`${name} is a native add-on and left out`)
        return {
          contents: `throw Object.assign(new Error(${JSON.stringify(notFound(name))}), { code: 'MODULE_NOT_FOUND' })`,
        }
      }
      return { errors: [{ text: `${notFound(name)}: native add-ons cannot be loaded` }] }
    })
  },
}

/** What cannot be resolved is missing when it is required, and not before: a comment may mention it. */
async function resolvable() {
  const found = []
  await build({
    ...packages('', '.'),
    logLevel: 'silent',
    plugins: [
      confined,
      {
        name: 'resolvable',
        setup({ onStart, resolve }) {
          onStart(async () => {
            for (const name of requires) {
              const { errors } = await resolve(name, { kind: 'require-call', resolveDir: '.' })
              if (errors.length === 0) {
                found.push(name)
              } else {
                warnings.push(notFound(name))
              }
            }
          })
        },
      },
    ],
  })
  return found
}

/** One line, in the words of whoever would load it. */
function complaint({ text, location }) {
  const message = quotable({ text, location })
  const missing = message.match(/^Could not resolve "([^"]+)"/)
  const where = location === null || location.file === '<stdin>' || message !== text ? '' : ` (${path.relative('.', location.file)}:${location.line})`
  return `${missing === null ? message : notFound(missing[1])}${where}`
}

let errors = (await irregularFiles()).map((name) => `${name} is neither a file nor a directory`)
if (errors.length === 0) {
  try {
    const table = (await resolvable()).map((name) => `${JSON.stringify(name)}:()=>require(${JSON.stringify(name)})`)
    const result = await build({
      ...packages(`module.exports={__proto__:null,${table.join(',')}}`, '.'),
      logLevel: 'silent',
      plugins: [confined, nativeAddOns],
    })
    warnings.push(...result.warnings.map(complaint))
    await writeFile('bundle.js', result.outputFiles[0].contents)
  } catch (failure) {
    if (!Array.isArray(failure.errors)) {
      throw failure
    }
    errors = failure.errors.map(complaint)
  }
}
const few = (messages) => messages.slice(0, MAX_MESSAGES)
await writeFile('bundle.json', JSON.stringify({ errors: few(errors), warnings: few(warnings) }))
