package dev.cambio.model.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class ClusterIdentityTest {
  private static final ClusterIdentity OURS = identity("a cluster secret of 32 characters");
  private static final ClusterIdentity OTHER = identity("another secret of 32 characters.");

  @Test
  void whoHasTheSecretIsAcceptedByWhoHasIt() throws Exception {
    ClusterIdentity again = identity("a cluster secret of 32 characters");
    SSLEngine server = again.engine(false);

    handshake(OURS.engine(true), server);

    assertThat(server.getSession().getProtocol()).isEqualTo("TLSv1.3");
    assertThat(server.getSession().getPeerCertificates()).hasSize(1);
  }

  @Test
  void anotherSecretIsRefusedByTheOneThatConnects() {
    assertThatExceptionOfType(SSLHandshakeException.class)
        .isThrownBy(() -> handshake(OURS.engine(true), OTHER.engine(false)));
  }

  /** Nodes of different versions of Cambio must agree on it. */
  @Test
  void theCertificateFollowsFromTheSecretAlone() throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(OURS.certificate().getEncoded());

    assertThat(HexFormat.of().formatHex(hash))
        .isEqualTo("cdb5c202acae5ffd39084dd192513f8885a5018d66a148d7456dffbf1e47cac1");
  }

  private static ClusterIdentity identity(String secret) {
    return new ClusterIdentity(secret.getBytes(UTF_8));
  }

  /** Carries records to and fro until both sides are done and have nothing more to say. */
  private static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer up = ByteBuffer.allocate(1 << 16);
    ByteBuffer down = ByteBuffer.allocate(1 << 16);
    client.beginHandshake();
    server.beginHandshake();
    for (int i = 0; i < 50; i++) {
      step(client, up, down);
      step(server, down, up);
    }
    assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
  }

  private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      engine.wrap(ByteBuffer.allocate(0), out);
    } else {
      in.flip();
      engine.unwrap(in, ByteBuffer.allocate(1 << 15));
      in.compact();
    }
  }
}
