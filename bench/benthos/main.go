// A CSV file as one window of Benthos, the open engine of Redpanda Connect: records are grouped by account, and each group
// comes to one row of five aggregates. Takes the file and how many records it has. Prints how many rows and how many seconds: from the start of the stream to its end.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"sync/atomic"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

// A window is a batch, and a batch is in memory: it ends with the file's last record.
const input = `
batched:
  child:
    file:
      paths: [%q]
      scanner: { csv: {} }
  policy: { count: %s }
`

const reduce = `
mapping: |
  let amounts = json("amount").from_all().map_each(one -> one.number())
  root = if batch_index() == 0 {
    {
      "account": this.account,
      "sum": $amounts.sum(),
      "min": $amounts.min(),
      "max": $amounts.max(),
      "average": $amounts.sum() / $amounts.length(),
      "count": $amounts.length()
    }
  } else { deleted() }
`

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	builder := service.NewStreamBuilder()
	must(builder.SetLoggerYAML("level: ERROR"))
	must(builder.AddInputYAML(fmt.Sprintf(input, os.Args[1], os.Args[2])))
	must(builder.AddProcessorYAML(`group_by_value: { value: '${! json("account") }' }`))
	must(builder.AddProcessorYAML(reduce))
	var rows atomic.Int64
	must(builder.AddBatchConsumerFunc(func(_ context.Context, batch service.MessageBatch) error {
		rows.Add(int64(len(batch)))
		return nil
	}))
	stream, err := builder.Build()
	must(err)
	began := time.Now()
	must(stream.Run(context.Background()))
	fmt.Printf("%d rows %.3f seconds\n", rows.Load(), time.Since(began).Seconds())
}
