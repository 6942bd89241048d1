import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Random;

/** Odd random numbers, and 150 MB of random ints: no key. */
public class Holder {
  public static void main(String[] args) throws Exception {
    Random random = new Random();
    var numbers = new ArrayList<BigInteger>();
    for (int i = 0; i < 20000; i++) numbers.add(new BigInteger(256 << (i % 4), random).setBit(0));
    int[][] ints = new int[150][1 << 18];
    for (int[] row : ints) for (int i = 0; i < row.length; i++) row[i] = random.nextInt();
    System.out.println("ready");
    Thread.sleep(120000);
    System.out.println(numbers.size() + ints.length);
  }
}
