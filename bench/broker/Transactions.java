import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Commits transactions one after the other, after a fifth as many to warm up, and prints the records a second.
 *
 * usage: java -cp 'kafka/*' Transactions.java SERVER TOPIC TRANSACTIONS RECORDS BYTES
 */
public class Transactions {
  public static void main(String[] args) {
    String topic = args[1];
    int transactions = Integer.parseInt(args[2]);
    int records = Integer.parseInt(args[3]);
    byte[] value = new byte[Integer.parseInt(args[4])];
    var settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("transactional.id", topic);
    try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      commit(producer, topic, transactions / 5, records, value);
      long start = System.nanoTime();
      commit(producer, topic, transactions, records, value);
      System.out.println((double) transactions * records / ((System.nanoTime() - start) / 1e9));
    }
  }

  static void commit(KafkaProducer<byte[], byte[]> producer, String topic, int transactions, int records, byte[] value) {
    for (int n = 0; n < transactions; n++) {
      producer.beginTransaction();
      for (int i = 0; i < records; i++) producer.send(new ProducerRecord<>(topic, value));
      producer.commitTransaction();
    }
  }
}
