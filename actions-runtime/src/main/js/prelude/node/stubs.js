// Modules that libraries load without always using: present, and refusing to work.

function unavailable(name) {
  return () => {
    const error = new Error(`${name} is not available in Actions`)
    error.code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'
    throw error
  }
}

const dnsMethods = ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveTxt', 'reverse']

export const dns = {
  ...Object.fromEntries(dnsMethods.map((name) => [name, unavailable(`dns.${name}`)])),
  promises: Object.fromEntries(dnsMethods.map((name) => [name, async () => unavailable(`dns.${name}`)()])),
}

export const tls = {
  connect: unavailable('tls.connect'),
  createSecureContext: unavailable('tls.createSecureContext'),
  rootCertificates: [],
}

export const moduleModule = { builtinModules: [], createRequire: unavailable('module.createRequire') }
