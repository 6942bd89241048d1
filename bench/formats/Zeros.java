/** One key, and an array of zeros. usage: Zeros MEGABYTES */
public class Zeros {
  public static void main(String[] arguments) throws Exception {
    var generator = java.security.KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var pair = generator.generateKeyPair();
    byte[] zeros = new byte[Integer.parseInt(arguments[0]) * 1_000_000];
    System.out.println("ready");
    Thread.sleep(600_000);
    System.out.println(pair.hashCode() + zeros.length);
  }
}
