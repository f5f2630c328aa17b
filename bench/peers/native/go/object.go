package main

import (
	"context"
	"errors"

	"bench-go/build/bench"
)

// A method of an object blocks that object's next call until it returns.
type benchObject struct{ writtenBytes uint64 }

func (*benchObject) Echo(_ context.Context, call bench.Bench_echo) error {
	payload, err := call.Args().Payload()
	if err != nil {
		return err
	}
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetPayload(payload)
}

func (*benchObject) Fail(context.Context, bench.Bench_fail) error {
	return errors.New("on purpose")
}

func (*benchObject) Next(_ context.Context, call bench.Bench_next) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetNext(newBench())
}

func (*benchObject) Take(context.Context, bench.Bench_take) error { return nil }

func (*benchObject) Give(_ context.Context, call bench.Bench_give) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetPayload(make([]byte, call.Args().Bytes()))
}

func (o *benchObject) Write(_ context.Context, call bench.Bench_write) error {
	chunk, err := call.Args().Chunk()
	o.writtenBytes += uint64(len(chunk))
	return err
}

func (o *benchObject) Written(_ context.Context, call bench.Bench_written) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	results.SetBytes(o.writtenBytes)
	o.writtenBytes = 0
	return nil
}

func (*benchObject) Pass(context.Context, bench.Bench_pass) error { return nil }

func (*benchObject) CallBack(ctx context.Context, call bench.Bench_callBack) error {
	other := call.Args().Other()
	call.Go()
	future, release := other.Echo(ctx, nil)
	defer release()
	_, err := future.Struct()
	return err
}

func (*benchObject) Many(_ context.Context, call bench.Bench_many) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	count := int(call.Args().Count())
	others, err := results.NewOthers(int32(count))
	if err != nil {
		return err
	}
	for i := range count {
		if err := others.Set(i, newBench()); err != nil {
			return err
		}
	}
	return nil
}
