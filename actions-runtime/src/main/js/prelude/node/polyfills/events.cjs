module.exports = require('../events.js').events
