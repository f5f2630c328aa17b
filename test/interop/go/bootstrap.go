package main

import (
	"context"
	"fmt"

	"capnproto.org/go/capnp/v3/exc"
	"interop-go/build/interop"
)

// interopObject is what a server offers first.
type interopObject struct{}

func newInterop() interop.Interop {
	return interop.Interop_ServerToClient(interopObject{})
}

func (interopObject) CheckSample(_ context.Context, call interop.Interop_checkSample) error {
	sample, err := call.Args().Sample()
	if err != nil {
		return err
	}
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetDifference(differenceFromSample(sample))
}

func (interopObject) GiveSample(_ context.Context, call interop.Interop_giveSample) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	sample, err := results.NewSample()
	if err != nil {
		return err
	}
	return fillSample(sample)
}

func (interopObject) Number(_ context.Context, call interop.Interop_number) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetNumber(newNumber(call.Args().Value()))
}

func (interopObject) Box(_ context.Context, call interop.Interop_box) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	box, err := results.NewBox()
	if err != nil {
		return err
	}
	inner, err := box.NewInner()
	if err != nil {
		return err
	}
	if err := inner.SetLabel("inner"); err != nil {
		return err
	}
	return inner.SetNumber(newNumber(call.Args().Value()))
}

func (interopObject) Sum(ctx context.Context, call interop.Interop_sum) error {
	numbers, err := call.Args().Numbers()
	if err != nil {
		return err
	}
	call.Go()
	var sum int64
	for i := range numbers.Len() {
		number, err := numbers.At(i)
		if err != nil {
			return err
		}
		value, err := valueOf(ctx, number)
		if err != nil {
			return err
		}
		sum += value
	}
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	results.SetSum(sum)
	return nil
}

func (interopObject) Callback(_ context.Context, call interop.Interop_callback) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetCallback(newCallback("server", newJournal()))
}

func (interopObject) Ask(ctx context.Context, call interop.Interop_ask) error {
	callback, times := call.Args().Callback(), int(call.Args().Times())
	futures := make([]interop.Reply_Future, times)
	for i := range futures {
		future, release := notify(ctx, callback, fmt.Sprintf("ask %d", i))
		defer release()
		futures[i] = future
	}
	call.Go()
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	replies, err := results.NewReplies(int32(times))
	if err != nil {
		return err
	}
	for i, future := range futures {
		text, err := textOf(future)
		if err != nil {
			return err
		}
		if err := replies.Set(i, text); err != nil {
			return err
		}
	}
	return nil
}

func (interopObject) IsNull(_ context.Context, call interop.Interop_isNull) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	results.SetIsNull(!call.Args().Callback().IsValid())
	return nil
}

func (interopObject) Identity(_ context.Context, call interop.Interop_identity) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetCallback(call.Args().Callback().AddRef())
}

func (interopObject) Forward(ctx context.Context, call interop.Interop_forward) error {
	text, err := call.Args().Text()
	if err != nil {
		return err
	}
	future, release := notify(ctx, call.Args().Callback(), text)
	defer release()
	call.Go()
	return relay(future, call)
}

func (interopObject) Later(_ context.Context, call interop.Interop_later) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetLater(newLater())
}

func (interopObject) Holder(_ context.Context, call interop.Interop_holder) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	holder := &holderObject{callback: call.Args().Callback().AddRef()}
	return results.SetHolder(interop.Holder_ServerToClient(holder))
}

func (interopObject) Nursery(_ context.Context, call interop.Interop_nursery) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	nursery := nurseryObject{population: &population{changed: make(chan struct{})}}
	return results.SetNursery(interop.Nursery_ServerToClient(nursery))
}

func (interopObject) Hanger(_ context.Context, call interop.Interop_hanger) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	hanger := &hangerObject{cancelled: make(chan struct{})}
	return results.SetHanger(interop.Hanger_ServerToClient(hanger))
}

func (interopObject) Gate(_ context.Context, call interop.Interop_gate) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetGate(interop.Gate_ServerToClient(&gateObject{open: make(chan struct{})}))
}

func (interopObject) Fail(_ context.Context, call interop.Interop_fail) error {
	reason, err := call.Args().Reason()
	if err != nil {
		return err
	}
	return exc.New(typeOfKind(call.Args().Kind()), "", reason)
}

func (interopObject) Echo(_ context.Context, call interop.Interop_echo) error {
	data, err := call.Args().Data()
	if err != nil {
		return err
	}
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetData(data)
}

func (interopObject) Sink(_ context.Context, call interop.Interop_sink) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetSink(interop.Sink_ServerToClient(&sinkObject{}))
}

func typeOfKind(kind interop.Kind) exc.Type {
	switch kind {
	case interop.Kind_overloaded:
		return exc.Overloaded
	case interop.Kind_disconnected:
		return exc.Disconnected
	case interop.Kind_unimplemented:
		return exc.Unimplemented
	default:
		return exc.Failed
	}
}
