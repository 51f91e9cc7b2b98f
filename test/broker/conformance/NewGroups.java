import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Joins a group of the newer protocol (KIP-848) and a share group (KIP-932), and prints of each what its application is told: a line
 * with the kind of the group, and the exceptions from the thrown one to its root, with tabs between.
 *
 * usage: java -cp 'kafka/*' NewGroups.java PORT TOPIC
 */
public class NewGroups {
  static Map<String, Object> settings(String port, String group) {
    return Map.of("bootstrap.servers", "127.0.0.1:" + port, "group.id", group, "default.api.timeout.ms", 20_000);
  }

  interface Joined {
    void run() throws Exception;
  }

  static void print(String kind, Joined joined) {
    List<String> told = new ArrayList<>();
    try {
      joined.run();
      told.add("joined");
    } catch (Exception thrown) {
      for (Throwable one = thrown; one != null; one = one.getCause()) told.add(one.getClass().getSimpleName() + ": " + one.getMessage());
    }
    System.out.println(kind + "\t" + String.join("\t", told).replace('\n', ' '));
  }

  public static void main(String[] args) {
    var text = new StringDeserializer();
    print("consumer", () -> {
      var newer = new java.util.HashMap<>(settings(args[0], "newer"));
      newer.put("group.protocol", "consumer");
      try (var consumer = new KafkaConsumer<>(newer, text, text)) {
        consumer.subscribe(List.of(args[1]));
        consumer.poll(Duration.ofSeconds(20));
      }
    });
    print("share", () -> {
      try (var consumer = new KafkaShareConsumer<>(settings(args[0], "shared"), text, text)) {
        consumer.subscribe(List.of(args[1]));
        consumer.poll(Duration.ofSeconds(20));
      }
    });
  }
}
