// What Watermill offers for the work of two rows: its forwarder as the relay, and a handler of its router as the projection.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/IBM/sarama"
)

// How every contestant reaches Kafka.
type connection struct {
	Brokers []string `json:"brokers"`
	SASL    *struct {
		Username string `json:"username"`
		Password string `json:"password"`
	} `json:"sasl"`
}

func (c connection) login(config *sarama.Config) {
	if c.SASL == nil {
		return
	}
	config.Net.SASL.Enable = true
	config.Net.SASL.Mechanism = sarama.SASLTypePlaintext
	config.Net.SASL.User = c.SASL.Username
	config.Net.SASL.Password = c.SASL.Password
}

type input struct {
	Kafka    connection `json:"connection"`
	URL      string     `json:"url"`
	Database string     `json:"database"`
	Topic    string     `json:"topic"`
	Group    string     `json:"group"`
	Events   int        `json:"events"`
	// The file with the schemas by their ids.
	Schemas string `json:"schemas"`
}

type measurement struct {
	Units       int     `json:"units"`
	Seconds     float64 `json:"seconds"`
	CPUSeconds  float64 `json:"cpuSeconds"`
	MemoryBytes int64   `json:"memoryBytes"`
	Check       string  `json:"check"`
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func usage() (cpu float64, memory int64) {
	var used syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(used.Utime) + seconds(used.Stime), used.Maxrss * 1024
}

func main() {
	var in input
	must(json.Unmarshal([]byte(os.Getenv("BENCH_INPUT")), &in))
	var started time.Time
	var before float64
	begin := func() {
		fmt.Println("begin")
		before, _ = usage()
		started = time.Now()
	}
	switch os.Args[1] {
	case "forward":
		forward(in, begin)
	case "project":
		project(in, begin)
	default:
		must(fmt.Errorf("forward or project, and not %s", os.Args[1]))
	}
	seconds := time.Since(started).Seconds()
	fmt.Println("end")
	after, memory := usage()
	must(json.NewEncoder(os.Stdout).Encode(measurement{in.Events, seconds, after - before, memory, ""}))
}
