package dev.cambio.gateway.weather;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A network interface whose other end is this process: what the kernel sends by it is read here,
 * and what is written here arrives by it, one IP packet at a time. It is gone with this process.
 */
final class Tun implements AutoCloseable {
  static final String DEVICE = "/dev/net/tun";

  private static final int READ_WRITE = 2;
  private static final long SET_INTERFACE = 0x400454caL;
  private static final int REQUEST_BYTES = 40;
  private static final int FLAGS_OFFSET = 16;

  /** IP packets, without a header of the device's own. */
  private static final short TUN_WITHOUT_HEADER = 0x1001;

  private static final MethodHandle OPEN =
      function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle IOCTL =
      function("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
  private static final MethodHandle READ =
      function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final int descriptor;

  private Tun(int descriptor) {
    this.descriptor = descriptor;
  }

  @SuppressWarnings("restricted") // the kernel has no other door for it
  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] options =
        name.equals("open") || name.equals("ioctl")
            ? new Linker.Option[] {Linker.Option.firstVariadicArg(2)}
            : new Linker.Option[0];
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  /**
   * Makes the interface in this process's network namespace.
   *
   * @throws IllegalStateException where that is not allowed
   */
  static Tun open(String name) {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = (int) OPEN.invokeExact(arena.allocateFrom(DEVICE), READ_WRITE);
      MemorySegment request = arena.allocate(REQUEST_BYTES);
      request.setString(0, name);
      request.set(JAVA_SHORT, FLAGS_OFFSET, TUN_WITHOUT_HEADER);
      if (descriptor < 0 || (int) IOCTL.invokeExact(descriptor, SET_INTERFACE, request) < 0) {
        throw new IllegalStateException("no network interface " + name + " by " + DEVICE);
      }
      return new Tun(descriptor);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Waits for a packet; its length, or a negative number when the interface is gone. */
  long read(MemorySegment packet) {
    try {
      return (long) READ.invokeExact(descriptor, packet, packet.byteSize());
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Has a packet arrive; one that finds no room is lost, as on any wire. */
  void write(MemorySegment packet, long length) {
    try {
      long _ = (long) WRITE.invokeExact(descriptor, packet, length);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  @Override
  public void close() {
    try {
      int _ = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static IllegalStateException rethrown(Throwable e) {
    return e instanceof IllegalStateException known ? known : new IllegalStateException(e);
  }
}
