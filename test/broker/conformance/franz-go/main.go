// franz-go for the conformance suite.
//
//	usage: client produce PORT < batches
//	       client consume PORT COUNT TOPIC ... > messages
//	       client admin PORT TOPIC OTHER GROUP > what was answered
//	       client transact PORT SOURCE TARGET GROUP > the first value that is committed
//
// A message is one line of JSON: {"topic", "key", "value", "from"}; a batch is {"topic", "codec", "messages"}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

type message struct {
	Topic string  `json:"topic"`
	Key   *string `json:"key"`
	Value *string `json:"value"`
	From  string  `json:"from"`
}

type batch struct {
	Topic    string    `json:"topic"`
	Codec    string    `json:"codec"`
	Messages []message `json:"messages"`
}

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func bytesOf(text *string) []byte {
	if text == nil {
		return nil
	}
	return []byte(*text)
}

func textOf(bytes []byte) *string {
	if bytes == nil {
		return nil
	}
	text := string(bytes)
	return &text
}

func produce(ctx context.Context, servers string, b batch) {
	client, err := kgo.NewClient(kgo.SeedBrokers(servers), kgo.AllowAutoTopicCreation(), kgo.ProducerBatchCompression(codecs[b.Codec]))
	check(err)
	defer client.Close()
	for _, m := range b.Messages {
		record := &kgo.Record{Topic: b.Topic, Key: bytesOf(m.Key), Value: bytesOf(m.Value),
			Headers: []kgo.RecordHeader{{Key: "from", Value: []byte(m.From)}}}
		check(client.ProduceSync(ctx, record).FirstErr())
	}
}

func consume(ctx context.Context, servers string, count int, topics []string) {
	group := fmt.Sprintf("franz-go-%d-%d", os.Getpid(), time.Now().UnixNano())
	client, err := kgo.NewClient(kgo.SeedBrokers(servers), kgo.ConsumerGroup(group), kgo.ConsumeTopics(topics...),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(100*time.Millisecond))
	check(err)
	defer client.Close()
	out := json.NewEncoder(os.Stdout)
	for count > 0 {
		fetches := client.PollFetches(ctx)
		check(fetches.Err())
		for _, record := range fetches.Records() {
			m := message{Topic: record.Topic, Key: textOf(record.Key), Value: textOf(record.Value), From: string(record.Headers[0].Value)}
			check(out.Encode(m))
			count--
		}
	}
	check(client.CommitUncommittedOffsets(ctx))
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	servers := "127.0.0.1:" + os.Args[2]
	switch args := os.Args[3:]; os.Args[1] {
	case "produce":
		lines := bufio.NewScanner(os.Stdin)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var b batch
			check(json.Unmarshal(lines.Bytes(), &b))
			produce(ctx, servers, b)
		}
		check(lines.Err())
	case "consume":
		count, err := strconv.Atoi(args[0])
		check(err)
		consume(ctx, servers, count, args[1:])
	case "admin":
		administer(ctx, servers, args[0], args[1], args[2])
	case "transact":
		transact(ctx, servers, args[0], args[1], args[2])
	}
}
