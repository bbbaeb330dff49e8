package dev.cambio.runtime.guest.sandbox;

import com.oracle.truffle.api.object.Location;
import com.oracle.truffle.api.object.Property;
import com.oracle.truffle.api.object.Shape;
import com.oracle.truffle.js.runtime.builtins.JSFunctionObject;
import com.oracle.truffle.js.runtime.builtins.JSGlobalObject;
import com.oracle.truffle.js.runtime.builtins.JSProxyObject;
import com.oracle.truffle.js.runtime.objects.Accessor;
import com.oracle.truffle.js.runtime.objects.JSObject;
import com.oracle.truffle.js.runtime.objects.PropertyDescriptor;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * What the objects that a realm starts with are like: the global object, the intrinsics, and all
 * that can be reached from them by properties and prototypes. Tells whether any of them has changed
 * since. Confined to one thread at a time.
 *
 * <p>It looks at objects as the engine keeps them, not through JavaScript, so no guest code can run
 * meanwhile, let alone lie. An object of the same shape has the same keys, attributes and
 * extensibility; left to compare are prototypes and values.
 */
@SuppressWarnings("ReferenceEquality") // an equal object in its place would be another object
final class RealmImage {
  private static final Field RECEIVER = receiver();

  private final Set<JSObject> known = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<Shape, Location[]> locations = new IdentityHashMap<>();
  private final List<ObjectImage> images = new ArrayList<>();
  private final ArrayDeque<Object> found = new ArrayDeque<>();
  private boolean intact = true;
  private int loading;

  /** Takes the image of what is reachable from the elements of an array. */
  RealmImage(Value roots) {
    for (long i = 0; i < roots.getArraySize(); i++) {
      found.add(objectBehind(roots.getArrayElement(i)));
    }
    follow();
  }

  /** Number of objects in the image. */
  int size() {
    return images.size();
  }

  /** The objects in the image. */
  Set<JSObject> objects() {
    return Collections.unmodifiableSet(known);
  }

  /** Whether everything is as it was. */
  boolean matches() {
    return intact && loading == 0 && unchanged();
  }

  /** Code of ours begins to make objects that are to belong to the image. */
  void beginLoad() {
    // What guest code has changed by now would be taken for ours.
    if (loading++ == 0 && intact) {
      intact = unchanged();
    }
  }

  /**
   * Code of ours has made objects.
   *
   * @param made the root of those that are not reachable otherwise
   * @param whole whether it came to its end
   */
  void endLoad(@Nullable Value made, boolean whole) {
    intact &= whole;
    if (made != null && !made.isNull()) {
      found.add(objectBehind(made));
    }
    if (--loading == 0 && intact) {
      retakeChanged();
      follow();
    }
  }

  private boolean unchanged() {
    for (ObjectImage image : images) {
      if (!image.matches()) {
        return false;
      }
    }
    return true;
  }

  private void retakeChanged() {
    for (int i = 0; i < images.size(); i++) {
      if (!images.get(i).matches()) {
        images.set(i, take(images.get(i).object()));
      }
    }
  }

  private void follow() {
    for (Object next = found.poll(); next != null; next = found.poll()) {
      if (next instanceof JSObject object
          && !(object instanceof JSProxyObject)
          && known.add(object)) {
        images.add(take(object));
      }
    }
  }

  private ObjectImage take(JSObject object) {
    addFound(object.getPrototypeOf());
    return object.hasOnlyShapeProperties() || object instanceof JSGlobalObject
        ? takeShape(object)
        : takeKeys(object);
  }

  private ObjectImage takeShape(JSObject object) {
    Object classPrototype = null;
    if (object instanceof JSFunctionObject function) {
      // Made when it is first asked for, which must not look like a change.
      var _ = function.getOwnProperty(JSObject.PROTOTYPE);
      classPrototype = function.getClassPrototype();
      addFound(classPrototype);
    }
    Shape shape = object.getShape();
    Location[] variable = locations.computeIfAbsent(shape, RealmImage::variable);
    Object[] values = new Object[variable.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = valueAt(variable[i], object);
      addFound(values[i]);
    }
    return new ShapeImage(object, shape, object.getPrototypeOf(), classPrototype, variable, values);
  }

  // Elements of arrays and the like are kept beside the shape.
  private ObjectImage takeKeys(JSObject object) {
    List<Object> keys = object.getOwnPropertyKeys(true, true);
    List<PropertyDescriptor> properties = new ArrayList<>();
    for (Object key : keys) {
      PropertyDescriptor property = object.getOwnProperty(key);
      properties.add(property);
      addFound(property.getValue());
      addFound(property.getGet());
      addFound(property.getSet());
    }
    return new KeyedImage(
        object, object.getShape(), object.getPrototypeOf(), List.copyOf(keys), properties);
  }

  private void addFound(@Nullable Object value) {
    if (value instanceof Accessor accessor) {
      addFound(accessor.getGetter());
      addFound(accessor.getSetter());
    } else if (value instanceof JSObject object && !known.contains(object)) {
      found.add(object);
    }
  }

  private static Location[] variable(Shape shape) {
    return shape.getPropertyListInternal(true).stream()
        .map(Property::getLocation)
        .filter(location -> !location.isConstant())
        .toArray(Location[]::new);
  }

  @SuppressWarnings("deprecation") // its successors look at the shape again for each value
  private static Object valueAt(Location location, JSObject object) {
    return location.get(object, false);
  }

  private sealed interface ObjectImage {
    JSObject object();

    boolean matches();
  }

  /** An object all of whose properties are in its shape. */
  @SuppressWarnings("ArrayRecordComponent") // compared by identity, if at all
  private record ShapeImage(
      JSObject object,
      Shape shape,
      Object prototype,
      @Nullable Object classPrototype,
      Location[] locations,
      Object[] values)
      implements ObjectImage {

    @Override
    public boolean matches() {
      if (object.getShape() != shape
          || object.getPrototypeOf() != prototype
          || (object instanceof JSFunctionObject function
              && function.getClassPrototype() != classPrototype)) {
        return false;
      }
      for (int i = 0; i < values.length; i++) {
        Object value = valueAt(locations[i], object);
        if (value != values[i] && !value.equals(values[i])) {
          return false;
        }
      }
      return true;
    }
  }

  /** Any other object. */
  private record KeyedImage(
      JSObject object,
      Shape shape,
      Object prototype,
      List<Object> keys,
      List<PropertyDescriptor> properties)
      implements ObjectImage {

    @Override
    public boolean matches() {
      if (object.getShape() != shape
          || object.getPrototypeOf() != prototype
          || !object.getOwnPropertyKeys(true, true).equals(keys)) {
        return false;
      }
      for (int i = 0; i < keys.size(); i++) {
        if (!same(properties.get(i), object.getOwnProperty(keys.get(i)))) {
          return false;
        }
      }
      return true;
    }

    private static boolean same(PropertyDescriptor then, @Nullable PropertyDescriptor now) {
      return now != null
          && then.getFlags() == now.getFlags()
          && same(then.getValue(), now.getValue())
          && then.getGet() == now.getGet()
          && then.getSet() == now.getSet();
    }

    private static boolean same(@Nullable Object then, @Nullable Object now) {
      return then == now || (then != null && then.equals(now));
    }
  }

  static Object objectBehind(Value value) {
    try {
      return RECEIVER.get(value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  // The one thing here that Graal does not offer: its API gives values, never the objects behind.
  private static Field receiver() {
    try {
      Field field = Value.class.getSuperclass().getDeclaredField("receiver");
      field.setAccessible(true);
      return field;
    } catch (NoSuchFieldException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
