package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"capnproto.org/go/capnp/v3"
	"capnproto.org/go/capnp/v3/exc"
	"interop-go/build/interop"
)

const (
	purpose         = "on purpose"
	concurrentCalls = 200
	chunks          = 64
	chunkBytes      = 16 << 10
)

// Values

func valuesSent(s *scene) {
	call := made(s.interop.CheckSample(s, func(params interop.Interop_checkSample_Params) error {
		sample, err := params.NewSample()
		if err != nil {
			return err
		}
		return fillSample(sample)
	})).keptBy(s)
	expectEqual(must(must(call.Struct()).Difference()), "", "the difference")
}

func valuesReceived(s *scene) {
	call := made(s.interop.GiveSample(s, nil)).keptBy(s)
	expectEqual(differenceFromSample(must(must(call.Struct()).Sample())), "", "the difference")
}

// Pipelines

func pipelineChain(s *scene) {
	last := s.number(1)
	for range 50 {
		last = made(last.Plus(s, func(params interop.Number_plus_Params) error {
			params.SetAmount(1)
			return nil
		})).keptBy(s).Number()
	}
	s.expectValue(last, 51)
}

func pipelinePath(s *scene) {
	call := made(s.interop.Box(s, func(params interop.Interop_box_Params) error {
		params.SetValue(7)
		return nil
	})).keptBy(s)
	s.expectValue(call.Box().Inner().Number(), 7)
}

func pipelineParameter(s *scene) {
	call := made(s.interop.Callback(s, nil)).keptBy(s)
	s.expectForwarded(call.Callback(), "server")
}

func pipelineDroppedParent(s *scene) {
	parent, drop := s.interop.Number(s, func(params interop.Interop_number_Params) error {
		params.SetValue(4)
		return nil
	})
	call := made(parent.Number().Plus(s, func(params interop.Number_plus_Params) error {
		params.SetAmount(1)
		return nil
	})).keptBy(s)
	drop() // It waits for the parent to return: dropped sooner, a call counts as cancelled here.
	s.expectValue(call.Number(), 5)
}

func pipelineBroken(s *scene) {
	call := s.fail(interop.Kind_failed)
	_, err := valueOf(s, call.Number())
	expectFailure(err, exc.Failed, purpose)
	s.expectValue(s.number(3), 3)
}

// Capabilities as parameters

func capabilityList(s *scene) {
	theirs, another := s.returnedNumber(1), s.returnedNumber(300)
	call := made(s.interop.Sum(s, func(params interop.Interop_sum_Params) error {
		numbers, err := params.NewNumbers(4)
		if err != nil {
			return err
		}
		return errors.Join(
			numbers.Set(0, theirs.AddRef()),
			numbers.Set(1, newNumber(20)),
			numbers.Set(2, theirs.AddRef()),
			numbers.Set(3, another.AddRef()),
		)
	})).keptBy(s)
	expectEqual(must(call.Struct()).Sum(), 322, "the sum")
}

func callback(s *scene) {
	expectReplies(s.ask(newCallback("caller", newJournal()), 3), "caller: ask 0, caller: ask 1, caller: ask 2")
}

func nullCapability(s *scene) {
	isNull := func(callback interop.Callback) bool {
		call := made(s.interop.IsNull(s, func(params interop.Interop_isNull_Params) error {
			return params.SetCallback(callback)
		})).keptBy(s)
		return must(call.Struct()).IsNull()
	}
	expect(isNull(interop.Callback{}), "null arrived as an object")
	expect(!isNull(newCallback("caller", newJournal())), "an object arrived as null")
}

func promiseParameter(s *scene) {
	promise, resolver := capnp.NewLocalPromise[interop.Callback]()
	call := s.ask(promise, 2)
	s.expectValue(s.number(1), 1)
	resolver.Fulfill(newCallback("caller", newJournal()))
	expectReplies(call, "caller: ask 0, caller: ask 1")
}

func promiseToServer(s *scene) {
	promise, resolver := capnp.NewLocalPromise[interop.Callback]()
	call := s.ask(promise, 2)
	s.expectValue(s.number(1), 1)
	resolver.Fulfill(s.serverCallback().AddRef())
	expectReplies(call, "server: ask 0, server: ask 1")
}

// Promises that resolve, and the embargo

func embargoOnReturn(s *scene) {
	journal := newJournal()
	call := made(s.interop.Identity(s, func(params interop.Interop_identity_Params) error {
		return params.SetCallback(newCallback("caller", journal))
	})).keptBy(s)
	own := call.Callback()
	replies := s.notifyAll(own, 0, 3)
	must(call.Struct())
	replies = append(replies, s.notifyAll(own, 3, 6)...)
	for _, reply := range replies {
		must(textOf(reply))
	}
	expectInOrder(journal, 6)
}

