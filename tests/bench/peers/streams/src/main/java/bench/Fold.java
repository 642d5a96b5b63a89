package bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/** The read model of clusters, as somebody would write it with Avro's own reader. */
final class Fold {
  static final ObjectMapper json = new ObjectMapper();

  private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();

  Fold(Path schemas) throws IOException {
    for (var entry : json.readTree(Files.readString(schemas))) {
      var schema = new Schema.Parser().parse(entry.get("schema").toString());
      readers.put(entry.get("id").asInt(), new GenericDatumReader<>(schema));
    }
  }

  static boolean reads(String type) {
    return switch (type) {
      case "ClusterRequested", "ClusterUpgradeRequested", "ClusterEnvUpdateRequested", "ClusterStopRequested", "ClusterStartRequested",
          "ClusterActivated", "ClusterStopped", "ClusterUpgraded", "ClusterEnvUpdated", "ClusterAttributesModified" -> true;
      default -> false;
    };
  }

  GenericRecord decode(byte[] value) throws IOException {
    int id = (value[1] & 0xff) << 24 | (value[2] & 0xff) << 16 | (value[3] & 0xff) << 8 | (value[4] & 0xff);
    return readers.get(id).read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
  }

  /** Sets the fields that an event changes. */
  void fold(Map<String, Object> document, String type, GenericRecord event, String time) throws JsonProcessingException {
    switch (type) {
      case "ClusterRequested" -> {
        for (var name : List.of("name", "description", "debug", "owner")) document.put(name, plain(event.get(name)));
        document.put("cluster_id", plain(event.get("clusterId")));
        var path = event.get("ownerPath").toString();
        var groups = path.split(":", -1);
        document.put("owner_path", path);
        document.put("owner_group", groups.length < 2 ? "" : groups[groups.length - 2]);
        document.putAll(Map.of("cluster_type", 0, "status", "pending", "message", "", "create_time", time, "status_time", time));
        document.put("transition_status", "creating");
        document.put("drift", List.of());
        describe(document, event);
      }
      case "ClusterUpgradeRequested" -> move(document, "upgrading");
      case "ClusterEnvUpdateRequested" -> move(document, "updating");
      case "ClusterStopRequested" -> move(document, "stopping");
      case "ClusterStartRequested" -> move(document, "starting");
      case "ClusterActivated" -> rest(document, "active", time);
      case "ClusterStopped" -> rest(document, "stopped", time);
      case "ClusterUpgraded", "ClusterEnvUpdated" -> {
        describe(document, event);
        rest(document, "active", time);
      }
      case "ClusterAttributesModified" -> {
        document.put("name", plain(event.get("name")));
        document.put("description", plain(event.get("description")));
      }
      default -> throw new IllegalArgumentException(type);
    }
  }

  private static void move(Map<String, Object> document, String transition) {
    document.put("transition_status", transition);
    document.put("message", "");
  }

  private static void rest(Map<String, Object> document, String status, String time) {
    document.putAll(Map.of("status", status, "transition_status", "", "status_time", time));
  }

  private static void describe(Map<String, Object> document, GenericRecord event) throws JsonProcessingException {
    var deployment = (GenericRecord) event.get("deployment");
    var endpoints = new LinkedHashMap<String, Object>();
    for (var each : (List<?>) deployment.get("endpoints")) {
      var endpoint = (GenericRecord) each;
      var shown = new LinkedHashMap<String, Object>();
      shown.put("port", endpoint.get("port"));
      shown.put("protocol", plain(endpoint.get("protocol")));
      endpoints.put(endpoint.get("name").toString(), shown);
    }
    document.put("endpoints", json.writeValueAsString(endpoints));
    document.put("app_id", plain(deployment.get("appId")));
    document.put("version_id", plain(deployment.get("versionId")));
    document.put("package_digest", plain(deployment.get("packageDigest")));
    document.put("version_type", plain(deployment.get("versionType")));
    document.put("runtime_id", plain(deployment.get("runtimeId")));
    document.put("zone", plain(deployment.get("zone")));
    document.put("env", plain(deployment.get("configuration")));
    document.put("roles", plain(deployment.get("roles")));
  }

  private static Object plain(Object value) {
    if (value instanceof CharSequence) return value.toString();
    if (value instanceof List<?> list) return list.stream().map(Fold::plain).toList();
    if (value instanceof Map<?, ?> map) {
      var copy = new LinkedHashMap<String, Object>();
      map.forEach((name, field) -> copy.put(name.toString(), plain(field)));
      return copy;
    }
    if (value instanceof GenericRecord record) {
      var copy = new LinkedHashMap<String, Object>();
      for (var field : record.getSchema().getFields()) copy.put(field.name(), plain(record.get(field.pos())));
      return copy;
    }
    return value;
  }
}
