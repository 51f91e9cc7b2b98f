// Clicks per minute and category, counted by Kafka Streams from the shop's topic enriched-click-data, with its state in RocksDB and
// in a compacted changelog. Results go to the topic clicks-per-minute: the key is "category minute", the value a count. Each click
// counts exactly once: results, state and offsets are committed in one transaction; read them with isolation.level=read_committed.
//   mvn -q package dependency:copy-dependencies
//   java -cp 'target/classes:target/dependency/*' ClicksPerMinute 127.0.0.1:9092 [state folder]

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;

public final class ClicksPerMinute {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "clicks-per-minute");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args.length > 0 ? args[0] : "127.0.0.1:9092");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args.length > 1 ? args[1] : "state");
    settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 500);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    // Kafka Streams doesn't leave its group when it stops: a new start waits for so long.
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 8_000);

    StreamsBuilder builder = new StreamsBuilder();
    // Windows go by when a click happened, not by when Kafka had it.
    builder.stream("enriched-click-data",
            Consumed.with(Serdes.String(), Serdes.String()).withTimestampExtractor((record, before) -> happened((String) record.value())))
        .groupBy((visitor, click) -> field(click, "category"), Grouped.with(Serdes.String(), Serdes.String()))
        .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), Duration.ofDays(1)))
        .count()
        .toStream()
        .map((window, count) -> KeyValue.pair(window.key() + " " + Instant.ofEpochMilli(window.window().start()), count))
        .to("clicks-per-minute", Produced.with(Serdes.String(), Serdes.Long()));

    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      streams.close(Duration.ofSeconds(10));
      stopped.countDown();
    }));
    // A thread that ended would leave a process that does nothing; another one goes on from what is committed.
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    });
    streams.setStateListener((now, before) -> System.out.println(now));
    streams.start();
    stopped.await();
  }

  private static String field(String click, String name) {
    try {
      return JSON.readTree(click).path(name).asText("Unknown");
    } catch (Exception error) {
      return "Unknown";
    }
  }

  private static long happened(String click) {
    return Long.parseLong(field(click, "original_timestamp"));
  }
}
