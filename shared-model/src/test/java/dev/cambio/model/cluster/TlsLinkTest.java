package dev.cambio.model.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundHandler;
import com.hazelcast.internal.networking.OutboundHandler;
import java.io.EOFException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two links whose handlers are driven as Hazelcast's threads would, with no network between. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsLinkTest {
  private static final ClusterIdentity IDENTITY =
      new ClusterIdentity("a cluster secret of 32 characters".getBytes(UTF_8));

  private final Side client = new Side(true);
  private final Side server = new Side(false);

  @BeforeEach
  void handshake() throws Exception {
    for (int i = 0; i < 20; i++) {
      client.write();
      client.carryTo(server);
      server.write();
      server.carryTo(client);
    }
    assertThat(client.link.established()).isTrue();
    assertThat(server.link.established()).isTrue();
  }

  @Test
  @DisplayName("what goes in comes out")
  void carries() throws Exception {
    client.plain.put("hello".getBytes(UTF_8));
    client.write();
    client.carryTo(server);

    assertThat(new String(server.read.array(), 0, server.read.position(), UTF_8))
        .isEqualTo("hello");
  }

  @Test
  @DisplayName("after a broken record a write ends the link instead of trying for ever")
  void broken() throws Exception {
    client.plain.put("hello".getBytes(UTF_8));
    client.write();
    client.corrupt();
    assertThatExceptionOfType(EOFException.class).isThrownBy(() -> client.carryTo(server));
    assertThat(server.refused).isTrue();

    server.plain.put("what Hazelcast still has to say".getBytes(UTF_8));

    assertThatExceptionOfType(EOFException.class)
        .isThrownBy(
            () -> {
              for (int i = 0; i < 5; i++) {
                server.write();
              }
            });
  }

  /** A handler pair with the buffers that a pipeline gives it. */
  private static final class Side implements TlsLink.Watcher {
    private final ByteBuffer plain = ByteBuffer.allocate(1 << 15);
    private final ByteBuffer read = ByteBuffer.allocate(1 << 15);
    private final TlsLink link;
    private final InboundHandler<ByteBuffer, ByteBuffer> opening;
    private final OutboundHandler<ByteBuffer, ByteBuffer> sealing;
    private boolean refused;

    private Side(boolean client) {
      link = new TlsLink(IDENTITY.engine(client), this);
      opening = link.opening();
      sealing = link.sealing();
      opening.src(ByteBuffer.allocate(1 << 16));
      opening.dst(read);
      opening.setChannel(quiet(Channel.class));
      sealing.src(plain);
      sealing.dst(ByteBuffer.allocate(1 << 16).flip());
      sealing.setChannel(quiet(Channel.class));
    }

    @Override
    public void established() {}

    @Override
    public void refused(SSLException why) {
      refused = true;
    }

    private HandlerStatus write() throws Exception {
      plain.flip();
      try {
        return sealing.onWrite();
      } finally {
        plain.compact();
      }
    }

    private void corrupt() {
      ByteBuffer sealed = sealing.dst();
      int last = sealed.limit() - 1;
      sealed.put(last, (byte) (sealed.get(last) ^ 1));
    }

    private void carryTo(Side other) throws Exception {
      other.opening.src().put(sealing.dst());
      other.opening.onRead();
    }
  }

  /** Takes every call and does nothing; pipelines come out as such too. */
  private static <T> T quiet(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            TlsLinkTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer(method)));
  }

  private static @Nullable Object answer(Method method) {
    return method.getReturnType().isInterface() ? quiet(method.getReturnType()) : null;
  }
}
