package dev.cambio.model.cluster;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.nio.serialization.StreamSerializer;
import dev.cambio.model.bus.Json;
import java.io.IOException;

/**
 * The form in which Hazelcast carries one record type from node to node, and keeps it: the number
 * of the form's version, then JSON by the record's components. Java's own serialization is not
 * used, so nobody's bytes choose what is instantiated.
 *
 * @param <T> the record type
 */
public final class RecordForm<T> implements StreamSerializer<T> {
  private final Class<T> type;
  private final int id;
  private final int version;

  private RecordForm(Class<T> type, int id, int version) {
    this.type = type;
    this.id = id;
    this.version = version;
  }

  /**
   * A form.
   *
   * @param id tells types apart, in the whole cluster and for ever; greater than 0
   * @param version a change that an older node cannot read, or whose older form a newer node cannot
   *     read, takes the next number
   */
  public static <T extends Record> RecordForm<T> of(Class<T> type, int id, int version) {
    return new RecordForm<>(type, id, version);
  }

  public Class<T> type() {
    return type;
  }

  public int version() {
    return version;
  }

  /** Has Hazelcast carry the type so. */
  public void addTo(SerializationConfig config) {
    config.addSerializerConfig(new SerializerConfig().setTypeClass(type).setImplementation(this));
  }

  @Override
  public int getTypeId() {
    return id;
  }

  @Override
  public void write(ObjectDataOutput out, T value) throws IOException {
    out.writeByte(version);
    out.writeByteArray(Json.writeBytes(value));
  }

  @Override
  public T read(ObjectDataInput in) throws IOException {
    int found = in.readByte();
    byte[] json = in.readByteArray();
    if (found != version || json == null) {
      throw new HazelcastSerializationException(
          "%s has form %d here and came in form %d"
              .formatted(type.getSimpleName(), version, found));
    }
    return Json.read(json, type);
  }

  @Override
  public String toString() {
    return type.getSimpleName() + " " + version;
  }
}
