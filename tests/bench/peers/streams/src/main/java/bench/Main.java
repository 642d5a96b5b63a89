package bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;

/** The read model as a state store of Kafka Streams: RocksDB with a cache, and a changelog that Kafka has acknowledged. */
public final class Main {
  private static final String STORE = "clusters";
  private static final AtomicInteger left = new AtomicInteger();
  private static final AtomicBoolean begun = new AtomicBoolean();
  private static final CountDownLatch done = new CountDownLatch(1);
  private static long started;
  private static long cpuBefore;

  private static void begin() {
    System.out.println("begin");
    System.out.flush();
    cpuBefore = cpu();
    started = System.nanoTime();
  }

  private static long cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  private static final class Keep extends ContextualProcessor<String, byte[], Void, Void> {
    private final Fold fold;
    private KeyValueStore<String, byte[]> store;

    Keep(Fold fold) {
      this.fold = fold;
    }

    @Override
    public void init(org.apache.kafka.streams.processor.api.ProcessorContext<Void, Void> context) {
      super.init(context);
      store = context.getStateStore(STORE);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void process(Record<String, byte[]> record) {
      if (begun.compareAndSet(false, true)) begin();
      try {
        var type = header(record, "ce_type").substring("pitrix.cluster.".length());
        if (Fold.reads(type)) {
          var id = record.key().substring("cluster/".length());
          var kept = store.get(id);
          Map<String, Object> document = kept == null ? new LinkedHashMap<>() : Fold.json.readValue(kept, LinkedHashMap.class);
          fold.fold(document, type, fold.decode(record.value()), header(record, "ce_time"));
          store.put(id, Fold.json.writeValueAsBytes(document));
        }
      } catch (Exception failure) {
        throw new RuntimeException(failure);
      }
      if (left.decrementAndGet() == 0) done.countDown();
    }

    private static String header(Record<String, byte[]> record, String name) {
      return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
  }

  public static void main(String[] arguments) throws Exception {
    var input = Fold.json.readTree(System.getenv("BENCH_INPUT"));
    var directory = Path.of(input.get("directory").asText());
    left.set(input.get("events").asInt());
    var settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, input.get("group").asText());
    var connection = input.get("connection");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, connection.get("brokers").get(0).asText());
    if (connection.has("sasl")) {
      var sasl = connection.get("sasl");
      settings.put("security.protocol", "SASL_PLAINTEXT");
      settings.put("sasl.mechanism", "PLAIN");
      settings.put(
          "sasl.jaas.config",
          "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
              .formatted(sasl.get("username").asText(), sasl.get("password").asText()));
    }
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory.resolve("state").toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    var builder = new StreamsBuilder();
    var fold = new Fold(Path.of(input.get("schemas").asText()));
    var kept = Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray());
    builder.addStateStore(kept.withCachingEnabled());
    builder.stream(input.get("topic").asText(), Consumed.with(Serdes.String(), Serdes.ByteArray())).process(() -> new Keep(fold), STORE);
    var streams = new KafkaStreams(builder.build(), settings);
    streams.setUncaughtExceptionHandler(
        failure -> {
          failure.printStackTrace();
          System.exit(1);
          return null;
        });
    streams.start();
    done.await();
    // What is in the store is told before it closes; that does not count.
    var folded = System.nanoTime();
    var cpuFolded = cpu();
    try (var found = streams.store(StoreQueryParameters.fromNameAndType(STORE, QueryableStoreTypes.<String, byte[]>keyValueStore())).all();
        var file = Files.newBufferedWriter(directory.resolve("documents.jsonl"))) {
      while (found.hasNext()) {
        var next = found.next();
        file.write("{\"_id\":\"" + next.key + "\"," + new String(next.value, UTF_8).substring(1) + "\n");
      }
    }
    var told = System.nanoTime();
    var cpuTold = cpu();
    // Writes the cache, waits for the changelog, commits the offsets.
    streams.close();
    var seconds = (System.nanoTime() - told + folded - started) / 1e9;
    var cpuSeconds = (cpu() - cpuTold + cpuFolded - cpuBefore) / 1e9;
    System.out.println("end");
    var peak = Files.readString(Path.of("/proc/self/status")).lines().filter(line -> line.startsWith("VmHWM")).findFirst().orElse("VmHWM: 0 kB");
    var memory = Long.parseLong(peak.replaceAll("\\D", "")) * 1024;
    var result = Map.of("units", input.get("events").asInt(), "seconds", seconds, "cpuSeconds", cpuSeconds, "memoryBytes", memory, "check", "");
    System.out.println(Fold.json.writeValueAsString(result));
  }
}
