package org.malleposte.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.malleposte.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code user add|passwd|delete|list}: the accounts of the cluster. */
final class UserCommand {
  private UserCommand() {}

  @Command(name = "user", description = "Add, change, remove and list accounts.")
  static final class Group {}

  @Command(
      name = "add",
      description = {
        "Create an account with its mailboxes.",
        "Asks for the password, unless an option says where it comes from."
      })
  static final class Add implements Callable<Integer> {
    @Mixin private final AdminOptions admin;
    @Mixin private final PasswordOption password;

    @Parameters(paramLabel = "NAME", description = "The login, such as alice.")
    private String name = "";

    Add(CliContext context) {
      this.admin = new AdminOptions(context);
      this.password = new PasswordOption(context);
    }

    @Override
    public Integer call() throws CliFailure {
      return Operation.perform(
          admin, "POST", "/users", Map.of("name", name, "password", password.password()));
    }
  }

  @Command(name = "passwd", description = "Give an account a new password.")
  static final class Passwd implements Callable<Integer> {
    @Mixin private final AdminOptions admin;
    @Mixin private final PasswordOption password;

    @Parameters(paramLabel = "NAME", description = "The login.")
    private String name = "";

    Passwd(CliContext context) {
      this.admin = new AdminOptions(context);
      this.password = new PasswordOption(context);
    }

    @Override
    public Integer call() throws CliFailure {
      String path = "/users/" + AdminClient.encoded(name) + "/password";
      return Operation.perform(admin, "PUT", path, Map.of("password", password.password()));
    }
  }

  @Command(name = "delete", description = "Remove a login; its mail stays in the store.")
  static final class Delete implements Callable<Integer> {
    @Mixin private final AdminOptions admin;

    @Parameters(paramLabel = "NAME", description = "The login.")
    private String name = "";

    Delete(CliContext context) {
      this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() throws CliFailure {
      return Operation.perform(admin, "DELETE", "/users/" + AdminClient.encoded(name), Map.of());
    }
  }

  @Command(name = "list", description = "List the accounts, and where each is kept.")
  static final class ListUsers implements Callable<Integer> {
    @Mixin private final AdminOptions admin;

    ListUsers(CliContext context) {
      this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() throws CliFailure {
      Map<String, Object> answer = admin.client().get("/users");
      var out = admin.context().out();
      if (admin.json()) {
        out.println(Json.pretty(answer));
        return ExitStatus.OK;
      }
      var table = new TextTable().row("NAME", "KEPT IN");
      for (JsonFields user : new JsonFields(answer).objects("users")) {
        table.row(user.text("name"), user.text("source"));
      }
      out.print(table);
      return ExitStatus.OK;
    }
  }
}
