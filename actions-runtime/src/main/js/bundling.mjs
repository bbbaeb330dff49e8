// How npm packages become CommonJS that runs in the sandbox: those that the build brings, and those that Actions declare.
import { builtinModules } from 'node:module'
import path from 'node:path'

/** What every bundle has in common. */
export const shared = {
  bundle: true,
  platform: 'neutral',
  mainFields: ['browser', 'module', 'main'],
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  minifyWhitespace: true,
  write: false,
  sourcemap: false,
}

/**
 * Options for code that requires packages.
 *
 * @param contents the code
 * @param resolveDir where packages are looked for
 */
export const packages = (contents, resolveDir) => ({
  ...shared,
  // Required rather than imported, so that a package gives what its CommonJS users get.
  stdin: { contents, resolveDir },
  // Unlike "neutral", this heeds the replacements that package.json lists for browsers.
  platform: 'browser',
  format: 'cjs',
  // Instead of whatever tsconfig.json lies above.
  tsconfigRaw: '{}',
  conditions: ['workerd', 'worker', 'browser'],
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: Object.fromEntries(
    ['form-data', 'undici'].map((name) => [name, path.join(import.meta.dirname, 'packages', `${name}.cjs`)]),
  ),
  external: builtinModules.flatMap((module) => [module, `node:${module}`]),
})
