package org.malleposte.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.malleposte.tables.TableProblem.Severity;

/**
 * What the longer directives of {@code sendmail.mc} say, as values. Immutable.
 *
 * @param daemons sockets that sendmail would open; empty: the file does not say
 * @param filters milters in the order in which they are asked
 * @param blocklists in the order in which they are asked
 * @param privacy {@code confPRIVACY_FLAGS}; empty: the file does not say
 */
public record McModel(
    List<DaemonOptions> daemons,
    List<MailFilter> filters,
    List<DnsBlocklist> blocklists,
    Optional<Set<PrivacyFlag>> privacy) {
  static final McModel EMPTY = new McModel(List.of(), List.of(), List.of(), Optional.empty());

  public McModel {
    daemons = List.copyOf(daemons);
    filters = List.copyOf(filters);
    blocklists = List.copyOf(blocklists);
    privacy = privacy.map(Set::copyOf);
  }

  /** Reads the directives of a file; what is wrong with them is added to {@code problems}. */
  static McModel of(String file, McFile mc, List<TableProblem> problems) {
    var reader = new Reader(file, mc, problems);
    return new McModel(reader.daemons(), reader.filters(), reader.blocklists(), reader.privacy());
  }

  private record Reader(String file, McFile mc, List<TableProblem> problems) {
    List<DaemonOptions> daemons() {
      var daemons = new ArrayList<DaemonOptions>();
      for (McDirective call : mc.calls("DAEMON_OPTIONS")) {
        daemons.add(
            DaemonOptions.parse(
                call.line(),
                call.argument(0),
                (what, remedy) -> problem(Severity.WARNING, call.line(), what, remedy)));
      }
      if (!daemons.isEmpty() && !mc.hasFeature("no_default_msa")) {
        daemons.add(DaemonOptions.defaultSubmission());
      }
      return daemons;
    }

    /** Those that {@code confINPUT_MAIL_FILTERS} names, to which INPUT_MAIL_FILTER adds itself. */
    List<MailFilter> filters() {
      Map<String, MailFilter> known = new HashMap<>();
      Set<String> asked = new LinkedHashSet<>();
      for (McDirective directive : mc.directives()) {
        switch (directive.name()) {
          case "MAIL_FILTER" -> filter(directive, known);
          case "INPUT_MAIL_FILTER" -> {
            filter(directive, known);
            asked.add(directive.argument(0));
          }
          case "define" -> {
            if (directive.argument(0).equals("confINPUT_MAIL_FILTERS")) {
              asked.clear();
              asked.addAll(List.of(directive.argument(1).split("\\s*,\\s*")));
            }
          }
          default -> {
            // No milter.
          }
        }
      }
      asked.removeIf(name -> !known.containsKey(name));
      return asked.stream().map(known::get).toList();
    }

    private void filter(McDirective call, Map<String, MailFilter> known) {
      try {
        known.put(
            call.argument(0),
            MailFilter.parse(
                call.line(),
                call.argument(0),
                String.join(",", call.arguments().subList(1, call.arguments().size()))));
      } catch (IllegalArgumentException e) {
        problem(
            Severity.ERROR,
            call.line(),
            e.getMessage(),
            "write INPUT_MAIL_FILTER(`name', `S=inet:8891@localhost, F=T')");
      }
    }

    List<DnsBlocklist> blocklists() {
      var lists = new ArrayList<DnsBlocklist>();
      for (McDirective call : mc.calls("FEATURE")) {
        if (List.of("dnsbl", "enhdnsbl").contains(call.argument(0))) {
          try {
            lists.add(DnsBlocklist.of(call));
          } catch (IllegalArgumentException e) {
            problem(Severity.ERROR, call.line(), e.getMessage(), "name the zone of the list");
          }
        }
      }
      return lists;
    }

    Optional<Set<PrivacyFlag>> privacy() {
      Optional<McDirective> line = mc.definition("confPRIVACY_FLAGS");
      if (line.isEmpty()) {
        return Optional.empty();
      }
      Set<PrivacyFlag> flags = new LinkedHashSet<>();
      String text = mc.setting("confPRIVACY_FLAGS").orElse("");
      Arrays.stream(text.strip().split("[\\s,]+"))
          .filter(word -> !word.isEmpty())
          .forEach(
              word ->
                  PrivacyFlag.of(word)
                      .ifPresentOrElse(
                          flags::addAll,
                          () ->
                              problem(
                                  Severity.WARNING,
                                  line.get().line(),
                                  "unknown word " + word + " in confPRIVACY_FLAGS",
                                  "remove it")));
      List<String> idle =
          flags.stream().sorted().filter(f -> isIdle(f, flags)).map(PrivacyFlag::word).toList();
      if (!idle.isEmpty()) {
        problem(
            Severity.WARNING,
            line.get().line(),
            "confPRIVACY_FLAGS: no effect has " + String.join(", ", idle),
            "live without, or forbid the command itself with novrfy and noexpn");
      }
      return Optional.of(flags);
    }

    /** Whether a word asks for what is not done here, and not so by itself. */
    private static boolean isIdle(PrivacyFlag flag, Set<PrivacyFlag> all) {
      return switch (flag) {
        case NORECEIPTS, NOBODYRETURN, NOACTUALRECIPIENT -> true;
        case NEEDVRFYHELO -> !all.contains(PrivacyFlag.NOVRFY);
        case NEEDEXPNHELO -> !all.contains(PrivacyFlag.NOEXPN);
        // A mail needs EHLO anyway, there is no VERB, and the queue is for who has the token.
        case NEEDMAILHELO,
            NOEXPN,
            NOVRFY,
            NOETRN,
            NOVERB,
            AUTHWARNINGS,
            RESTRICTMAILQ,
            RESTRICTQRUN,
            RESTRICTEXPAND ->
            false;
      };
    }

    private void problem(Severity severity, int line, String what, String remedy) {
      problems.add(new TableProblem(file, line, severity, what, remedy));
    }
  }
}
