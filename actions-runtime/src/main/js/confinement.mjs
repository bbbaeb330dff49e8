// Keeps esbuild to the files of the packages that it bundles: whatever a package names, nothing else is read, and no
// message quotes anything else.
import { realpathSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'

const PACKAGES = path.join(realpathSync('.'), 'node_modules')
const ROOTS = [PACKAGES, path.join(realpathSync(import.meta.dirname), 'packages')]

/** Native add-ons are for another plugin to tell. */
const LOADED = new Set(['', '.js', '.cjs', '.mjs', '.jsx', '.ts', '.cts', '.mts', '.tsx', '.json', '.node'])

const OUTSIDE = 'A package names a file outside of the packages'

const isBelow = (file) => ROOTS.some((root) => file === root || file.startsWith(root + path.sep))

/** Whether a file is one of those, wherever links lead. */
export function isWithin(file) {
  try {
    return isBelow(realpathSync(file))
  } catch {
    return false
  }
}

/** What cannot be found, before anything is looked for where it would be. */
function leadsOutside(name, resolveDir) {
  return name.startsWith('.')
    ? !isBelow(path.resolve(resolveDir, name))
    : path.isAbsolute(name) || name.startsWith('file:') || path.normalize(name).startsWith('..')
}

/** For esbuild; goes before plugins that load. */
export const confined = {
  name: 'confined',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[/\\]|^file:|\.\./ }, ({ path: name, resolveDir }) =>
      leadsOutside(name, resolveDir) ? { errors: [{ text: `Could not resolve "${name}"` }] } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'file' }, ({ path: file, with: attributes }) => {
      if (!isWithin(file)) {
        return { errors: [{ text: OUTSIDE }] }
      }
      if (!Object.entries(attributes).every(([key, value]) => key === 'type' && value === 'json')) {
        return { errors: [{ text: "Import attributes other than type: 'json' are not supported" }] }
      }
      if (!LOADED.has(path.extname(file))) {
        return { errors: [{ text: `${path.basename(file)} is neither JavaScript nor JSON` }] }
      }
      return undefined
    })
  },
}

/** The words of a message of esbuild's, unless it is about a file that is none of the packages'. */
export const quotable = ({ text, location }) =>
  location === null || location.file === '<stdin>' || isWithin(location.file) ? text : OUTSIDE

/** What npm does not install: links and devices, by the names of their files. */
export async function irregularFiles() {
  const entries = await readdir(PACKAGES, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => !entry.isFile() && !entry.isDirectory()).map((entry) => entry.name)
}
