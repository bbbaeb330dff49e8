package dev.cambio.model.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.cluster.impl.TcpIpJoiner;
import com.hazelcast.internal.util.AddressUtil;
import com.hazelcast.internal.util.AddressUtil.AddressHolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a member finds others, at its start and when it looks for a part of the cluster that was cut
 * off. Names are resolved anew each time, to all their addresses, so a name that stands for all
 * nodes is enough and may be out of date. Whoever was a member is looked for as well, which
 * Hazelcast tells only its own class of, and {@link MemberWatch} tells this one. When it looks for
 * other parts, addresses at which nobody listens cost a second together, instead of five each.
 */
final class MemberSearch extends TcpIpJoiner {
  /** The logger of this class is Hazelcast's, which speaks of each attempt. */
  private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);

  private static final int CONNECT_MS = 1000;

  private final List<String> names;
  private final Resolver resolver;
  private volatile Set<String> unresolved = Set.of();

  /** Addresses of a host, as by {@link InetAddress#getAllByName}. */
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /**
   * A search.
   *
   * @param names {@code host} or {@code host:port}
   */
  MemberSearch(Node node, List<String> names, Resolver resolver) {
    super(node);
    this.names = names;
    this.resolver = resolver;
  }

  @Override
  protected Collection<String> getMembers() {
    Set<String> failed = new LinkedHashSet<>();
    Collection<String> found = addresses(names, resolver, failed);
    if (!failed.isEmpty() && !failed.equals(unresolved)) {
      LOG.warn("cluster: {} cannot be resolved", String.join(", ", failed));
    }
    unresolved = failed;
    return found;
  }

  @Override
  public Collection<Address> getFilteredPossibleAddresses() {
    return reachable(super.getFilteredPossibleAddresses());
  }

  /** All addresses that the names stand for, with their ports; names that stand for none fail. */
  static Collection<String> addresses(List<String> names, Resolver resolver, Set<String> failed) {
    Set<String> found = new LinkedHashSet<>();
    for (String name : names) {
      AddressHolder holder = AddressUtil.getAddressHolder(name);
      try {
        for (InetAddress address : resolver.resolve(holder.getAddress())) {
          found.add(text(address, holder.getPort()));
        }
      } catch (UnknownHostException e) {
        failed.add(holder.getAddress());
      }
    }
    return found;
  }

  private static String text(InetAddress address, int port) {
    String host = address.getHostAddress();
    if (port < 0) {
      return host;
    }
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  private static Collection<Address> reachable(Collection<Address> addresses) {
    List<Address> list = List.copyOf(addresses);
    List<Address> reachable = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> questions =
          list.stream().<Callable<Boolean>>map(address -> () -> listens(address)).toList();
      List<Future<Boolean>> answers =
          threads.invokeAll(questions, 2 * CONNECT_MS, TimeUnit.MILLISECONDS);
      for (int i = 0; i < list.size(); i++) {
        if (!answers.get(i).isCancelled() && answers.get(i).get()) {
          reachable.add(list.get(i));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return reachable;
  }

  private static boolean listens(Address address) {
    try (Socket socket = new Socket()) {
      socket.connect(address.getInetSocketAddress(), CONNECT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
