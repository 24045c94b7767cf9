package org.malleposte.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.malleposte.config.ConfigProblem;
import org.malleposte.config.NodeConfig;
import org.malleposte.json.Json;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Explanation;
import org.malleposte.routing.Router.Peer;
import org.malleposte.routing.TablesRouter;
import org.malleposte.tables.PublishedView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "route",
    description = {
      "Explain what would become of a mail: the reply, the final recipients, the table lines that"
          + " decided.",
      "",
      "Reads the files as they are now, not as a running node has loaded them. Accounts of the"
          + " directory are known only while the node runs. No name is looked up in the DNS."
    })
final class RouteCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private final ConfigOption config;

  @Option(names = "--json", description = "Print the explanation as JSON.")
  private boolean json;

  @Option(
      names = "--client",
      paramLabel = "IP",
      required = true,
      description = "The address that the client connects from.")
  private String client = "";

  @Option(
      names = "--client-name",
      paramLabel = "HOST",
      description = "The client's verified name; without it, it has none.")
  private Optional<String> clientName = Optional.empty();

  @Option(
      names = "--helo",
      paramLabel = "NAME",
      description = "What the client calls itself; no table asks for it.")
  private Optional<String> helo = Optional.empty();

  @Option(names = "--auth", paramLabel = "USER", description = "The login it has authenticated as.")
  private Optional<String> auth = Optional.empty();

  @Option(
      names = "--mech",
      paramLabel = "NAME",
      description = "By which mechanism; without it, one that TRUST_AUTH_MECH trusts.")
  private Optional<String> mechanism = Optional.empty();

  @Option(
      names = "--from",
      paramLabel = "ADDR",
      required = true,
      description = "The sender; <> for a report.")
  private String from = "";

  @Option(
      names = "--rcpt",
      paramLabel = "ADDR",
      required = true,
      description = "The recipient; may be repeated.")
  private List<String> recipients = List.of();

  RouteCommand(CliContext context) {
    this.context = context;
    this.config = new ConfigOption(context);
  }

  @Override
  public Integer call() throws CliFailure {
    NodeConfig loaded = config.require();
    MailFiles files = MailFiles.read(loaded);
    files.problems().stream()
        .filter(ConfigProblem::isError)
        .forEach(problem -> context.err().println(problem));
    PublishedView published = MailFiles.published(loaded);
    KnownAccounts accounts = KnownAccounts.at(context, loaded, files.accounts());
    var router = new TablesRouter(files::tables, accounts, () -> published);
    var explanations = new ArrayList<Explanation>();
    for (String recipient : recipients) {
      explanations.add(explain(router, loaded, recipient));
    }
    print(explanations);
    return ExitStatus.OK;
  }

  private Explanation explain(TablesRouter router, NodeConfig loaded, String recipient)
      throws CliFailure {
    try {
      var peer = new Peer(client, clientName, auth.map(AccountName::of), mechanism);
      ReversePath path =
          isNull(from) ? ReversePath.NULL : ReversePath.of(EmailAddress.parse(bare(from)));
      String to = bare(recipient);
      String domain = loaded.node().name().value();
      return router.explain(
          peer, path, EmailAddress.parse(to.contains("@") ? to : to + "@" + domain));
    } catch (IllegalArgumentException e) {
      throw new CliFailure(ExitStatus.USAGE, e.getMessage());
    }
  }

  private void print(List<Explanation> explanations) {
    if (json) {
      Object all =
          explanations.size() == 1
              ? RouteText.json(explanations.getFirst())
              : explanations.stream().map(RouteText::json).toList();
      context.out().println(Json.pretty(all));
    } else {
      explanations.forEach(explanation -> context.out().print(RouteText.text(explanation)));
    }
  }

  private static boolean isNull(String path) {
    return path.isEmpty() || path.equals("<>");
  }

  private static String bare(String path) {
    return path.startsWith("<") && path.endsWith(">") ? path.substring(1, path.length() - 1) : path;
  }
}
