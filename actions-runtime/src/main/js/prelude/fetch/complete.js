// The host's answers to fetch, kept apart from it so that booting does not load the fetch family.

export const completeCall = (id, ok, headJson, body) =>
  require('./fetch.js').completeCall(id, ok, headJson, body)
