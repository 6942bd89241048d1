import java.io.FileInputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A TLS server with a PKCS#12 key store. usage: java TlsServer PORT STORE PASSWORD */
public class TlsServer {
  public static void main(String[] args) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (FileInputStream in = new FileInputStream(args[1])) {
      store.load(in, args[2].toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, args[2].toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    var listener = context.getServerSocketFactory()
        .createServerSocket(Integer.parseInt(args[0]), 5, InetAddress.getLoopbackAddress());
    System.out.println("ready");
    while (true) {
      try (SSLSocket socket = (SSLSocket) listener.accept()) {
        socket.getOutputStream().write("hello\n".getBytes());
      } catch (java.io.IOException e) {
        // The next one.
      }
    }
  }
}
