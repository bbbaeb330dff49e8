package dev.cambio.runtime.guest.crypto;

import java.security.GeneralSecurityException;

/** scrypt (RFC 7914), which the JCA does not have. */
final class Scrypt {
  private static final int MAX_OUTPUT = 1 << 17;

  /** Memory of one call, N blocks of 128 r bytes. */
  private static final long MAX_MEMORY = 64L << 20;

  /** N r p of one call; a second or so of work. */
  private static final long MAX_WORK = 1L << 21;

  private static final Hashes HASH = Hashes.SHA_256;

  private final int cost;
  private final int words;

  private Scrypt(int cost, int blockSize) {
    this.cost = cost;
    this.words = 32 * blockSize;
  }

  /** Texts: N, r, p, length in bytes. Bytes: password, salt. */
  static byte[] derive(Arguments a) throws CryptoFault, GeneralSecurityException {
    int cost = a.integer(0, 2, 1 << 20, "The cost");
    int blockSize = a.integer(1, 1, 1024, "The block size");
    int parallel = a.integer(2, 1, 1024, "The parallelization");
    int length = a.integer(3, 1, MAX_OUTPUT, "The length");
    if (Integer.bitCount(cost) != 1
        || 128L * cost * blockSize > MAX_MEMORY
        || (long) cost * blockSize * parallel > MAX_WORK) {
      throw CryptoFault.operation("Invalid scrypt params");
    }
    byte[] blocks =
        DeriveOperations.pbkdf2(HASH, a.bytes(0), a.bytes(1), 1, parallel * 128 * blockSize);
    Scrypt scrypt = new Scrypt(cost, blockSize);
    for (int i = 0; i < parallel; i++) {
      scrypt.mix(blocks, i * 128 * blockSize);
    }
    return DeriveOperations.pbkdf2(HASH, a.bytes(0), blocks, 1, length);
  }

  // RFC 7914 §5
  private void mix(byte[] blocks, int offset) {
    int[] x = new int[words];
    for (int i = 0; i < words; i++) {
      x[i] = read(blocks, offset + 4 * i);
    }
    int[][] memory = new int[cost][];
    for (int i = 0; i < cost; i++) {
      memory[i] = x;
      x = mixBlocks(x);
    }
    for (int i = 0; i < cost; i++) {
      int[] chosen = memory[x[words - 16] & (cost - 1)];
      for (int j = 0; j < words; j++) {
        x[j] ^= chosen[j];
      }
      x = mixBlocks(x);
    }
    for (int i = 0; i < words; i++) {
      write(blocks, offset + 4 * i, x[i]);
    }
  }

  // RFC 7914 §4: even blocks to the front, odd ones behind them.
  private int[] mixBlocks(int[] in) {
    int[] out = new int[words];
    int[] x = new int[16];
    System.arraycopy(in, words - 16, x, 0, 16);
    for (int i = 0; i < words / 16; i++) {
      for (int j = 0; j < 16; j++) {
        x[j] ^= in[16 * i + j];
      }
      salsa(x);
      System.arraycopy(x, 0, out, (i % 2 == 0 ? i / 2 : (words / 16 + i) / 2) * 16, 16);
    }
    return out;
  }

  // RFC 7914 §3: Salsa20/8
  private static void salsa(int[] block) {
    int[] x = block.clone();
    for (int round = 0; round < 8; round += 2) {
      quarter(x, 0, 4, 8, 12);
      quarter(x, 5, 9, 13, 1);
      quarter(x, 10, 14, 2, 6);
      quarter(x, 15, 3, 7, 11);
      quarter(x, 0, 1, 2, 3);
      quarter(x, 5, 6, 7, 4);
      quarter(x, 10, 11, 8, 9);
      quarter(x, 15, 12, 13, 14);
    }
    for (int i = 0; i < 16; i++) {
      block[i] += x[i];
    }
  }

  private static void quarter(int[] x, int a, int b, int c, int d) {
    x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
    x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
    x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
    x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
  }

  private static int read(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | bytes[at + 3] << 24;
  }

  private static void write(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    bytes[at + 1] = (byte) (value >>> 8);
    bytes[at + 2] = (byte) (value >>> 16);
    bytes[at + 3] = (byte) (value >>> 24);
  }
}
