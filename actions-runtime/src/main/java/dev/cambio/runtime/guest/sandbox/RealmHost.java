package dev.cambio.runtime.guest.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * What the JavaScript of one run may ask for. Called on the thread that runs the realm, with
 * arguments as the guest gave them.
 */
public interface RealmHost {

  /**
   * Counts a host call.
   *
   * @return false when there were too many: it is then not to be made
   */
  boolean admit();

  /** One console line. */
  void print(String level, String text);

  /**
   * Writes an {@code api} call down.
   *
   * @return false when there are too many already
   */
  boolean command(String json);

  /**
   * Does a cache operation and waits for its outcome.
   *
   * @return JSON of what {@code api.cache} returns; null stands for undefined
   */
  @Nullable String cache(
      String operation, String key, @Nullable String value, @Nullable String optionsJson);

  /**
   * Starts a request.
   *
   * @return id of the call; one that is refused is completed with the reason
   */
  int fetch(String headJson, byte @Nullable [] body);

  void cancel(int call);

  /**
   * Starts a timer.
   *
   * @return its id, or 0 when there are too many
   */
  int timer(double delayMs);

  void clearTimer(int id);

  /** The handler's promise settled. */
  void settled(boolean ok, @Nullable String errorJson);

  /** A rejection was left without a handler. */
  void unhandled(String errorJson);
}
