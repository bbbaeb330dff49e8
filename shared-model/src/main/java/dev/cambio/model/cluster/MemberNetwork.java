package dev.cambio.model.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.cluster.Joiner;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.nio.Connection;
import com.hazelcast.internal.server.ServerConnection;
import com.hazelcast.internal.server.ServerContext;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The member port of a node that others join: TLS by {@link ClusterIdentity} below Hazelcast's own
 * protocol. Hazelcast's free edition has no TLS between members, but its parts may be put together
 * anew, as here.
 */
class MemberNetwork extends DefaultNodeContext {
  private static final Logger LOG = LoggerFactory.getLogger(MemberNetwork.class);

  /** Connections that have not shown it yet; more are closed at once. */
  private static final int MAX_UNKNOWN = 64;

  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ClusterIdentity identity;
  private final List<String> members;
  private final MemberSearch.Resolver resolver;
  private volatile Optional<MemberSearch> search = Optional.empty();
  private final Set<InetSocketAddress> others = ConcurrentHashMap.newKeySet();
  private final Set<Channel> unknown = ConcurrentHashMap.newKeySet();
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

  /**
   * A network.
   *
   * @param members {@code host} or {@code host:port} of others
   */
  MemberNetwork(ClusterIdentity identity, List<String> members, MemberSearch.Resolver resolver) {
    this.identity = identity;
    this.members = members;
    this.resolver = resolver;
  }

  /** Addresses that this node went to and that have another cluster secret, or none. */
  Set<InetSocketAddress> withAnotherSecret() {
    return Set.copyOf(others);
  }

  @Override
  public Joiner createJoiner(Node node) {
    MemberSearch made = new MemberSearch(node, members, resolver);
    search = Optional.of(made);
    return made;
  }

  /** Tells the search for lost members of one that joined, or left and may be lost. */
  void met(Member member, boolean left) {
    search.ifPresent(
        known -> {
          if (left) {
            known.onMemberRemoved(member);
          } else {
            known.onMemberAdded(member);
          }
        });
  }

  @Override
  public NodeExtension createNodeExtension(Node node) {
    return new DefaultNodeExtension(node) {
      @Override
      public Function<EndpointQualifier, ChannelInitializer> createChannelInitializerFn(
          ServerContext context) {
        Function<EndpointQualifier, ChannelInitializer> plain =
            super.createChannelInitializerFn(context);
        return endpoint -> channel -> secure(node, channel, plain.apply(endpoint));
      }
    };
  }

  /** Has a connection that was just made, in either direction, begin with TLS. */
  void secure(Node node, Channel channel, ChannelInitializer plain) throws Exception {
    boolean client = channel.isClientMode();
    TlsLink link = new TlsLink(identity.engine(client), new Door(node, channel));
    channel.inboundPipeline().addLast(link.opening());
    plain.initChannel(channel);
    channel.outboundPipeline().addLast(link.sealing());
    boolean crowded = !client && unknown.size() >= MAX_UNKNOWN;
    if (!client) {
      unknown.add(channel);
      channel.addCloseListener(unknown::remove);
    }
    CompletableFuture.delayedExecutor(
            crowded ? 0 : ClusterIdentity.HANDSHAKE_SECONDS, TimeUnit.SECONDS)
        .execute(() -> closeUnless(link.established(), channel));
  }

  private static void closeUnless(boolean established, Channel channel) {
    if (!established
        && channel.attributeMap().get(ServerConnection.class) instanceof Connection c) {
      c.close("it has not shown who it is from", null);
    }
  }

  /** What becomes of a connection that has just been opened. */
  private final class Door implements TlsLink.Watcher {
    private final Node node;
    private final Channel channel;
    private volatile boolean proved;

    Door(Node node, Channel channel) {
      this.node = node;
      this.channel = channel;
    }

    @Override
    public void established() {
      proved = true;
      unknown.remove(channel);
    }

    @Override
    public void refused(SSLException why) {
      if (channel.isClientMode() && !proved) {
        InetSocketAddress address = (InetSocketAddress) channel.remoteSocketAddress();
        others.add(address);
        // Joining goes on with the rest of the list at once, instead of trying this one again.
        node.getJoiner().blacklist(new Address(address), true);
      }
      long now = System.nanoTime();
      long until = quietUntil.get();
      if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
        LOG.warn(
            "cluster: {} has not shown that it has this cluster's secret, and was turned away ({});"
                + " for a minute no more is said of such",
            channel.remoteSocketAddress(),
            why.getMessage());
      }
    }
  }
}
