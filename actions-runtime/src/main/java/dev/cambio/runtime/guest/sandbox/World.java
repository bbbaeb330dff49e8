package dev.cambio.runtime.guest.sandbox;

import java.security.SecureRandom;

/** The time and the chance that a realm knows. */
public interface World {
  /** Those that everybody has. */
  World REAL =
      new World() {
        private final SecureRandom random = new SecureRandom();

        @Override
        public double now() {
          return System.currentTimeMillis();
        }

        @Override
        public double monotonic() {
          return System.nanoTime() / 1e6;
        }

        @Override
        public void fill(byte[] bytes) {
          random.nextBytes(bytes);
        }
      };

  /** Milliseconds since the epoch. */
  double now();

  /** Milliseconds since some moment, never going back. */
  double monotonic();

  /** Random bytes. */
  void fill(byte[] bytes);
}
