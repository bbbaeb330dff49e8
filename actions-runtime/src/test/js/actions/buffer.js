// Buffer: encodings, numbers, searches, and what is refused.
exports.onExecuteCustomTokenExchange = async () => {
  for (const compute of [
    () => Buffer.from('68656c6c6f', 'hex').toString(),
    () => Buffer.from('aGk', 'base64').toString(),
    () => Buffer.from('a-_b', 'base64').toString('hex'),
    () => Buffer.from('+/+/', 'base64url').toString('hex'),
    () => Buffer.from('hé').toString('base64url'),
    () => Buffer.from('YQ==').toString('base64url'),
    () => Buffer.byteLength('aMOp', 'base64url'),
    () => Buffer.alloc(3, 'ab').toString(),
    () => Buffer.from([1, 2, 300]),
    () => Buffer.concat([Buffer.from('a'), new Uint8Array([98])]).toString(),
    () => Buffer.compare(Buffer.from('a'), Buffer.from('b')),
    () => Buffer.from('héllo').slice(1, 3),
    () => Buffer.from('test').equals(new Uint8Array([116, 101, 115, 116])),
    () => Buffer.from('abc').readUInt16BE(0),
    () => {
      const buffer = Buffer.alloc(8)
      buffer.writeBigUInt64BE(123n)
      return buffer
    },
    () => Buffer.from('xyz').toJSON(),
    () => Buffer.from('abcabc').indexOf('ca') + Buffer.from('abc').lastIndexOf('c'),
    () => Buffer.from('abc').includes('b') && Buffer.isBuffer(Buffer.from('')),
    () => Buffer.byteLength('héé'),
    () => Buffer.from('ÿ', 'latin1'),
    () => Buffer.from('ab', 'utf16le'),
    () => Buffer.from('abcd').swap16().toString(),
    () => Buffer.from(new Uint16Array([1, 256]).buffer),
    () => Buffer.from({ type: 'Buffer', data: [1, 2] }),
    () => `${Buffer.from('str')}`,
    () => JSON.stringify(Buffer.from('a')),
    () => Buffer.from('abc').subarray(1) instanceof Buffer,
    () => Buffer.from('zz', 'hex').length,
    () => Buffer.from('abc').at(-1),
    () => Buffer.from('abc').fill('x').toString(),
    () => Buffer.isEncoding('BASE64URL'),
    () => Buffer.from('€').toString('ascii'),
    () => Buffer.from('€€').toString('utf8', 0, 4),
    () => Buffer.from([0xff, 0x41]).toString(),
    () => [...Buffer.from('ab').entries()],
    () => Buffer.from('ab').write('zz', 1),
    () => Buffer.copyBytesFrom(new Uint8Array([1, 2, 3]), 1, 1),
    () => Buffer.from('😀').length,
    () => new Uint8Array(Buffer.from('abc')),
    () => Buffer.from('Basic dXNlcjpwYXNz'.split(' ')[1], 'base64').toString('ascii').split(':'),
    () => Buffer.from([1, 2, 3, 4]).readInt32LE() + Buffer.from([0, 0, 192, 63]).readFloatLE(),
  ]) {
    console.log(compute())
  }
  for (const refused of [
    () => Buffer.from(5),
    () => Buffer.from(null),
    () => Buffer.alloc(-1),
    () => Buffer.from('a').toString('nope'),
    () => Buffer.from('abc').readUInt32LE(1),
  ]) {
    try {
      console.log(refused())
    } catch (error) {
      console.log(error.name)
    }
  }
}
