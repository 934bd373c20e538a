// Reads verdicts from the beginning of a topic up to its end: what a service that lost its data does first.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"example.com/consumer/dialtone"
)

const readinessChanged = "dialtone.readiness.changed.v1"

// Verdicts has the last verdict of each number. Records may come again, also behind newer ones: the higher seq is the later one.
type Verdicts struct {
	latest  map[string]dialtone.ReadinessChanged
	unknown []string
	broken  []string
}

func typeOf(record *kgo.Record) string {
	for _, header := range record.Headers {
		if header.Key == "ce_type" {
			return string(header.Value)
		}
	}
	return ""
}

func (v *Verdicts) take(record *kgo.Record) {
	key := string(record.Key)
	switch eventType := typeOf(record); eventType {
	case "":
		v.broken = append(v.broken, key)
	case readinessChanged:
		var event dialtone.ReadinessChanged
		if err := json.Unmarshal(record.Value, &event); err != nil {
			v.broken = append(v.broken, key) // it will not get better: set it aside
			return
		}
		if known, found := v.latest[key]; !found || event.Seq > known.Seq {
			v.latest[key] = event
		}
	default:
		v.unknown = append(v.unknown, eventType) // of a later version: pass over it
	}
}

func readWhole(ctx context.Context, brokers []string, topic string) (*Verdicts, error) {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers...),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	waiting := map[int32]int64{}
	ends.Each(func(end kadm.ListedOffset) {
		if end.Offset > 0 {
			waiting[end.Partition] = end.Offset
		}
	})
	verdicts := &Verdicts{latest: map[string]dialtone.ReadinessChanged{}, unknown: []string{}, broken: []string{}}
	for len(waiting) > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, err
		}
		fetches.EachRecord(func(record *kgo.Record) {
			verdicts.take(record)
			if record.Offset+1 >= waiting[record.Partition] {
				delete(waiting, record.Partition)
			}
		})
	}
	return verdicts, nil
}

func run() error {
	verdicts, err := readWhole(context.Background(), strings.Split(os.Args[1], ","), os.Args[2])
	if err != nil {
		return err
	}
	latest := map[string][]string{}
	for key, event := range verdicts.latest {
		latest[key] = []string{string(event.State)}
		for _, issue := range event.Issues {
			latest[key] = append(latest[key], string(issue))
		}
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"latest": latest, "unknown": verdicts.unknown, "broken": verdicts.broken,
	})
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
