package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/IBM/sarama"
	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill-kafka/v3/pkg/kafka"
	"github.com/ThreeDotsLabs/watermill/components/forwarder"
	"github.com/ThreeDotsLabs/watermill/message"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const page = 1000

type event struct {
	Type   string      `bson:"type"`
	Schema int         `bson:"schema"`
	Bytes  bson.Binary `bson:"bytes"`
}

type commit struct {
	ID       string  `bson:"_id"`
	Stream   string  `bson:"stream"`
	Version  int     `bson:"version"`
	Events   []event `bson:"events"`
	Metadata struct {
		Time  string `bson:"time"`
		Actor struct {
			UserID    string `bson:"userId"`
			OwnerPath string `bson:"ownerPath"`
		} `bson:"actor"`
		CorrelationID string `bson:"correlationId"`
		ActionID      string `bson:"actionId"`
		Row           string `bson:"row"`
		Hops          int    `bson:"hops"`
	} `bson:"metadata"`
}

// What the forwarder takes: a message that says where it is to go.
type envelope struct {
	DestinationTopic string            `json:"destination_topic"`
	UUID             string            `json:"uuid"`
	Payload          []byte            `json:"payload"`
	Metadata         map[string]string `json:"metadata"`
}

func enveloped(c commit, at int, topic string) *message.Message {
	e := c.Events[at]
	id := fmt.Sprintf("%s@%d", c.Stream, c.Version+at)
	value := binary.BigEndian.AppendUint32([]byte{0}, uint32(e.Schema))
	payload, err := json.Marshal(envelope{topic, id, append(value, e.Bytes.Data...), map[string]string{
		"ce_specversion": "1.0", "ce_id": id, "ce_source": "/pitrix/bench", "ce_type": topic + "." + e.Type, "ce_time": c.Metadata.Time,
		"ce_subject": c.Stream, "ce_sequence": fmt.Sprintf("%012d", c.Version+at), "ce_correlationid": c.Metadata.CorrelationID,
		"ce_actionid": c.Metadata.ActionID, "ce_dataschema": fmt.Sprintf("/schemas/ids/%d", e.Schema), "ce_row": c.Metadata.Row,
		"ce_actor": c.Metadata.Actor.UserID, "ce_ownerpath": c.Metadata.Actor.OwnerPath, "ce_hops": fmt.Sprint(c.Metadata.Hops),
		"content-type": "application/avro",
	}})
	must(err)
	return message.NewMessage(watermill.NewUUID(), payload)
}

// A subscriber on the marked commits: a page at a time, the streams of a page side by side and each in its order; then the marks go.
type outbox struct {
	commits *mongo.Collection
	topic   string
	done    chan struct{}
}

func (o outbox) Close() error { return nil }

func (o outbox) Subscribe(ctx context.Context, _ string) (<-chan *message.Message, error) {
	out := make(chan *message.Message)
	go func() {
		defer close(o.done)
		found, err := o.commits.Find(ctx, bson.M{"publish": true}, options.Find().SetHint("publish").SetSort(bson.M{"_id": 1}).SetBatchSize(page))
		must(err)
		for some := next(ctx, found); len(some) > 0; some = next(ctx, found) {
			o.sendAll(some, out)
			ids := make([]string, len(some))
			for i, c := range some {
				ids[i] = c.ID
			}
			_, err := o.commits.UpdateMany(ctx, bson.M{"_id": bson.M{"$in": ids}}, bson.M{"$unset": bson.M{"publish": ""}})
			must(err)
		}
	}()
	return out, nil
}

func next(ctx context.Context, found *mongo.Cursor) (some []commit) {
	for len(some) < page && found.Next(ctx) {
		var c commit
		must(found.Decode(&c))
		some = append(some, c)
	}
	must(found.Err())
	return some
}

func (o outbox) sendAll(some []commit, out chan<- *message.Message) {
	streams := map[string][]commit{}
	for _, c := range some {
		streams[c.Stream] = append(streams[c.Stream], c)
	}
	acknowledged := make(chan struct{})
	for _, commits := range streams {
		go func() {
			for _, c := range commits {
				for at := range c.Events {
					m := enveloped(c, at, o.topic)
					out <- m
					<-m.Acked()
				}
			}
			acknowledged <- struct{}{}
		}()
	}
	for range streams {
		<-acknowledged
	}
}

func forward(in input, begin func()) {
	client, err := mongo.Connect(options.Client().ApplyURI(in.URL).SetDirect(true))
	must(err)
	config := kafka.DefaultSaramaSyncPublisherConfig()
	config.Version = sarama.V2_8_0_0
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Idempotent = true
	in.Kafka.login(config)
	config.Net.MaxOpenRequests = 1
	byStream := kafka.NewWithPartitioningMarshaler(func(_ string, m *message.Message) (string, error) { return m.Metadata.Get("ce_subject"), nil })
	publisher, err := kafka.NewPublisher(kafka.PublisherConfig{Brokers: in.Kafka.Brokers, Marshaler: byStream, OverwriteSaramaConfig: config}, nil)
	must(err)
	source := outbox{client.Database(in.Database).Collection("commits"), in.Topic, make(chan struct{})}
	running, err := forwarder.NewForwarder(source, publisher, watermill.NopLogger{}, forwarder.Config{})
	must(err)
	begin()
	go func() { must(running.Run(context.Background())) }()
	<-source.done
}
