package org.malleposte.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.EmailAddress;

class AliasExpansionTest {
  private static final String OWN = "mx.example.com";

  @TempDir Path temp;

  /** Random aliases and virtual users, full of loops: it ends, and no target is named twice. */
  @Test
  void expansionEndsWhateverTheTablesSay() {
    long seed = 20261124;
    var random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      TablesRouter router = randomTables(random, round).router(OWN);
      for (int n = 0; n < 40; n++) {
        String what = "seed " + seed + " round " + round + " name " + n;
        RoutingDecision decision = router.ownMail(EmailAddress.parse("n" + n + "@" + OWN));
        if (decision instanceof RoutingDecision.Accept(var targets, _)) {
          assertThat(new HashSet<>(targets)).as(what).hasSameSizeAs(targets);
        }
        RoutingDecision virtual = router.ownMail(EmailAddress.parse("n" + n + "@v.example"));
        assertThat(virtual).as(what).isNotNull();
      }
    }
  }

  /** Each name is opened once: a lattice of 20 levels has a million ways, but 40 names. */
  @Test
  void aLatticeIsWalkedOnce() {
    var lines = new ArrayList<String>();
    for (int level = 0; level < 20; level++) {
      String next = level == 19 ? "alice, bob" : "l" + (level + 1) + "a, l" + (level + 1) + "b";
      lines.add("l" + level + "a: " + next);
      lines.add("l" + level + "b: " + next);
    }
    Lab lab =
        new Lab(temp)
            .with("aliases", lines.toArray(String[]::new))
            .with(
                "sendmail.mc",
                "define(`confMAX_ALIAS_RECURSION', `30')dnl",
                "FEATURE(`use_cw_file')dnl");

    assertThat(Lab.shown(lab.router(OWN).ownMail(EmailAddress.parse("l0a@" + OWN))))
        .isEqualTo("250 alice bob");
  }

  @Test
  void aListOverTheLimitIsRefusedForNow() {
    var members = new ArrayList<String>();
    for (int i = 0; i <= AliasExpansion.MAX_TARGETS; i++) {
      members.add("u" + i + "@far.example");
    }
    Lab lab = new Lab(temp).with("aliases", "big: " + String.join(", ", members));

    assertThat(Lab.shown(lab.router(OWN).ownMail(EmailAddress.parse("big@" + OWN))))
        .isEqualTo("452 4.5.3");
  }

  private Lab randomTables(Random random, int round) {
    var aliases = new ArrayList<String>();
    var virtual = new ArrayList<String>();
    for (int n = 0; n < 40; n++) {
      if (random.nextInt(4) > 0) {
        var members = new ArrayList<String>();
        for (int m = 0; m <= random.nextInt(4); m++) {
          members.add(target(random));
        }
        aliases.add("n" + n + ": " + String.join(", ", members));
      }
      if (random.nextInt(3) == 0) {
        virtual.add("n" + n + "@v.example\t" + target(random));
      }
    }
    virtual.add("@v.example\t%1");
    return new Lab(temp.resolve("round" + round))
        .with("aliases", aliases.toArray(String[]::new))
        .with("virtusertable", virtual.toArray(String[]::new))
        .with("local-host-names", "v.example");
  }

  private static String target(Random random) {
    String name = "n" + random.nextInt(40);
    return switch (random.nextInt(9)) {
      case 0 -> "alice";
      case 1 -> "\\" + name;
      case 2 -> name + "@v.example";
      case 3 -> name + "+x";
      case 4 -> "x@far.example";
      case 5 -> "/dev/null";
      default -> name;
    };
  }
}
