import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Base64;
import java.util.Properties;

/** A client with settings in properties, one value a line on its input: basic, bearer, jdbc, ado. */
class Holder {
  static final Properties settings = new Properties();

  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in));
    String basic = in.readLine(), bearer = in.readLine(), jdbc = in.readLine(), ado = in.readLine();
    settings.load(new java.io.StringReader(
        "url=jdbc:postgresql://db.internal/billing?user=app&password=" + jdbc + "\n"
            + "legacy=Server=db.internal,1433;Database=billing;User ID=app;Password=" + ado + ";Encrypt=True\n"));
    request(args[0], "Basic " + Base64.getEncoder().encodeToString(("robot:" + basic).getBytes()));
    request(args[0], "Bearer " + bearer);
    System.out.println("ready");
    Thread.sleep(600_000);
  }

  static void request(String port, String authorization) throws Exception {
    var connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/held").toURL().openConnection();
    connection.setRequestProperty("Authorization", authorization);
    connection.getInputStream();
  }
}
