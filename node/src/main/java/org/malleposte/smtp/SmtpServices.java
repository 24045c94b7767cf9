package org.malleposte.smtp;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.malleposte.auth.Authenticator;
import org.malleposte.handover.CommitRule;
import org.malleposte.routing.Router;
import org.malleposte.trace.MailLog;

/**
 * What SMTP asks of the rest of the node.
 *
 * @param random thread-safe, seeded from the system's entropy: queue ids come from it
 */
public record SmtpServices(
    Router router,
    CommitRule commitRule,
    Authenticator authenticator,
    PeerNames peerNames,
    FlushOnDemand flushes,
    ClientPolicy policy,
    BodyFiles bodyFiles,
    MailLog mailLog,
    MeterRegistry meters,
    InstantSource clock,
    RandomGenerator random) {}
