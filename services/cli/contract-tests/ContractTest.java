// Feeds every sample of the events to your consumer. Needs Avro (with Jackson, which it brings). Run it: java -cp "libs/*" ContractTest.java
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

public class ContractTest {
  /** Call your consumer here. It must take every version, and pass over what it does not know. */
  static void handle(String type, String key, JsonNode headers, GenericRecord fields) {}

  public static void main(String[] arguments) throws Exception {
    var directory = Path.of(arguments.length > 0 ? arguments[0] : ".");
    var json = new ObjectMapper();
    var count = 0;
    for (var line : Files.readAllLines(directory.resolve("samples.jsonl"))) {
      var sample = json.readTree(line);
      var headers = sample.get("headers");
      var value = ByteBuffer.wrap(Base64.getDecoder().decode(sample.get("value").asText()));
      if (value.get() != 0) throw new AssertionError(headers.get("ce_id") + " is not in Confluent's wire format");
      var schema = new Schema.Parser().parse(directory.resolve("schemas/" + value.getInt() + ".avsc").toFile());
      var decoder = DecoderFactory.get().binaryDecoder(value.array(), value.position(), value.remaining(), null);
      var fields = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
      if (!decoder.isEnd()) throw new AssertionError(headers.get("ce_id") + " has more bytes than its schema reads");
      handle(headers.get("ce_type").asText(), sample.get("key").asText(), headers, fields);
      count++;
    }
    if (count == 0) throw new AssertionError("there are no samples");
    System.out.println(count + " samples handled");
  }
}
