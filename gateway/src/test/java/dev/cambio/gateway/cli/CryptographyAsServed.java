package dev.cambio.gateway.cli;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Has nodes in the tests' JVM sign with what {@code cambio serve} signs with. */
public final class CryptographyAsServed implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Cryptography.install();
  }
}
