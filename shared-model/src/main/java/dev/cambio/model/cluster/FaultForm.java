package dev.cambio.model.cluster;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.nio.serialization.StreamSerializer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The form of all that has no other, in the place of Java's serialization. Only faults may come
 * here: members tell each other by them what to try again. They go by their names and texts, and
 * come back if they are Hazelcast's or the JDK's own. Anything else is a type that was forgotten,
 * and fails where it is first written, on a node alone as well.
 */
final class FaultForm implements StreamSerializer<Object> {
  private static final int ID = 1;
  private static final int VERSION = 1;

  @Override
  public int getTypeId() {
    return ID;
  }

  @Override
  public void write(ObjectDataOutput out, Object value) throws IOException {
    if (!(value instanceof Throwable fault)) {
      throw new HazelcastSerializationException(
          "no form is registered for " + value.getClass().getName());
    }
    out.writeByte(VERSION);
    out.writeString(fault.getClass().getName());
    out.writeString(fault.getMessage());
  }

  @Override
  public Object read(ObjectDataInput in) throws IOException {
    int version = in.readByte();
    if (version != VERSION) {
      throw new HazelcastSerializationException("a fault came in form " + version);
    }
    String name = String.valueOf(in.readString());
    String text = in.readString();
    Throwable known = known(name, text);
    return known == null ? new HazelcastException(name + ": " + text) : known;
  }

  private static @Nullable Throwable known(String name, @Nullable String text) {
    if (!name.startsWith("com.hazelcast.") && !name.startsWith("java.")) {
      return null;
    }
    try {
      // Not even initialized unless it is a fault.
      Class<?> type = Class.forName(name, false, HazelcastException.class.getClassLoader());
      return Throwable.class.isAssignableFrom(type)
          ? (Throwable) type.getConstructor(String.class).newInstance(text)
          : null;
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }
}
