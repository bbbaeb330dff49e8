package dev.cambio.gateway.weather;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A network of namespaces, one for each node, that ends in this process: every packet between two
 * of them, or between one and this machine, passes here and can be dropped or held up. So wires can
 * be cut, in one direction too, and made slow, on every kernel that has namespaces and TUN devices.
 */
final class Wires implements AutoCloseable {
  /** This machine's own address, where clients, the balancer and the database are. */
  static final String MACHINE = "198.18.77.1";

  private static final String PREFIX = "198.18.77.";
  private static final int FIRST_NODE = 11;
  private static final String NAMESPACE = "cambio-weather-";
  private static final int LONGEST_PACKET = 65_536;
  private static final int SOURCE_OFFSET = 12;
  private static final int DESTINATION_OFFSET = 16;
  private static final ValueLayout.OfInt ADDRESS =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final List<Host> nodes = new ArrayList<>();
  private final Map<Integer, Tun> ends = new HashMap<>();
  private final DelayQueue<Held> held = new DelayQueue<>();
  private final AtomicLong sequence = new AtomicLong();
  private final Random chance = new Random(77);
  private volatile Set<Way> cut = Set.of();
  private volatile long delayNanos;
  private volatile double loss;

  private record Host(String address, String namespace) {}

  /** From one address to another. */
  private record Way(int from, int to) {}

  private record Held(byte[] packet, Tun to, long at, long order) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Held that = (Held) other;
      int byTime = Long.compare(at - that.at, 0);
      return byTime != 0 ? byTime : Long.compare(order, that.order);
    }
  }

  /** Whether this machine lets us. */
  static boolean canBeLaid() {
    return Files.isWritable(Path.of(Tun.DEVICE))
        && Shell.succeeds("ip", "netns", "list")
        && mayAdd();
  }

  private static boolean mayAdd() {
    String name = NAMESPACE + ProcessHandle.current().pid() + "-try";
    return Shell.succeeds("ip", "netns", "add", name) && Shell.succeeds("ip", "netns", "del", name);
  }

  /** Lays wires to that many nodes. */
  static Wires lay(int count) {
    sweep();
    Wires wires = new Wires();
    try {
      wires.connectMachine();
      for (int i = 0; i < count; i++) {
        wires.connectNode(i);
      }
      wires.ends.values().forEach(wires::forward);
      Thread.ofPlatform().daemon().name("wires-held").start(wires::release);
      return wires;
    } catch (RuntimeException e) {
      wires.close();
      throw e;
    }
  }

  /** Takes away what a run left that was killed. */
  private static void sweep() {
    try (Stream<Path> left = Files.list(Path.of("/run/netns"))) {
      left.map(path -> path.getFileName().toString())
          .filter(name -> name.matches(NAMESPACE + "\\d+-.*"))
          .filter(name -> ProcessHandle.of(Long.parseLong(name.split("-", -1)[2])).isEmpty())
          .forEach(name -> Shell.run("ip", "netns", "del", name));
    } catch (IOException e) {
      // There was never one.
    }
  }

  private void connectMachine() {
    ends.put(number(MACHINE), Tun.open("cambio-w"));
    Shell.run("ip", "addr", "add", MACHINE + "/24", "dev", "cambio-w");
    Shell.run("ip", "link", "set", "cambio-w", "up");
  }

  private void connectNode(int index) {
    String address = PREFIX + (FIRST_NODE + index);
    String device = "cambio-w" + index;
    String namespace = NAMESPACE + ProcessHandle.current().pid() + "-" + index;
    Shell.run("ip", "netns", "add", namespace);
    nodes.add(new Host(address, namespace));
    ends.put(number(address), Tun.open(device));
    Shell.run("ip", "link", "set", device, "netns", namespace);
    Shell.run("ip", "-n", namespace, "addr", "add", address + "/24", "dev", device);
    Shell.run("ip", "-n", namespace, "link", "set", device, "up");
    Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
  }

  private static int number(String address) {
    int number = 0;
    for (String part : address.split("\\.", -1)) {
      number = number << 8 | Integer.parseInt(part);
    }
    return number;
  }

  String address(int node) {
    return nodes.get(node).address();
  }

  /** What to put before a command that is to run at that node. */
  List<String> at(int node) {
    return List.of("ip", "netns", "exec", nodes.get(node).namespace());
  }

  /** Cuts all wires between nodes of the one side and nodes of the other. */
  void cut(Collection<String> side, Collection<String> other) {
    Set<Way> ways = new HashSet<>(cut);
    for (String a : side) {
      for (String b : other) {
        ways.add(new Way(number(a), number(b)));
        ways.add(new Way(number(b), number(a)));
      }
    }
    cut = Set.copyOf(ways);
  }

  /** Has nothing arrive from that node at the others, which it still hears. */
  void mute(String node, Collection<String> others) {
    Set<Way> ways = new HashSet<>(cut);
    others.forEach(other -> ways.add(new Way(number(node), number(other))));
    cut = Set.copyOf(ways);
  }

  /**
   * Holds up what nodes send each other.
   *
   * @param roundTrip how much later an answer arrives
   * @param lost which part of the packets never arrives
   */
  void slow(Duration roundTrip, double lost) {
    delayNanos = roundTrip.toNanos() / 2;
    loss = lost;
  }

  /** All as it was. */
  void heal() {
    cut = Set.of();
    delayNanos = 0;
    loss = 0;
  }

  private void forward(Tun from) {
    Thread.ofPlatform()
        .daemon()
        .name("wires")
        .start(
            () -> {
              try (Arena arena = Arena.ofConfined()) {
                MemorySegment packet = arena.allocate(LONGEST_PACKET);
                for (long length = from.read(packet); length >= 0; length = from.read(packet)) {
                  pass(packet, length);
                }
              }
            });
  }

  private void pass(MemorySegment packet, long length) {
    boolean isIpv4 = length >= 20 && packet.get(ValueLayout.JAVA_BYTE, 0) >> 4 == 4;
    if (!isIpv4) {
      return;
    }
    Way way = new Way(packet.get(ADDRESS, SOURCE_OFFSET), packet.get(ADDRESS, DESTINATION_OFFSET));
    Tun to = ends.get(way.to());
    if (to == null || cut.contains(way)) {
      return;
    }
    boolean betweenNodes = way.from() != number(MACHINE) && way.to() != number(MACHINE);
    if (betweenNodes && loss > 0 && chance.nextDouble() < loss) {
      return;
    }
    if (betweenNodes && delayNanos > 0) {
      byte[] copy = packet.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      held.add(new Held(copy, to, System.nanoTime() + delayNanos, sequence.incrementAndGet()));
    } else {
      to.write(packet, length);
    }
  }

  private void release() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment packet = arena.allocate(LONGEST_PACKET);
      while (true) {
        Held next = held.take();
        MemorySegment.copy(
            next.packet(), 0, packet, ValueLayout.JAVA_BYTE, 0, next.packet().length);
        next.to().write(packet, next.packet().length);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes everything away; what runs at the nodes must have ended. */
  @Override
  public void close() {
    // An interface that goes wakes whoever reads from it.
    Shell.succeeds("ip", "link", "del", "cambio-w");
    for (int i = 0; i < nodes.size(); i++) {
      Shell.succeeds("ip", "-n", nodes.get(i).namespace(), "link", "del", "cambio-w" + i);
      Shell.succeeds("ip", "netns", "del", nodes.get(i).namespace());
    }
    ends.values().forEach(Tun::close);
  }
}
