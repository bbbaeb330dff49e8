package dev.cambio.runtime.process;

import org.jspecify.annotations.Nullable;

/**
 * What the node does for one run. Called by the thread that runs it, one call at a time, with
 * arguments that hostile code may have chosen.
 */
public interface GuestServices {

  /** Forgets what the run has done: its process has gone, and it is run again from the start. */
  void restart();

  /** The source of the run's version; null when it cannot be had. May block. */
  @Nullable String source();

  void print(String level, String text, long at);

  void command(String json);

  /** Does a cache operation; null stands for undefined. May block. */
  @Nullable String cache(
      String operation, String key, @Nullable String value, @Nullable String optionsJson);

  /** Starts a request. May block until it is known whether the run may have effects. */
  void fetch(int call, String headJson, byte @Nullable [] body, Completion completion);

  /** A request has completed and the guest is about to hear of it. */
  void fetched(int call);

  void cancel(int call);

  /** Takes the outcome of a request, once, on any thread. */
  @FunctionalInterface
  interface Completion {
    void complete(boolean ok, String headJson, byte @Nullable [] body);
  }
}
