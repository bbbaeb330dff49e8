// Writes OUTDIR/prelude.js, OUTDIR/packages/<name>.js and OUTDIR/packages/packages.json.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'
import { packages, shared } from './bundling.mjs'
import { checkCaptured } from './captured.mjs'

const outDir = path.resolve(process.argv[2] ?? '')
if (process.argv.length !== 3) {
  console.error('usage: node build.mjs OUTDIR')
  process.exit(1)
}

/** Packages an Action may require without declaring them (contract actions-runtime §2.5). */
const PREINSTALLED = ['auth0', 'axios', 'jose', 'jsonwebtoken', 'jwks-rsa', 'lodash', 'uuid']

// Within a polyfill a Node name means the polyfill next to it.
const POLYFILLS = {
  path: 'path-browserify',
  querystring: './prelude/node/querystring.js',
  stream: 'readable-stream/lib/stream.js',
  zlib: 'browserify-zlib',
}

/** What polyfills from npm find when they ask for these: our own, and so the one class of each that Actions see. */
const OWN = {
  'abort-controller': 'prelude/events/abort.js',
  buffer: 'prelude/node/polyfills/buffer.cjs',
  events: 'prelude/node/polyfills/events.cjs',
  process: 'prelude/node/polyfills/process.cjs',
}

const ownPolyfills = {
  name: 'own-polyfills',
  setup({ onResolve }) {
    onResolve({ filter: /^(abort-controller|buffer|events|process)\/?$/ }, ({ path: name, importer }) =>
      importer.includes('node_modules') ? { path: path.resolve(OWN[name.replace('/', '')]) } : undefined,
    )
    // The dictionary in its short form, as package.json has it for browsers.
    onResolve({ filter: /\/dictionary-data$/ }, () => ({ path: path.resolve('node_modules/brotli/dec/dictionary-browser.js') }))
  },
}

/**
 * Node's formatter copies every member of every intrinsic into one object when it is loaded, 225 MB of allocation and
 * a sixth of a second in GraalJS, and gives up without Atomics, which the sandbox does not have. It is left with the
 * members that it uses.
 */
const slimFormatter = {
  name: 'slim-formatter',
  setup({ onLoad }) {
    onLoad({ filter: /node-inspect-extracted[\\/]dist[\\/]inspect\.js$/ }, async ({ path: file }) => {
      let contents = await readFile(file, 'utf8')
      // Whatever it mentions by name, the members that it uses among them.
      const used = [...new Set(contents.match(/\b[A-Z]\w+/g))]
      const replace = (from, to) => {
        if (contents.split(from).length !== 2) {
          throw new Error(`node-inspect-extracted has changed: ${from}`)
        }
        contents = contents.replace(from, () => to)
      }
      replace('"Atomics",', '')
      replace(
        '{defineProperty:n,getOwnPropertyDescriptor:r,ownKeys:o}=Reflect',
        `used=new Set(${JSON.stringify(used)}),n=(t,k,d)=>t===e&&!used.has(k)||Reflect.defineProperty(t,k,d),` +
          '{getOwnPropertyDescriptor:r,ownKeys:o}=Reflect',
      )
      return { contents, loader: 'js' }
    })
  },
}

async function buildPrelude() {
  const result = await build({
    ...shared,
    logLevel: 'error',
    entryPoints: ['prelude/main.js'],
    format: 'cjs',
    alias: POLYFILLS,
    plugins: [ownPolyfills, slimFormatter],
    // Strict mode hides the functions of the prelude from whoever walks a call stack.
    banner: { js: '(function(){"use strict";var module={exports:{}};' },
    footer: { js: ';return module.exports.boot})()' },
  })
  await writeFile(path.join(outDir, 'prelude.js'), result.outputFiles[0].contents)
}

async function buildPackage(name) {
  const result = await build({
    ...packages(`module.exports = require('${name}')`, '.'),
    logLevel: 'error',
  })
  await writeFile(path.join(outDir, 'packages', `${name}.js`), result.outputFiles[0].contents)
  const manifest = path.join('node_modules', name, 'package.json')
  return [name, JSON.parse(await readFile(manifest, 'utf8')).version]
}

const { findings } = await checkCaptured()
if (findings.length > 0) {
  console.error(`The prelude's core would call what guest code may have replaced (captured.mjs):\n${findings.join('\n')}`)
  process.exit(1)
}
await rm(path.join(outDir, 'packages'), { recursive: true, force: true })
await mkdir(path.join(outDir, 'packages'), { recursive: true })
const [, ...versions] = await Promise.all([buildPrelude(), ...PREINSTALLED.map(buildPackage)])
await writeFile(
  path.join(outDir, 'packages', 'packages.json'),
  `${JSON.stringify(Object.fromEntries(versions), null, 2)}\n`,
)
