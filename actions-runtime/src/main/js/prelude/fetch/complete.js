// The host's answers to requests, kept apart so that booting does not load what makes requests.

export const completeCall = (id, ok, headJson, body) =>
  require('./exchange.js').completeCall(id, ok, headJson, body)
