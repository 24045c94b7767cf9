package org.malleposte;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Which room may see which. Modules are kept apart by Maven, rooms here. */
@AnalyzeClasses(packages = "org.malleposte", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "org.malleposte.";

  @ArchTest
  static final ArchRule NO_PACKAGE_CYCLES =
      slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule MAIL_SEES_ONLY_THE_JDK =
      classes()
          .that()
          .resideInAPackage(ROOT + "mail..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", ROOT + "mail..");

  @ArchTest
  static final ArchRule A_PARSER_SEES_ONLY_ITS_COMMANDS =
      classes()
          .that(topLevel("a parser", name -> name.endsWith("Parser")))
          .should(onlyDependOn("java..", ROOT + "mail.."));

  @ArchTest
  static final ArchRule SMTP_IGNORES_THE_READERS =
      ignores("smtp", "imap", "pop3", "lmtp", "managesieve");

  @ArchTest
  static final ArchRule IMAP_IGNORES_THE_OTHERS =
      ignores("imap", "smtp", "pop3", "lmtp", "managesieve");

  @ArchTest
  static final ArchRule POP3_IGNORES_THE_OTHERS =
      ignores("pop3", "smtp", "imap", "lmtp", "managesieve");

  @ArchTest
  static final ArchRule LMTP_IGNORES_THE_READERS = ignores("lmtp", "imap", "pop3", "managesieve");

  @ArchTest
  static final ArchRule MANAGESIEVE_IGNORES_THE_OTHERS =
      ignores("managesieve", "smtp", "imap", "pop3", "lmtp");

  /** What scripts decide is a value; {@code filter} does it. */
  @ArchTest
  static final ArchRule SIEVE_NEITHER_STORES_NOR_SENDS =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "sieve..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  ROOT + "shard..",
                  ROOT + "handover..",
                  ROOT + "delivery..",
                  ROOT + "runtime..",
                  ROOT + "filter..",
                  ROOT + "managesieve..",
                  "java.util.concurrent.."));

  /** {@code node} passes local delivery in as a {@code DeliveryAgent}. */
  @ArchTest
  static final ArchRule THE_QUEUE_NEVER_SEES_MAILBOXES =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "spool..", ROOT + "schedule..", ROOT + "delivery..", ROOT + "bounce..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + "mailbox..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule VERTX_STAYS_AT_THE_EDGE =
      noClasses()
          .that(
              topLevel(
                  "outside *Verticle, *Connection, *Routes, Vertx*, and the wiring, Node*",
                  name ->
                      !name.endsWith("Verticle")
                          && !name.endsWith("Connection")
                          && !name.endsWith("Routes")
                          && !name.startsWith("Vertx")
                          && !name.matches("Node(Cluster|Protocols)?")))
          .and()
          .resideOutsideOfPackages(ROOT + "tls..", ROOT + "cluster..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx..");

  @ArchTest static final ArchRule ROCKSDB_ONLY_IN_KV = only("kv", "org.rocksdb..");

  @ArchTest static final ArchRule RATIS_ONLY_IN_RAFT = only("raft", "org.apache.ratis..");

  @ArchTest static final ArchRule HAZELCAST_ONLY_IN_CLUSTER = only("cluster", "com.hazelcast..");

  @ArchTest static final ArchRule PICOCLI_ONLY_IN_CLI = only("cli", "picocli..");

  @ArchTest static final ArchRule YAML_ONLY_IN_CONFIG = only("config", "org.yaml..");

  /** Time and chance come in through constructors; {@code System.nanoTime} only measures. */
  @ArchTest
  static final ArchRule TIME_AND_CHANCE_COME_IN_BY_CONSTRUCTOR =
      noClasses()
          .that(topLevel("but Main", name -> !name.equals("Main")))
          .should()
          .callMethodWhere(describe("tells the time, sleeps or rolls dice", Ambient::isAmbient))
          .orShould()
          .callConstructorWhere(
              describe(
                  "makes a generator of its own",
                  call ->
                      call.getTarget().getOwner().isEquivalentTo(Random.class)
                          && call.getTarget().getRawParameterTypes().isEmpty()));

  @ArchTest
  static final ArchRule NO_STATIC_STATE =
      fields()
          .that()
          .areStatic()
          .and()
          .areDeclaredInClassesThat()
          .resideInAPackage("org.malleposte..")
          .should()
          .beFinal();

  /** Calls that ask the machine what should have come in by constructor. */
  private static final class Ambient {
    private static final Map<Class<?>, Set<String>> CALLS =
        Map.of(
            System.class, Set.of("currentTimeMillis"),
            Thread.class, Set.of("sleep"),
            Math.class, Set.of("random"),
            Instant.class, Set.of("now"),
            LocalDateTime.class, Set.of("now"),
            OffsetDateTime.class, Set.of("now"),
            ZonedDateTime.class, Set.of("now"),
            Clock.class, Set.of("systemUTC", "systemDefaultZone", "system"),
            InstantSource.class, Set.of("system"),
            ThreadLocalRandom.class, Set.of("current"));

    private static final Set<String> GENERATORS = Set.of("getDefault", "of");

    static boolean isAmbient(JavaCall<?> call) {
      JavaClass owner = call.getTarget().getOwner();
      String name = call.getTarget().getName();
      return CALLS.entrySet().stream()
                  .anyMatch(e -> owner.isEquivalentTo(e.getKey()) && e.getValue().contains(name))
              // now(clock) is what is wanted.
              && call.getTarget().getRawParameterTypes().stream()
                  .noneMatch(type -> type.isAssignableTo(InstantSource.class))
          || owner.isEquivalentTo(RandomGenerator.class) && GENERATORS.contains(name);
    }
  }

  private static ArchRule ignores(String room, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(ROOT + room + "..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                Set.of(others).stream().map(o -> ROOT + o + "..").toArray(String[]::new)))
        .allowEmptyShould(true);
  }

  private static ArchRule only(String room, String library) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  /** By the name of the class in whose file it is. */
  private static DescribedPredicate<JavaClass> topLevel(
      String description, Predicate<String> isMeant) {
    return describe(
        description,
        type -> {
          JavaClass outer = type;
          while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
          }
          return isMeant.test(outer.getSimpleName());
        });
  }

  /** On these packages and its own. */
  private static ArchCondition<JavaClass> onlyDependOn(String... packages) {
    return new ArchCondition<>("only depend on " + String.join(", ", packages) + " and its own") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass();
          boolean allowed =
              target.getBaseComponentType().isPrimitive()
                  || resideInAnyPackage(packages).test(target.getBaseComponentType())
                  || target.getBaseComponentType().getPackageName().equals(type.getPackageName());
          if (!allowed) {
            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
          }
        }
      }
    };
  }
}
