module.exports = require('../buffer.js').bufferModule
