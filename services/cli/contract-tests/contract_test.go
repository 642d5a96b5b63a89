// Feeds every sample of the events to your consumer. Needs github.com/hamba/avro/v2. Run it: go test contract_test.go
package contract

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/hamba/avro/v2"
)

// Call your consumer here. It must take every version, and pass over what it does not know.
func handle(eventType, key string, headers map[string]string, fields map[string]any) error { return nil }

func TestContract(t *testing.T) {
	file, err := os.Open("samples.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	count := 0
	for ; lines.Scan(); count++ {
		var sample struct {
			Key     string
			Headers map[string]string
			Value   []byte
		}
		if err := json.Unmarshal(lines.Bytes(), &sample); err != nil {
			t.Fatal(err)
		}
		t.Run(sample.Headers["ce_id"], func(t *testing.T) {
			if sample.Value[0] != 0 {
				t.Fatal("not in Confluent's wire format")
			}
			text, err := os.ReadFile(fmt.Sprintf("schemas/%d.avsc", binary.BigEndian.Uint32(sample.Value[1:5])))
			if err != nil {
				t.Fatal(err)
			}
			schema, err := avro.ParseBytes(text)
			if err != nil {
				t.Fatal(err)
			}
			fields := map[string]any{}
			if err := avro.Unmarshal(schema, sample.Value[5:], &fields); err != nil {
				t.Fatal(err)
			}
			if err := handle(sample.Headers["ce_type"], sample.Key, sample.Headers, fields); err != nil {
				t.Fatal(err)
			}
		})
	}
	if err := lines.Err(); err != nil || count == 0 {
		t.Fatal("there are no samples: ", err)
	}
}
