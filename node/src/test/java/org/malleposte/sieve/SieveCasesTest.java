package org.malleposte.sieve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.ReversePath;
import org.malleposte.sieve.SieveCases.Case;

class SieveCasesTest {
  private static final FilterContext.World WORLD =
      new FilterContext.World() {
        @Override
        public boolean mailboxExists(String name) {
          return name.equals("INBOX") || name.equals("Here");
        }

        @Override
        public boolean hasUse(Optional<String> name, String use) {
          return use.equals("\\Junk") && name.isEmpty();
        }

        @Override
        public boolean seen(String key) {
          return false;
        }
      };

  static Stream<Case> cases() {
    return SieveCases.read("rfc5228.cases").stream();
  }

  static Stream<Case> errors() {
    return SieveCases.read("errors.cases").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void actions(Case one) throws IOException {
    var compiled = compile(one);
    assertThat(compiled).isInstanceOf(CompiledScript.Valid.class);
    var result =
        SieveFilter.run(
            List.of(((CompiledScript.Valid) compiled).script()), mail(one), context(one));
    var lines = new ArrayList<>(result.actions().stream().map(SieveCasesTest::line).toList());
    result.failure().ifPresent(what -> lines.add("failed " + what));
    assertThat(lines).isEqualTo(one.section("actions"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void mistakes(Case one) {
    assertThat(compile(one))
        .isInstanceOfSatisfying(
            CompiledScript.Invalid.class,
            invalid ->
                assertThat(invalid.problems().stream().map(ScriptProblem::toString).toList())
                    .isEqualTo(one.section("errors")));
  }

  private static CompiledScript compile(Case one) {
    return SieveScript.compile(
        one.text("script").getBytes(StandardCharsets.UTF_8),
        (_, name) ->
            one.sections().containsKey("include " + name)
                ? Optional.of(one.text("include " + name))
                : Optional.empty());
  }

  private static MailView mail(Case one) throws IOException {
    String text = one.section("mail").isEmpty() ? "Subject: x\r\n\r\nx\r\n" : one.text("mail");
    return MailView.of(new MessageBody.InMemory(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static FilterContext context(Case one) {
    String from = one.argument("from", "a@far.test");
    return new FilterContext(
        new AccountName("me"),
        from.equals("<>") ? ReversePath.NULL : ReversePath.of(EmailAddress.parse(from)),
        EmailAddress.parse(one.argument("to", "me@here.test")),
        Optional.empty(),
        new Envelope.Client("192.0.2.7", "far.test", "ESMTP"),
        "mx1.here.test",
        Instant.parse("2026-05-04T10:00:00Z"),
        WORLD);
  }

  static String line(SieveAction action) {
    return switch (action) {
      case SieveAction.Store(var place, var flags, var header) ->
          "store "
              + place(place)
              + (flags.names().isEmpty() ? "" : " " + flags)
              + header.map(SieveCasesTest::header).orElse("");
      case SieveAction.Redirect(var to, var header) ->
          "redirect " + to + header.map(SieveCasesTest::header).orElse("");
      case SieveAction.Reject(var reason) ->
          "reject " + reason.replace("\r", "\\r").replace("\n", "\\n");
      case SieveAction.Reply reply ->
          "reply %s %d %s: %s"
                  .formatted(reply.to(), reply.seconds(), reply.subject(), reply.reason())
              + reply
                  .copy()
                  .map(copy -> " fcc " + place(copy) + " " + reply.copyFlags())
                  .orElse("");
      case SieveAction.Remember _ -> "remember";
    };
  }

  private static String place(SieveAction.Place place) {
    return place.mailbox()
        + (place.create() ? " create" : "")
        + place.use().map(use -> " use " + use).orElse("");
  }

  private static String header(EditedHeader header) {
    return header.fields().stream()
        .map(field -> field.name() + ": " + field.value())
        .collect(Collectors.joining("|", " {", "}"));
  }
}
