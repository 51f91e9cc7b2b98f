package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

type answered struct {
	Brokers      int      `json:"brokers"`
	LowWatermark int64    `json:"lowWatermark"`
	LogBytes     int64    `json:"logBytes"`
	OffsetsLeft  []string `json:"offsetsLeft"`
	Producers    []int64  `json:"producers"`
	Transactions []string `json:"transactions"`
}

func set(name, value string) []kadm.AlterConfig {
	return []kadm.AlterConfig{{Op: kadm.SetConfig, Name: name, Value: &value}}
}

// administer makes the admin calls that admin-clients.ts looks at.
func administer(ctx context.Context, servers, topic, other, group string) {
	client, err := kgo.NewClient(kgo.SeedBrokers(servers))
	check(err)
	defer client.Close()
	admin := kadm.NewClient(client)

	partitions, err := admin.UpdatePartitions(ctx, 3, topic)
	check(err)
	check(partitions.Error())
	altered, err := admin.AlterTopicConfigs(ctx, set("retention.ms", "123456"), topic)
	check(err)
	check(altered[0].Err)
	altered, err = admin.AlterTopicConfigsState(ctx, set("segment.bytes", "2000000"), other)
	check(err)
	check(altered[0].Err)
	var offsets kadm.Offsets
	offsets.AddOffset(topic, 0, 2, -1)
	deleted, err := admin.DeleteRecords(ctx, offsets)
	check(err)
	check(deleted.Error())
	logs, err := admin.DescribeAllLogDirs(ctx, kadm.TopicsSet{topic: {0: {}}})
	check(err)
	gone, err := admin.DeleteOffsets(ctx, group, offsets.TopicsSet())
	check(err)
	check(gone.Error())
	left, err := admin.FetchOffsets(ctx, group)
	check(err)
	_, err = admin.DeleteGroup(ctx, group)
	check(err)
	cluster, err := admin.BrokerMetadata(ctx)
	check(err)
	producers, err := admin.DescribeProducers(ctx, kadm.TopicsSet{other: {0: {}}})
	check(err)
	transactions, err := admin.ListTransactions(ctx, nil, nil)
	check(err)

	seen := answered{Brokers: len(cluster.Brokers), LowWatermark: deleted[topic][0].LowWatermark, Transactions: transactions.TransactionalIDs()}
	logs.Each(func(dir kadm.DescribedLogDir) {
		check(dir.Err)
		seen.LogBytes += dir.Size()
	})
	for name := range left {
		seen.OffsetsLeft = append(seen.OffsetsLeft, name)
	}
	for _, producer := range producers.SortedProducers() {
		seen.Producers = append(seen.Producers, producer.ProducerID)
	}
	check(json.NewEncoder(os.Stdout).Encode(seen))
}

// transact aborts a transaction, commits one with the offsets of source that the group has read, and prints what is committed first.
func transact(ctx context.Context, servers, source, target, group string) {
	session, err := kgo.NewGroupTransactSession(kgo.SeedBrokers(servers), kgo.TransactionalID(target), kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(source), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.RequireStableFetchOffsets(), kgo.FetchMaxWait(100*time.Millisecond))
	check(err)
	for _, round := range []struct {
		value string
		end   kgo.TransactionEndTry
	}{{"aborted", kgo.TryAbort}, {"committed", kgo.TryCommit}} {
		check(session.PollFetches(ctx).Err())
		check(session.Begin())
		check(session.ProduceSync(ctx, &kgo.Record{Topic: target, Value: []byte(round.value)}).FirstErr())
		_, err := session.End(ctx, round.end)
		check(err)
	}
	session.Close()

	reader, err := kgo.NewClient(kgo.SeedBrokers(servers), kgo.ConsumeTopics(target), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	check(err)
	defer reader.Close()
	fetches := reader.PollFetches(ctx)
	check(fetches.Err())
	check(json.NewEncoder(os.Stdout).Encode(string(fetches.Records()[0].Value)))
}
