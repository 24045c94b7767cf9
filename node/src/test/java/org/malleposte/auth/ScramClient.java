package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The client's side of SCRAM, written from RFC 5802 and sharing nothing with the server's. */
public final class ScramClient implements SaslDialogue.Client {
  private final String hash;
  private final String password;
  private final String gs2Header;
  private final byte[] binding;
  private final String bare;
  private byte[] serverSignature = {};
  private int step;

  /**
   * @param hash 1 or 256
   * @param gs2Header {@code n,,} or {@code p=tls-exporter,,}
   */
  public ScramClient(String hash, String login, String password, String gs2Header, byte[] binding) {
    this.hash = hash;
    this.password = password;
    this.gs2Header = gs2Header;
    this.binding = binding;
    bare = "n=" + login.replace("=", "=3D").replace(",", "=2C") + ",r=clientnonce";
  }

  public byte[] first() {
    return bytes(gs2Header + bare);
  }

  @Override
  public byte[] respond(byte[] challenge) throws GeneralSecurityException {
    return switch (step++) {
      case 0 -> first();
      case 1 -> last(new String(challenge, StandardCharsets.UTF_8));
      default -> {
        String expected = "v=" + Base64.getEncoder().encodeToString(serverSignature);
        if (!Arrays.equals(challenge, bytes(expected))) {
          throw new GeneralSecurityException("the server does not know the password");
        }
        yield new byte[0];
      }
    };
  }

  /** Has {@link #first} sent as the initial response. */
  public ScramClient begun() {
    step = 1;
    return this;
  }

  private byte[] last(String serverFirst) throws GeneralSecurityException {
    var fields = new HashMap<String, String>();
    for (String field : serverFirst.split(",")) {
      fields.put(field.substring(0, 1), field.substring(2));
    }
    byte[] salt = Base64.getDecoder().decode(fields.get("s"));
    int bits = hash.equals("1") ? 160 : 256;
    var spec =
        new PBEKeySpec(password.toCharArray(), salt, Integer.parseInt(fields.get("i")), bits);
    byte[] salted =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA" + hash).generateSecret(spec).getEncoded();
    byte[] bound = Arrays.copyOf(bytes(gs2Header), gs2Header.length() + binding.length);
    System.arraycopy(binding, 0, bound, gs2Header.length(), binding.length);
    String withoutProof =
        "c=" + Base64.getEncoder().encodeToString(bound) + ",r=" + fields.get("r");
    String authMessage = bare + "," + serverFirst + "," + withoutProof;
    byte[] clientKey = hmac(salted, "Client Key");
    byte[] stored = MessageDigest.getInstance("SHA-" + hash).digest(clientKey);
    byte[] signature = hmac(stored, authMessage);
    for (int i = 0; i < clientKey.length; i++) {
      clientKey[i] ^= signature[i];
    }
    serverSignature = hmac(hmac(salted, "Server Key"), authMessage);
    return bytes(withoutProof + ",p=" + Base64.getEncoder().encodeToString(clientKey));
  }

  private byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA" + hash);
    mac.init(new SecretKeySpec(key, "HMAC"));
    return mac.doFinal(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
