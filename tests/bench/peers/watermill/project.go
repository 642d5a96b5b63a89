package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"strings"
	"sync/atomic"

	"github.com/IBM/sarama"
	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill-kafka/v3/pkg/kafka"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/hamba/avro/v2"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

type record = map[string]any

func described(of any) bson.M {
	d := of.(record)
	ends := map[string]any{}
	for _, each := range d["endpoints"].([]any) {
		end := each.(record)
		ends[end["name"].(string)] = struct {
			Port     any `json:"port"`
			Protocol any `json:"protocol"`
		}{end["port"], end["protocol"]}
	}
	text, err := json.Marshal(ends)
	must(err)
	for _, each := range d["roles"].([]any) {
		role := each.(record)
		// A union comes as a map from the name of its branch.
		if check, is := role["healthCheck"].(record); is && check["pitrix.cluster.HealthCheck"] != nil {
			role["healthCheck"] = check["pitrix.cluster.HealthCheck"]
		}
	}
	return bson.M{"app_id": d["appId"], "version_id": d["versionId"], "package_digest": d["packageDigest"], "version_type": d["versionType"],
		"runtime_id": d["runtimeId"], "zone": d["zone"], "env": d["configuration"], "endpoints": string(text), "roles": d["roles"]}
}

func merged(parts ...bson.M) bson.M {
	all := bson.M{}
	for _, part := range parts {
		for name, value := range part {
			all[name] = value
		}
	}
	return all
}

type patch func(event record, time string) bson.M

func moves(transition string) patch {
	return func(record, string) bson.M { return bson.M{"transition_status": transition, "message": ""} }
}
func rests(status string) patch {
	return func(_ record, time string) bson.M {
		return bson.M{"status": status, "transition_status": "", "status_time": time}
	}
}
func changes(e record, time string) bson.M {
	return merged(described(e["deployment"]), rests("active")(e, time))
}

// The last group of an owner path.
func groupOf(path string) string {
	groups := strings.Split(path, ":")
	if len(groups) < 2 {
		return ""
	}
	return groups[len(groups)-2]
}

// The fields of the read model that an event sets.
var patches = map[string]patch{
	"ClusterRequested": func(e record, time string) bson.M {
		return merged(bson.M{"cluster_type": 0, "status": "pending", "message": "", "drift": bson.A{}}, described(e["deployment"]), bson.M{
			"cluster_id": e["clusterId"], "name": e["name"], "description": e["description"], "debug": e["debug"],
			"transition_status": "creating", "owner": e["owner"], "owner_path": e["ownerPath"],
			"owner_group": groupOf(e["ownerPath"].(string)), "create_time": time, "status_time": time})
	},
	"ClusterUpgradeRequested":   moves("upgrading"),
	"ClusterEnvUpdateRequested": moves("updating"),
	"ClusterStopRequested":      moves("stopping"),
	"ClusterStartRequested":     moves("starting"),
	"ClusterActivated":          rests("active"),
	"ClusterStopped":            rests("stopped"),
	"ClusterUpgraded":           changes,
	"ClusterEnvUpdated":         changes,
	"ClusterAttributesModified": func(e record, _ string) bson.M {
		return bson.M{"name": e["name"], "description": e["description"]}
	},
}

func schemasOf(file string) map[uint32]avro.Schema {
	text, err := os.ReadFile(file)
	must(err)
	var entries []struct {
		ID     uint32          `json:"id"`
		Schema json.RawMessage `json:"schema"`
	}
	must(json.Unmarshal(text, &entries))
	schemas := map[uint32]avro.Schema{}
	for _, entry := range entries {
		// A cache of its own: records of one name differ between schemas.
		schema, err := avro.ParseBytesWithCache(entry.Schema, "", &avro.SchemaCache{})
		must(err)
		schemas[entry.ID] = schema
	}
	return schemas
}

func project(in input, begin func()) {
	client, err := mongo.Connect(options.Client().ApplyURI(in.URL).SetDirect(true))
	must(err)
	models := client.Database(in.Database).Collection("clusters")
	schemas := schemasOf(in.Schemas)
	config := kafka.DefaultSaramaSubscriberConfig()
	config.Version = sarama.V2_8_0_0
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	in.Kafka.login(config)
	subscriber, err := kafka.NewSubscriber(kafka.SubscriberConfig{
		Brokers: in.Kafka.Brokers, ConsumerGroup: in.Group, Unmarshaler: kafka.DefaultMarshaler{}, OverwriteSaramaConfig: config,
		NackResendSleep: kafka.NoSleep,
	}, nil)
	must(err)
	router, err := message.NewRouter(message.RouterConfig{}, watermill.NopLogger{})
	must(err)
	var handled atomic.Int64
	var begun atomic.Bool
	done := make(chan struct{})
	router.AddConsumerHandler("clusters", in.Topic, subscriber, func(m *message.Message) error {
		if begun.CompareAndSwap(false, true) {
			begin()
		}
		if row := patches[m.Metadata.Get("ce_type")[len("pitrix.cluster."):]]; row != nil {
			var event record
			must(avro.Unmarshal(schemas[binary.BigEndian.Uint32(m.Payload[1:5])], m.Payload[5:], &event))
			id := strings.TrimPrefix(m.Metadata.Get("ce_subject"), "cluster/")
			set := bson.M{"$set": row(event, m.Metadata.Get("ce_time"))}
			_, err := models.UpdateOne(context.Background(), bson.M{"_id": id}, set, options.UpdateOne().SetUpsert(true))
			must(err)
		}
		if handled.Add(1) == int64(in.Events) {
			close(done)
		}
		return nil
	})
	go func() { must(router.Run(context.Background())) }()
	<-done
	// Commits the offsets.
	must(router.Close())
}
