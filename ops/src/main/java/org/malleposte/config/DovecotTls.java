package org.malleposte.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.config.NodeConfig.Tls.KeyPairFiles;
import org.malleposte.dovecot.DovecotSection;
import org.malleposte.dovecot.DovecotSetting;

/** {@code ssl} and what begins with it. */
final class DovecotTls {
  private final DovecotTaking taking;

  DovecotTls(DovecotTaking taking) {
    this.taking = taking;
  }

  void take() {
    taking.global("ssl").ifPresent(this::ssl);
    certificate();
    more();
    minimum();
    clients();
    taking
        .global("ssl_server_prefer_ciphers", "ssl_prefer_server_ciphers")
        .ifPresent(
            s -> {
              if (s.value().equals("server") || s.value().startsWith("y")) {
                taking.note(s, true, "the server's order counts, as always");
              }
            });
  }

  private void ssl(DovecotSetting ssl) {
    switch (ssl.value()) {
      case "yes" -> taking.note(ssl, true, "TLS is offered, as always");
      case "required" -> taking.take(ConfigKeys.AUTH_UNENCRYPTED, "nothing", ssl);
      case "no" ->
          taking.warn(
              ssl,
              "STARTTLS is offered all the same; the ports for TLS are closed",
              "write ssl = yes");
      default ->
          taking.refuse(ssl, "'" + ssl.value() + "' is not yes, no or required", "write yes");
    }
  }

  private void certificate() {
    Optional<DovecotSetting> certificate = taking.global("ssl_server_cert_file", "ssl_cert");
    Optional<DovecotSetting> key = taking.global("ssl_server_key_file", "ssl_key");
    if (certificate.isEmpty() && key.isEmpty()) {
      return;
    }
    if (taking.isGiven(ConfigKeys.TLS_CERTIFICATE) || taking.isGiven(ConfigKeys.TLS_KEY)) {
      certificate.ifPresent(s -> taking.noteAs(ConfigKeys.TLS_CERTIFICATE, s));
      key.ifPresent(s -> taking.noteAs(ConfigKeys.TLS_KEY, s));
      return;
    }
    Optional<Path> certificateFile = certificate.flatMap(this::readable);
    Optional<Path> keyFile = key.flatMap(this::readable);
    if (certificate.isEmpty() || key.isEmpty()) {
      certificate
          .or(() -> key)
          .ifPresent(
              s ->
                  taking.warn(
                      s,
                      "certificate and key belong together, so a self-signed certificate is used",
                      "set both"));
    } else if (certificateFile.isPresent() && keyFile.isPresent()) {
      taking.take(ConfigKeys.TLS_CERTIFICATE, certificateFile.get().toString(), certificate.get());
      taking.take(ConfigKeys.TLS_KEY, keyFile.get().toString(), key.get());
    } else {
      List.of(certificate.get(), key.get())
          .forEach(s -> taking.note(s, false, "no effect: a self-signed certificate is used"));
    }
  }

  /** Certificates by the name that the client asks for. */
  private void more() {
    var pairs = new ArrayList<KeyPairFiles>();
    var sections = taking.file().root().sections("local_name").toList();
    for (DovecotSection section : sections) {
      Optional<DovecotSetting> certificate =
          section.setting("ssl_server_cert_file").or(() -> section.setting("ssl_cert"));
      Optional<DovecotSetting> key =
          section.setting("ssl_server_key_file").or(() -> section.setting("ssl_key"));
      if (certificate.isEmpty() || key.isEmpty()) {
        continue;
      }
      Optional<Path> certificateFile = certificate.flatMap(this::readable);
      Optional<Path> keyFile = key.flatMap(this::readable);
      if (certificateFile.isPresent() && keyFile.isPresent()) {
        pairs.add(new KeyPairFiles(certificateFile.get(), keyFile.get()));
        taking.noteAs(ConfigKeys.TLS_MORE, certificate.get());
        taking.noteAs(ConfigKeys.TLS_MORE, key.get());
      }
    }
    if (!pairs.isEmpty()) {
      taking.put(
          ConfigKeys.TLS_MORE,
          ConfigKeys.TLS_MORE.type().show(pairs),
          sections.getFirst().place(),
          "local_name");
    }
  }

  private void minimum() {
    Optional<DovecotSetting> written = taking.global("ssl_min_protocol");
    if (written.isEmpty()) {
      return;
    }
    switch (written.get().value()) {
      case "TLSv1.3" -> taking.take(ConfigKeys.TLS_MIN_VERSION, "1.3", written.get());
      case "TLSv1.2", "LATEST" -> taking.take(ConfigKeys.TLS_MIN_VERSION, "1.2", written.get());
      default ->
          taking.warn(
              written.get(),
              "nothing below TLSv1.2 is spoken (RFC 8996)",
              "write TLSv1.2 or TLSv1.3");
    }
  }

  /** Client certificates are asked for where Dovecot would verify them. */
  private void clients() {
    Optional<DovecotSetting> asks =
        taking.global("ssl_server_request_client_cert", "ssl_verify_client_cert");
    Optional<DovecotSetting> authority = taking.global("ssl_server_ca_file", "ssl_ca");
    boolean asked = asks.filter(s -> DovecotQuantities.isYes(s.value())).isPresent();
    asks.ifPresent(s -> taking.note(s, true, "with auth.client-ca, for the mechanism EXTERNAL"));
    if (authority.isEmpty() || authority.get().value().isEmpty()) {
      return;
    }
    if (!asked) {
      taking.warn(
          authority.get(),
          "no client certificate is asked for",
          "write ssl_verify_client_cert = yes, or set auth.client-ca");
      return;
    }
    readable(authority.get(), "no client certificate is asked for")
        .ifPresent(f -> taking.take(ConfigKeys.AUTH_CLIENT_CA, f.toString(), authority.get()));
  }

  private Optional<Path> readable(DovecotSetting setting) {
    return readable(setting, "another certificate is used");
  }

  private Optional<Path> readable(DovecotSetting setting, String instead) {
    if (!setting.isFile() && !setting.key().endsWith("_file")) {
      taking.warn(
          setting,
          "a certificate in the line itself is not read",
          "write " + setting.key() + " = <file");
      return Optional.empty();
    }
    Path file = Path.of(setting.place().file()).resolveSibling(setting.value()).normalize();
    if (!Files.isReadable(file) || !Files.isRegularFile(file)) {
      taking.warn(
          setting,
          "cannot read " + file + ", so " + instead,
          "copy the file, see its permissions, or set tls in the configuration file");
      return Optional.empty();
    }
    return Optional.of(file);
  }
}
