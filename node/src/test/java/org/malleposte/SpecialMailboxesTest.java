package org.malleposte;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.config.NodeConfig;
import org.malleposte.config.QuotaLimit;
import org.malleposte.config.QuotaRule;
import org.malleposte.config.SpecialMailbox;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.FakeMailboxStore;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.Quota;
import org.malleposte.runtime.BlockingLane;

class SpecialMailboxesTest {
  private static final AccountName ALICE = new AccountName("alice");
  private static final List<SpecialMailbox> WANTED =
      List.of(
          mailbox("Sent", Optional.of("\\Sent"), SpecialMailbox.Auto.SUBSCRIBE),
          mailbox("Lists", Optional.empty(), SpecialMailbox.Auto.CREATE),
          mailbox("Spam", Optional.of("\\Junk"), SpecialMailbox.Auto.NO));

  private final FakeMailboxStore store = new FakeMailboxStore();
  private final BlockingLane lane = new BlockingLane("special", 1, 10);
  private LoginOutcome outcome = new LoginOutcome.Granted(ALICE);
  private SpecialMailboxes logins = logins();

  private SpecialMailboxes logins() {
    return new SpecialMailboxes(
        (_, _) -> CompletableFuture.completedFuture(new LoginAnswer.Ended(outcome)),
        store,
        lane,
        WANTED);
  }

  private static SpecialMailbox mailbox(
      String name, Optional<String> use, SpecialMailbox.Auto auto) {
    return new SpecialMailbox(name, use, auto, Optional.empty());
  }

  @AfterEach
  void close() {
    lane.close();
  }

  private void login() throws Exception {
    var answer = logins.ask(new LoginQuestion.Password("alice", "secret"), "192.0.2.1");
    assertThat(answer.get(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            LoginAnswer.Ended.class, ended -> assertThat(ended.outcome()).isEqualTo(outcome));
  }

  private List<String> names() {
    return store.list(ALICE).stream().map(MailboxInfo::name).map(MailboxName::value).toList();
  }

  @Test
  void theFirstLoginMakesThem() throws Exception {
    login();
    assertThat(names()).containsExactly("INBOX", "Lists", "Sent");
    var sent = store.find(ALICE, new MailboxName("Sent")).orElseThrow();
    assertThat(sent.use()).isEqualTo("\\Sent");
    assertThat(sent.subscribed()).isTrue();
    assertThat(store.find(ALICE, new MailboxName("Lists")).orElseThrow().subscribed()).isFalse();
  }

  @Test
  void whoDeletesOneIsNotGivenItAgain() throws Exception {
    login();
    store.delete(ALICE, new MailboxName("Sent")).join();
    login();
    logins = logins(); // another node, or a new start
    login();
    assertThat(names()).containsExactly("INBOX", "Lists");
  }

  @Test
  void whatIsThereIsAsGood() throws Exception {
    store.create(ALICE, new MailboxName("Gesendet"), "\\Sent").join();
    login();
    assertThat(names()).containsExactly("Gesendet", "INBOX", "Lists");
  }

  @Test
  void aStoreThatCannotBeWrittenKeepsNobodyOut() throws Exception {
    store.setWritable(false);
    login();
    assertThat(names()).containsExactly("INBOX");
    store.setWritable(true);
    login();
    assertThat(names()).containsExactly("INBOX", "Lists", "Sent");
  }

  @Test
  void whoDoesNotGetInGetsNone() throws Exception {
    outcome = new LoginOutcome.Denied();
    login();
    assertThat(names()).containsExactly("INBOX");
  }

  @Test
  void quotasAreThoseOfTheRulesAndOfTheUser() {
    var none = new QuotaLimit.Unsaid();
    var rules =
        new NodeConfig.Quota(
            Optional.of(new QuotaRule("*", new QuotaLimit.Exactly(1000), none, false)),
            List.of(
                new QuotaRule("Trash", new QuotaLimit.MoreBy(100), none, false),
                new QuotaRule("Spam", none, none, true)),
            none);
    var quotas = new NodeQuotas(rules);
    assertThat(quotas.of(ALICE, MailboxName.INBOX)).isEqualTo(new Quota(1000, 0));
    assertThat(quotas.of(ALICE, new MailboxName("Trash"))).isEqualTo(new Quota(1100, 0));
    assertThat(quotas.of(ALICE, new MailboxName("Spam"))).isEqualTo(Quota.NONE);
    quotas.ask(
        name ->
            name.equals(ALICE)
                ? Map.of("userdb_quota_rule", "*:bytes=5000b:messages=7")
                : Map.of());
    assertThat(quotas.of(ALICE, MailboxName.INBOX)).isEqualTo(new Quota(5000, 7));
    assertThat(quotas.of(ALICE, new MailboxName("Trash"))).isEqualTo(new Quota(5100, 7));
    assertThat(quotas.of(new AccountName("bob"), MailboxName.INBOX)).isEqualTo(new Quota(1000, 0));
  }
}
