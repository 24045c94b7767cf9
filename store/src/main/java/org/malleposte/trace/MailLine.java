package org.malleposte.trace;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/**
 * A {@link MailEvent} as a line. A mail has several, on threads that others wait for, so what there
 * is to know of a class of events is found out once.
 */
final class MailLine {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final MethodType GETTER = MethodType.methodType(Object.class, MailEvent.class);
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** A component: {@code " name="} and how to get it. */
  private record Field(String label, MethodHandle getter) {}

  private record Shape(String label, List<Field> fields) {}

  private static final ClassValue<Shape> SHAPES =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          return new Shape(
              " event=" + type.getSimpleName(),
              Arrays.stream(type.getRecordComponents())
                  .filter(part -> !part.getName().equals("id"))
                  .map(MailLine::field)
                  .toList());
        }
      };

  private MailLine() {}

  private static Field field(RecordComponent part) {
    try {
      return new Field(
          " " + part.getName() + "=", LOOKUP.unreflect(part.getAccessor()).asType(GETTER));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // all events are public
    }
  }

  static String of(MailEvent event) {
    var shape = SHAPES.get(event.getClass());
    var line = new StringBuilder(160).append(event.id().value()).append(shape.label());
    for (var field : shape.fields()) {
      line.append(field.label());
      quote(line, String.valueOf(get(field.getter(), event)));
    }
    return line.toString();
  }

  private static Object get(MethodHandle getter, MailEvent event) {
    try {
      return getter.invokeExact(event);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // accessors throw nothing
    }
  }

  // What a peer wrote must not be able to forge a line or a field.
  private static void quote(StringBuilder line, String value) {
    if (isPlain(value)) {
      line.append(value);
      return;
    }
    line.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7f) {
        line.append("\\x").append(HEX[c >> 4]).append(HEX[c & 15]);
      } else {
        line.append(c);
      }
    }
    line.append('"');
  }

  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= 0x20 || c >= 0x7f || c == '"' || c == '=') {
        return false;
      }
    }
    return !value.isEmpty();
  }
}