func (s *scene) notifyAll(callback interop.Callback, from, to int) (replies []interop.Reply_Future) {
	for i := from; i < to; i++ {
		replies = append(replies, s.notify(callback, fmt.Sprint(i)))
	}
	return replies
}

// later gives an object that settles a promise, and the promise.
func (s *scene) later() (interop.Later, interop.Callback) {
	later := made(s.interop.Later(s, nil)).keptBy(s).Later()
	call := made(later.Callback(s, nil)).keptBy(s)
	return later, must(call.Struct()).Callback()
}

func (s *scene) fulfil(later interop.Later, callback interop.Callback) interop.Later_fulfil_Results_Future {
	return made(later.Fulfil(s, func(params interop.Later_fulfil_Params) error {
		return params.SetCallback(callback)
	})).keptBy(s)
}

func resolveToCaller(s *scene) {
	journal := newJournal()
	later, promised := s.later()
	replies := s.notifyAll(promised, 0, 3)
	fulfilled := s.fulfil(later, newCallback("caller", journal))
	replies = append(replies, s.notifyAll(promised, 3, 6)...)
	must(fulfilled.Struct())
	replies = append(replies, s.notifyAll(promised, 6, 9)...)
	for _, reply := range replies {
		must(textOf(reply))
	}
	expectInOrder(journal, 9)
}

func resolveToServer(s *scene) {
	later, promised := s.later()
	before := s.notify(promised, "before")
	must(s.fulfil(later, s.serverCallback().AddRef()).Struct())
	expectEqual(must(textOf(before)), "server: before", "a reply")
	expectEqual(must(textOf(s.notify(promised, "after"))), "server: after", "a reply")
}

func resolveBroken(s *scene) {
	later, promised := s.later()
	before := s.notify(promised, "before")
	rejected := made(later.Reject(s, func(params interop.Later_reject_Params) error {
		return params.SetReason(purpose)
	})).keptBy(s)
	must(rejected.Struct())
	_, err := textOf(before)
	expectFailure(err, exc.Failed, purpose)
	_, err = textOf(s.notify(promised, "after"))
	expectFailure(err, exc.Failed, purpose)
}

// Exceptions

func (s *scene) fail(kind interop.Kind) interop.Interop_fail_Results_Future {
	return made(s.interop.Fail(s, func(params interop.Interop_fail_Params) error {
		params.SetKind(kind)
		return params.SetReason(purpose)
	})).keptBy(s)
}

func exception(kind interop.Kind) func(s *scene) {
	return func(s *scene) {
		_, err := s.fail(kind).Struct()
		expectFailure(err, typeOfKind(kind), purpose)
		s.expectValue(s.number(3), 3)
	}
}

func unknownMethod(s *scene) {
	newer := interop.Newer(s.interop)
	_, err := made(newer.Added(s, nil)).keptBy(s).Struct()
	expectFailure(err, exc.Unimplemented, "")
	inherited := made(newer.Number(s, func(params interop.Interop_number_Params) error {
		params.SetValue(5)
		return nil
	})).keptBy(s)
	s.expectValue(inherited.Number(), 5)
}

// Cancellation and release

func (s *scene) hanger() interop.Hanger {
	call := made(s.interop.Hanger(s, nil)).keptBy(s)
	return must(call.Struct()).Hanger()
}

func cancelSeen(s *scene) {
	hanger := s.hanger()
	ctx, cancel := context.WithCancel(s)
	made(hanger.Hang(ctx, nil)).keptBy(s)
	s.expectValue(s.number(1), 1)
	cancel()
	must(made(hanger.WhenCancelled(s, nil)).keptBy(s).Struct())
}

func cancelDropsParameters(s *scene) {
	witness := newJournal()
	ctx, cancel := context.WithCancel(s)
	made(s.hanger().Hang(ctx, func(params interop.Hanger_hang_Params) error {
		return params.SetWitness(newCallback("caller", witness))
	})).keptBy(s)
	s.expectValue(s.number(1), 1)
	cancel()
	s.awaitRelease(witness)
}

func (s *scene) awaitRelease(journal *journal) {
	select {
	case <-journal.released:
	case <-s.Done():
		panic(problem{errors.New("the callback was never released")})
	}
}

func (s *scene) nursery() interop.Nursery {
	call := made(s.interop.Nursery(s, nil)).keptBy(s)
	return must(call.Struct()).Nursery()
}

func (s *scene) awaitLive(nursery interop.Nursery, count uint32) {
	must(made(nursery.WhenLive(s, func(params interop.Nursery_whenLive_Params) error {
		params.SetCount(count)
		return nil
	})).keptBy(s).Struct())
}

func (s *scene) ping(child interop.Child) {
	must(made(child.Ping(s, nil)).keptBy(s).Struct())
}

