import java.nio.file.*;
import java.security.*;
import java.security.spec.*;
import javax.crypto.*;

/** Holds a private key of the JDK's own providers after one use. usage: JavaHolder TYPE KEY.der (PKCS#8) */
public class JavaHolder {
  static PrivateKey held;
  static Object used;

  public static void main(String[] arguments) throws Exception {
    load(arguments[0], Path.of(arguments[1]));
    System.gc();
    System.out.println("ready");
    Thread.sleep(120_000);
    System.out.println(held);
  }

  static void load(String type, Path path) throws Exception {
    byte[] der = Files.readAllBytes(path);
    String algorithm = type.startsWith("rsa") ? "RSA" : type.equals("p256") ? "EC" : type.startsWith("ed") ? "EdDSA"
      : type.startsWith("x") ? "XDH" : type.startsWith("mlkem") ? "ML-KEM" : "ML-DSA";
    held = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    if (algorithm.equals("XDH")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type.toUpperCase());
      KeyAgreement agreement = KeyAgreement.getInstance("XDH");
      agreement.init(held);
      agreement.doPhase(generator.generateKeyPair().getPublic(), true);
      used = agreement;
    } else if (!algorithm.equals("ML-KEM")) {
      Signature signature = Signature.getInstance(switch (algorithm) {
        case "RSA" -> "SHA256withRSA";
        case "EC" -> "SHA256withECDSA";
        default -> algorithm;
      });
      signature.initSign(held);
      signature.update("text".getBytes());
      signature.sign();
      used = signature;
    }
  }
}
