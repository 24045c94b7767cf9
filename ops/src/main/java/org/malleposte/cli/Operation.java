package org.malleposte.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.malleposte.json.Json;

/** What the operating commands share. */
final class Operation {
  private Operation() {}

  /** Prints the answer as JSON, or the sentence. */
  static void print(AdminOptions admin, Map<String, Object> answer, String sentence) {
    admin.context().out().println(admin.json() ? Json.pretty(answer) : sentence);
  }

  /** One request whose answer is a sentence. */
  static int perform(AdminOptions admin, String method, String path, Map<String, Object> body)
      throws CliFailure {
    Map<String, Object> answer = admin.client().call(method, path, body);
    print(admin, answer, new JsonFields(answer).text("done"));
    return ExitStatus.OK;
  }

  /** Goes on after an entry that is not there, and ends with NO then. */
  static int onEach(AdminOptions admin, List<String> ids, String method, String action)
      throws CliFailure {
    AdminClient client = admin.client();
    var results = new ArrayList<Map<String, Object>>();
    int status = ExitStatus.OK;
    for (String id : ids) {
      try {
        String path = "/queue/" + AdminClient.encoded(id) + action;
        String done = new JsonFields(client.call(method, path, Map.of())).text("done");
        results.add(Json.object("id", id, "done", done));
        say(admin, done);
      } catch (CliFailure e) {
        if (e.status() != ExitStatus.NO && e.status() != ExitStatus.USAGE) {
          throw e;
        }
        results.add(Json.object("id", id, "error", e.getMessage()));
        admin.context().err().println(e.getMessage());
        status = ExitStatus.NO;
      }
    }
    if (admin.json()) {
      admin.context().out().println(Json.pretty(results));
    }
    return status;
  }

  private static void say(AdminOptions admin, String sentence) {
    if (!admin.json()) {
      admin.context().out().println(sentence);
    }
  }
}
