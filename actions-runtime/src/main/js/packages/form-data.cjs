// Stands in for the form-data package, whose browser build looks for a window.
module.exports = globalThis.FormData
