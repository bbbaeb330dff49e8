package dev.cambio.model.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.security.GeneralSecurityException;

/**
 * Carries one record type over the event bus: as the object itself inside a process, as sealed JSON
 * between processes.
 */
final class SealedCodec<T> implements MessageCodec<T, T> {
  private final Class<T> type;
  private final String name;
  private final BusSeal seal;

  SealedCodec(Class<T> type, String name, BusSeal seal) {
    this.type = type;
    this.name = name;
    this.seal = seal;
  }

  @Override
  public void encodeToWire(Buffer buffer, T message) {
    byte[] sealed = seal.seal(name, Json.writeBytes(message));
    buffer.appendInt(sealed.length).appendBytes(sealed);
  }

  @Override
  public T decodeFromWire(int position, Buffer buffer) {
    int start = position + Integer.BYTES;
    byte[] sealed = buffer.getBytes(start, start + buffer.getInt(position));
    try {
      return Json.read(seal.open(name, sealed), type);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "a bus message was not sealed with this cluster's secret", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("a bus message has another form than " + name, e);
    }
  }

  @Override
  public T transform(T message) {
    return message;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
