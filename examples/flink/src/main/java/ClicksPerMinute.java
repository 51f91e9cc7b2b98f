// Clicks per minute and category, counted by Flink from the shop's topic enriched-click-data in a cluster of its own inside this
// process. Results go to the topic flink-clicks-per-minute: the key is "category minute", the value a count. Reads up to what the
// topic has when it starts, and ends; without setBounded it goes on for ever.
//   mvn -q package dependency:copy-dependencies
//   java --add-opens=java.base/java.util=ALL-UNNAMED -cp 'target/classes:target/dependency/*' ClicksPerMinute 127.0.0.1:9092

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
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
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(2);
    flink.enableCheckpointing(1_000);
    KafkaSource<String> clicks = KafkaSource.<String>builder()
        .setBootstrapServers(servers)
        .setTopics("enriched-click-data")
        .setGroupId("flink-clicks-per-minute")
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setBounded(OffsetsInitializer.latest())
        .setValueOnlyDeserializer(new SimpleStringSchema())
        .build();
    KafkaSink<String[]> counts = KafkaSink.<String[]>builder()
        .setBootstrapServers(servers)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(KafkaRecordSerializationSchema.<String[]>builder()
            .setTopic("flink-clicks-per-minute")
            .setKeySerializationSchema(new Cell(0))
            .setValueSerializationSchema(new Cell(1))
            .build())
        .build();
    // Windows go by when a click happened, not by when Kafka had it.
    WatermarkStrategy<String> happened = WatermarkStrategy.<String>forBoundedOutOfOrderness(Duration.ofMinutes(1))
        .withTimestampAssigner((click, before) -> Instant.parse(field(click, "original_timestamp")).toEpochMilli());
    flink.fromSource(clicks, happened, "clicks")
        .keyBy(click -> field(click, "category"))
        .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
        .aggregate(new Count(), new Named())
        .sinkTo(counts);
    flink.execute("clicks per minute");
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
