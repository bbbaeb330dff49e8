// URL and URLSearchParams of core-js, in its form that leaves the globals alone but for one.
export const URL = require('core-js-pure/web/url')
export const URLSearchParams = require('core-js-pure/web/url-search-params')

delete globalThis['__core-js_shared__']
