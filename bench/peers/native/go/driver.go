package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"bench-go/build/bench"
	"capnproto.org/go/capnp/v3/rpc"
)

const (
	capabilitiesDepth = 64
	bytesUnderWay     = 2 << 20
	mixedDepth        = 16
)

// A driver makes the calls of the suites over one connection.
type driver struct {
	context.Context
	root  bench.Bench
	ours  bench.Bench
	start time.Time
	time  time.Duration
	calls atomic.Uint64
}

type report = map[string]float64

func newDriver(connection *rpc.Conn) *driver {
	ctx := context.Background()
	return &driver{Context: ctx, root: bench.Bench(connection.Bootstrap(ctx)), ours: newBench()}
}

func (d *driver) obey(verb string, words map[string]float64) (report, error) {
	if d == nil {
		return nil, errors.New("not connected")
	}
	d.start = time.Now()
	d.time = time.Duration(words["ms"] * float64(time.Millisecond))
	d.calls.Store(0)
	switch verb {
	case "calls":
		payload := make([]byte, int(words["payload"]))
		return d.inLoops(int(words["depth"]), func(int) error { return d.echo(d.root, payload) })
	case "latency":
		payload := make([]byte, int(words["payload"]))
		return d.latency(func() error { return d.echo(d.root, payload) })
	case "mixed":
		return d.mixed()
	case "chain":
		return d.latency(func() error { return d.chain(int(words["links"]), words["pipelined"] == 1) })
	case "take", "give":
		return d.bulk(verb, int(words["bytes"]))
	case "stream":
		return d.stream(int(words["bytes"]))
	case "pass", "callBack", "getAndRelease":
		return d.inLoops(capabilitiesDepth, func(int) error { return d.capability(verb) })
	default:
		return nil, nil
	}
}

func (d *driver) isOpen() bool { return time.Since(d.start) < d.time }

// inLoops runs so many loops at once, each until the time is over.
func (d *driver) inLoops(depth int, turn func(int) error) (report, error) {
	var all sync.WaitGroup
	failures := make(chan error, depth)
	for first := range depth {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := first; ; i++ {
				if err := turn(i); err != nil {
					failures <- err
					return
				}
				if !d.isOpen() {
					return
				}
			}
		}()
	}
	all.Wait()
	select {
	case err := <-failures:
		return nil, err
	default:
		return d.rate(), nil
	}
}

func (d *driver) rate() report {
	return report{"calls": float64(d.calls.Load()), "seconds": time.Since(d.start).Seconds()}
}

func (d *driver) latency(turn func() error) (report, error) {
	var times []float64
	for len(times) == 0 || d.isOpen() {
		begin := time.Now()
		if err := turn(); err != nil {
			return nil, err
		}
		times = append(times, float64(time.Since(begin).Nanoseconds())/1000)
	}
	made := d.rate()
	slices.Sort(times)
	last := float64(len(times) - 1)
	made["p50"], made["p99"] = times[int(0.5*last)], times[int(0.99*last)]
	return made, nil
}

func (d *driver) echo(target bench.Bench, payload []byte) error {
	future, release := target.Echo(d, func(params bench.Bench_echo_Params) error {
		return params.SetPayload(payload)
	})
	defer release()
	results, err := future.Struct()
	if err != nil {
		return err
	}
	back, err := results.Payload()
	if err == nil && len(back) != len(payload) {
		return errors.New("the echo is not what was sent")
	}
	d.calls.Add(1)
	return err
}

func (d *driver) mixed() (report, error) {
	small, large := make([]byte, 32), make([]byte, 16384)
	return d.inLoops(mixedDepth, func(i int) error {
		switch kind := i % 20; {
		case kind < 16:
			return d.echo(d.root, small)
		case kind < 18:
			return d.echo(d.root, large)
		case kind == 18:
			d.calls.Add(2)
			return d.chain(3, true)
		default:
			future, release := d.root.Fail(d, nil)
			defer release()
			if _, err := future.Struct(); err == nil {
				return errors.New("the call that fails did not")
			}
			d.calls.Add(1)
			return nil
		}
	})
}

func (d *driver) chain(links int, pipelined bool) error {
	last := d.root
	for range links - 1 {
		future, release := last.Next(d, nil)
		defer release()
		if !pipelined {
			if _, err := future.Struct(); err != nil {
				return err
			}
		}
		last = future.Next()
	}
	return d.echo(last, nil)
}

func (d *driver) bulk(way string, size int) (report, error) {
	chunk := make([]byte, size)
	made, err := d.inLoops(bytesUnderWay/size, func(int) error {
		d.calls.Add(1)
		if way == "take" {
			future, release := d.root.Take(d, func(params bench.Bench_take_Params) error {
				return params.SetPayload(chunk)
			})
			defer release()
			_, err := future.Struct()
			return err
		}
		future, release := d.root.Give(d, func(params bench.Bench_give_Params) error {
			params.SetBytes(uint32(size))
			return nil
		})
		defer release()
		results, err := future.Struct()
		if err != nil {
			return err
		}
		payload, err := results.Payload()
		if err == nil && len(payload) != size {
			return errors.New("not what was asked for")
		}
		return err
	})
	if err == nil {
		made["bytes"] = made["calls"] * float64(size)
	}
	return made, err
}

func (d *driver) stream(size int) (report, error) {
	chunk := make([]byte, size)
	for d.isOpen() {
		err := d.root.Write(d, func(params bench.Bench_write_Params) error {
			return params.SetChunk(chunk)
		})
		if err != nil {
			return nil, err
		}
	}
	if err := d.root.WaitStreaming(); err != nil {
		return nil, err
	}
	future, release := d.root.Written(d, nil)
	defer release()
	results, err := future.Struct()
	if err != nil {
		return nil, err
	}
	return report{"bytes": float64(results.Bytes()), "seconds": time.Since(d.start).Seconds()}, nil
}

func (d *driver) capability(what string) error {
	d.calls.Add(1)
	switch what {
	case "getAndRelease":
		future, release := d.root.Next(d, nil)
		defer release()
		_, err := future.Struct()
		return err
	case "pass":
		future, release := d.root.Pass(d, func(params bench.Bench_pass_Params) error {
			return params.SetOther(d.ours.AddRef())
		})
		defer release()
		_, err := future.Struct()
		return err
	default:
		future, release := d.root.CallBack(d, func(params bench.Bench_callBack_Params) error {
			return params.SetOther(d.ours.AddRef())
		})
		defer release()
		_, err := future.Struct()
		return err
	}
}
