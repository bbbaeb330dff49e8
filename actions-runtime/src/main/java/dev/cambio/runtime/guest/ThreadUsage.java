package dev.cambio.runtime.guest;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What one thread has used since some moment, as another thread sees it, and others before it.
 *
 * <p>The JVM lets anybody read a thread's count of allocated bytes, but does not synchronize with
 * it: while the thread gives its allocation buffer back, the reading is too large by the buffer's
 * address, which is gigabytes. It stays so for as long as the thread is kept from running right
 * then. A reading counts therefore when the thread has run on since and the next one confirms it.
 */
final class ThreadUsage {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final long thread;
  private final long cpuAtStart;
  private final long allocatedAtStart;

  // Written by the thread that takes the readings.
  private long cpu;
  private long reading;
  private volatile long allocated;

  private ThreadUsage(long thread, long cpuBefore, long allocatedBefore) {
    this.thread = thread;
    this.cpuAtStart = THREADS.getThreadCpuTime(thread) - cpuBefore;
    this.allocatedAtStart = THREADS.getThreadAllocatedBytes(thread) - allocatedBefore;
    this.cpu = cpuBefore;
    this.reading = allocatedBefore;
    this.allocated = allocatedBefore;
  }

  /** Of the calling thread, from now on. */
  static ThreadUsage begin() {
    return begin(0, 0);
  }

  /**
   * Of the calling thread from now on, on top of what was used before, on whatever thread.
   *
   * @param cpuBefore in nanoseconds
   */
  static ThreadUsage begin(long cpuBefore, long allocatedBefore) {
    return new ThreadUsage(Thread.currentThread().threadId(), cpuBefore, allocatedBefore);
  }

  /** CPU time at this moment, in nanoseconds. */
  long cpuNanos() {
    return THREADS.getThreadCpuTime(thread) - cpuAtStart;
  }

  /** Takes a reading; to be called by one thread, again and again. */
  void read() {
    read(cpuNanos(), THREADS.getThreadAllocatedBytes(thread) - allocatedAtStart);
  }

  /** Takes a reading of that moment. */
  void read(long cpuNow, long readingNow) {
    if (cpuNow <= cpu) {
      return;
    }
    allocated = Math.min(reading, readingNow);
    cpu = cpuNow;
    reading = readingNow;
  }

  /**
   * Bytes allocated, garbage included, as of the reading before the last; a buffer more or less.
   */
  long allocatedBytes() {
    return allocated;
  }

  /** Bytes allocated until now, for the thread itself to ask. */
  long ownAllocatedBytes() {
    return THREADS.getCurrentThreadAllocatedBytes() - allocatedAtStart;
  }
}
