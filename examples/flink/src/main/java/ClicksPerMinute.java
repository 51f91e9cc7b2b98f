// Clicks per minute and category, counted by Flink from the shop's topic enriched-click-data in a cluster of its own inside this
// process. Results go to the topic flink-clicks-per-minute: the key is "category minute", the value a count. A minute is told once, when a
// click has come that is more than a minute younger than its end. Exactly once for who reads with isolation.level=read_committed: what
// was counted is committed together with a checkpoint, every second, and the next run goes on from the last one in the folder.
//   mvn -q package dependency:copy-dependencies
//   java --add-opens=java.base/java.util=ALL-UNNAMED -cp 'target/classes:target/dependency/*' ClicksPerMinute 127.0.0.1:9092 checkpoints

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

public final class ClicksPerMinute {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    String servers = args.length > 0 ? args[0] : "127.0.0.1:9092";
    Path checkpoints = Path.of(args.length > 1 ? args[1] : "checkpoints").toAbsolutePath();
    Files.createDirectories(checkpoints);
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION, ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    last(checkpoints).ifPresent(path -> settings.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString()));
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(2, settings);
    KafkaSource<String> clicks = KafkaSource.<String>builder()
        .setBootstrapServers(servers)
        .setTopics("enriched-click-data")
        .setGroupId("flink-clicks-per-minute")
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setValueOnlyDeserializer(new SimpleStringSchema())
        .build();
    KafkaSink<String[]> counts = KafkaSink.<String[]>builder()
        .setBootstrapServers(servers)
        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
        .setTransactionalIdPrefix("flink-clicks-per-minute") // the same after a restart: it ends what its last life left open
        .setProperty("transaction.timeout.ms", "900000") // Kafka's longest; Flink's own hour is refused
        .setRecordSerializer(KafkaRecordSerializationSchema.<String[]>builder()
            .setTopic("flink-clicks-per-minute")
            .setKeySerializationSchema(new Cell(0))
            .setValueSerializationSchema(new Cell(1))
            .build())
        .build();
    // Windows go by when a click happened, not by when Kafka had it.
    WatermarkStrategy<String> happened = WatermarkStrategy.<String>forBoundedOutOfOrderness(Duration.ofMinutes(1))
        .withIdleness(Duration.ofSeconds(10)) // a partition without clicks holds up no minute
        .withTimestampAssigner((click, before) -> Long.parseLong(field(click, "original_timestamp")));
    flink.fromSource(clicks, happened, "clicks")
        .keyBy(click -> field(click, "category"))
        .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
        .aggregate(new Count(), new Named())
        .sinkTo(counts);
    flink.execute("clicks per minute");
  }

  /** The newest checkpoint that is whole. */
  private static Optional<Path> last(Path checkpoints) throws IOException {
    try (Stream<Path> files = Files.walk(checkpoints, 3)) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
          .map(Path::getParent);
    }
  }

  private static String field(String click, String name) {
    try {
      JsonNode value = JSON.readTree(click).path(name);
      return value.asText("Unknown");
    } catch (Exception error) {
      return "Unknown";
    }
  }

  /** A class, since Flink can't see the types of a lambda. */
  private record Cell(int index) implements SerializationSchema<String[]> {
    public byte[] serialize(String[] row) {
      return row[index].getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final class Count implements AggregateFunction<String, Long, Long> {
    public Long createAccumulator() {
      return 0L;
    }

    public Long add(String click, Long count) {
      return count + 1;
    }

    public Long getResult(Long count) {
      return count;
    }

    public Long merge(Long one, Long other) {
      return one + other;
    }
  }

  private static final class Named extends ProcessWindowFunction<Long, String[], String, TimeWindow> {
    public void process(String category, Context context, Iterable<Long> counts, Collector<String[]> out) {
      String minute = Instant.ofEpochMilli(context.window().getStart()).toString();
      for (Long count : counts) out.collect(new String[] {category + " " + minute, count.toString()});
    }
  }
}