func releaseCounted(s *scene) {
	nursery := s.nursery()
	var releases []capnp.ReleaseFunc
	var kept interop.Child
	for range 3 {
		call, release := nursery.Make(s, nil)
		kept = must(call.Struct()).Child()
		releases = append(releases, release)
	}
	live := made(nursery.Live(s, nil)).keptBy(s)
	expectEqual(must(live.Struct()).Count(), 3, "the live count")
	releases[0]()
	releases[1]()
	s.awaitLive(nursery, 1)
	s.ping(kept)
	releases[2]()
	s.awaitLive(nursery, 0)
}

func releaseDroppedCall(s *scene) {
	nursery := s.nursery()
	ctx, drop := context.WithCancel(s)
	made(nursery.Make(ctx, nil)).keptBy(s)
	drop()
	kept := made(nursery.Make(s, nil)).keptBy(s)
	child := must(kept.Struct()).Child()
	s.awaitLive(nursery, 1)
	s.ping(child)
}

func releaseByServer(s *scene) {
	journal := newJournal()
	call, release := s.interop.Holder(s, func(params interop.Interop_holder_Params) error {
		return params.SetCallback(newCallback("caller", journal))
	})
	holder := must(call.Struct()).Holder()
	reply := made(holder.Notify(s, func(params interop.Holder_notify_Params) error {
		return params.SetText("held")
	})).keptBy(s)
	expectEqual(must(textOf(reply)), "caller: held", "the reply")
	release()
	s.awaitRelease(journal)
}

// Tail calls

func tailCallToCaller(s *scene) {
	journal := newJournal()
	target := newCallback("caller", journal)
	defer target.Release()
	s.expectForwarded(target, "caller")
	expectInOrder(journal, 10)
}

func tailCallToServer(s *scene) {
	s.expectForwarded(s.serverCallback(), "server")
}

// Volume

func bigData(s *scene) {
	for _, sizeBytes := range []int{1 << 20, 8 << 20} {
		data := make([]byte, sizeBytes)
		for i := range data {
			data[i] = byte(i*31 + i>>8)
		}
		call := made(s.interop.Echo(s, func(params interop.Interop_echo_Params) error {
			return params.SetData(data)
		})).keptBy(s)
		echo := must(must(call.Struct()).Data())
		expect(bytes.Equal(echo, data), fmt.Sprintf("the echo of %d bytes differs", sizeBytes))
	}
}

func concurrent(s *scene) {
	gate := made(s.interop.Gate(s, nil)).keptBy(s).Gate()
	var calls []interop.Gate_meet_Results_Future
	for range concurrentCalls {
		calls = append(calls, made(gate.Meet(s, func(params interop.Gate_meet_Params) error {
			params.SetTotal(concurrentCalls)
			return nil
		})).keptBy(s))
	}
	for i, call := range calls {
		expectEqual(must(call.Struct()).Place(), uint32(i), "the place")
	}
}

func stream(s *scene) {
	sink := made(s.interop.Sink(s, nil)).keptBy(s).Sink()
	chunk := make([]byte, chunkBytes)
	for range chunks {
		mustBeNil(sink.Write(s, func(params interop.Sink_write_Params) error {
			return params.SetChunk(chunk)
		}))
	}
	mustBeNil(sink.WaitStreaming())
	done := made(sink.Done(s, nil)).keptBy(s)
	expectEqual(must(done.Struct()).Bytes(), chunks*chunkBytes, "the bytes")
}

var checks = []check{
	{"values-sent", valuesSent},
	{"values-received", valuesReceived},
	{"pipeline-chain", pipelineChain},
	{"pipeline-path", pipelinePath},
	{"pipeline-parameter", pipelineParameter},
	{"pipeline-dropped-parent", pipelineDroppedParent},
	{"pipeline-broken", pipelineBroken},
	{"capability-list", capabilityList},
	{"callback", callback},
	{"null-capability", nullCapability},
	{"promise-parameter", promiseParameter},
	{"promise-to-server", promiseToServer},
	{"embargo-on-return", embargoOnReturn},
	{"resolve-to-caller", resolveToCaller},
	{"resolve-to-server", resolveToServer},
	{"resolve-broken", resolveBroken},
	{"exception-failed", exception(interop.Kind_failed)},
	{"exception-overloaded", exception(interop.Kind_overloaded)},
	{"exception-disconnected", exception(interop.Kind_disconnected)},
	{"exception-unimplemented", exception(interop.Kind_unimplemented)},
	{"unknown-method", unknownMethod},
	{"cancel-seen", cancelSeen},
	{"cancel-drops-parameters", cancelDropsParameters},
	{"release-counted", releaseCounted},
	{"release-dropped-call", releaseDroppedCall},
	{"release-by-server", releaseByServer},
	{"tail-call-to-caller", tailCallToCaller},
	{"tail-call-to-server", tailCallToServer},
	{"big-data", bigData},
	{"concurrent-calls", concurrent},
	{"stream", stream},
}
