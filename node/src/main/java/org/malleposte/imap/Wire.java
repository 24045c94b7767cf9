package org.malleposte.imap;

import java.time.Duration;
import java.util.function.Consumer;
import org.malleposte.auth.SaslLink;

/** What the steps need of a connection. All on its event loop. */
interface Wire {
  void write(byte[] bytes);

  /** More waits to be sent than should. */
  boolean isFull();

  /** Calls once when {@link #isFull} no longer holds. */
  void whenDrained(Runnable then);

  /** Drops input that came in clear, sends {@code reply}, encrypts; tells whether that worked. */
  void startTls(byte[] reply, Consumer<Boolean> then);

  /** What is written from now on, and what comes after what has been taken, is compressed. */
  void compress();

  /** What a login may know of it, as it is now. */
  SaslLink saslLink();

  /** After all has been sent. */
  void close();

  void after(Duration delay, Runnable then);

  /** From now on the client has its time to log in. */
  void startLoginTimer();

  /** Something was sent or done: the client is not idle. */
  void touch();
}
