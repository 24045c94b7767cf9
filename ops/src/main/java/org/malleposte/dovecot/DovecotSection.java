package org.malleposte.dovecot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A section with what counts in it when all is read: of a setting that is there twice the later
 * line, of sections of one type and name their union. Not changed once it is read.
 *
 * <p>{@code protocol}, {@code local}, {@code remote} and {@code local_name} are sections too.
 */
public final class DovecotSection {
  private final String type;
  private final String name;
  private final DovecotPlace place;
  private final Map<String, DovecotSetting> settings = new LinkedHashMap<>();
  private final List<DovecotSection> sections = new ArrayList<>();

  DovecotSection(String type, String name, DovecotPlace place) {
    this.type = type;
    this.name = name;
    this.place = place;
  }

  /** {@code namespace}; empty for the whole. */
  public String type() {
    return type;
  }

  /** {@code inbox}; empty without one. */
  public String name() {
    return name;
  }

  /** Where it begins first. */
  public DovecotPlace place() {
    return place;
  }

  public List<DovecotSetting> settings() {
    return List.copyOf(settings.values());
  }

  public Optional<DovecotSetting> setting(String key) {
    return Optional.ofNullable(settings.get(key));
  }

  public List<DovecotSection> sections() {
    return List.copyOf(sections);
  }

  public Stream<DovecotSection> sections(String wanted) {
    return sections.stream().filter(section -> section.type.equals(wanted));
  }

  public Optional<DovecotSection> section(String wanted, String called) {
    return sections(wanted).filter(section -> section.name.equals(called)).findFirst();
  }

  /** {@code mailbox Trash}. */
  @Override
  public String toString() {
    return name.isEmpty() ? type : type + " " + name;
  }

  /** The line that counted before. */
  Optional<DovecotSetting> put(DovecotSetting setting) {
    return Optional.ofNullable(settings.put(setting.key(), setting));
  }

  DovecotSection begin(String ofType, String called, DovecotPlace at) {
    // Several passdb, userdb and namespace without a name are as many.
    boolean single = called.isEmpty() && !ofType.equals("plugin");
    Optional<DovecotSection> before = single ? Optional.empty() : section(ofType, called);
    return before.orElseGet(
        () -> {
          var begun = new DovecotSection(ofType, called, at);
          sections.add(begun);
          return begun;
        });
  }
}
