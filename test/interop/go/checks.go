package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"capnproto.org/go/capnp/v3"
	"capnproto.org/go/capnp/v3/exc"
	"capnproto.org/go/capnp/v3/rpc"
	"interop-go/build/interop"
)

const (
	checkTimeout    = 15 * time.Second
	purpose         = "on purpose"
	concurrentCalls = 200
	chunks          = 64
	chunkBytes      = 16 << 10
)

// A check is one claim about a server; README.md lists them. It panics with a problem.
type check struct {
	name string
	run  func(s *scene)
}

type problem struct{ error }

// A scene is one connection, made for one check.
type scene struct {
	context.Context
	interop  interop.Interop
	releases []capnp.ReleaseFunc
}

func runCheck(address string, check check) (err error) {
	stream, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	conn := rpc.NewConn(rpc.NewStreamTransport(stream), nil)
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	s := &scene{Context: ctx, interop: interop.Interop(conn.Bootstrap(ctx))}
	defer s.interop.Release()
	defer func() {
		for _, release := range s.releases {
			release()
		}
	}()
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case problem:
			err = cause
		default:
			panic(cause)
		}
	}()
	check.run(s)
	return nil
}

// A madeCall is what a call gives: its future results, and how to let go of them.
type madeCall[Future any] struct {
	future  Future
	release capnp.ReleaseFunc
}

func made[Future any](future Future, release capnp.ReleaseFunc) madeCall[Future] {
	return madeCall[Future]{future, release}
}

// keptBy holds on to the results for as long as the check runs.
func (c madeCall[Future]) keptBy(s *scene) Future {
	s.releases = append(s.releases, c.release)
	return c.future
}

func must[T any](value T, err error) T {
	mustBeNil(err)
	return value
}

func mustBeNil(err error) {
	if err != nil {
		panic(problem{err})
	}
}

func expect(condition bool, what string) {
	if !condition {
		panic(problem{errors.New(what)})
	}
}

func expectEqual[T comparable](actual, expected T, what string) {
	expect(actual == expected, fmt.Sprintf("%s is %v, not %v", what, actual, expected))
}

func expectFailure(err error, kind exc.Type, reason string) {
	expect(err != nil, "the call succeeded")
	exception := new(exc.Exception)
	expect(errors.As(err, &exception), fmt.Sprintf("not an exception: %v", err))
	expectEqual(exception.Type, kind, "the kind of exception")
	expect(strings.Contains(err.Error(), reason), fmt.Sprintf("the reason is lost: %v", err))
}

func expectInOrder(journal *journal, count int) {
	var expected []string
	for i := range count {
		expected = append(expected, fmt.Sprint(i))
	}
	journal.lock.Lock()
	defer journal.lock.Unlock()
	expectEqual(strings.Join(journal.texts, " "), strings.Join(expected, " "), "the order of delivery")
}

func (s *scene) callNumber(value int64) interop.Interop_number_Results_Future {
	return made(s.interop.Number(s, func(params interop.Interop_number_Params) error {
		params.SetValue(value)
		return nil
	})).keptBy(s)
}

// number is pipelined: the call has not returned.
func (s *scene) number(value int64) interop.Number {
	return s.callNumber(value).Number()
}

func (s *scene) returnedNumber(value int64) interop.Number {
	return must(s.callNumber(value).Struct()).Number()
}

func (s *scene) expectValue(number interop.Number, expected int64) {
	expectEqual(must(valueOf(s, number)), expected, "the value")
}

func (s *scene) notify(callback interop.Callback, text string) interop.Reply_Future {
	return made(notify(s, callback, text)).keptBy(s)
}

func (s *scene) serverCallback() interop.Callback {
	call := made(s.interop.Callback(s, nil)).keptBy(s)
	return must(call.Struct()).Callback()
}

func (s *scene) ask(callback interop.Callback, times uint32) interop.Interop_ask_Results_Future {
	return made(s.interop.Ask(s, func(params interop.Interop_ask_Params) error {
		params.SetTimes(times)
		return params.SetCallback(callback)
	})).keptBy(s)
}

func expectReplies(future interop.Interop_ask_Results_Future, expected string) {
	replies := must(must(future.Struct()).Replies())
	var texts []string
	for i := range replies.Len() {
		texts = append(texts, textAt(replies, i))
	}
	expectEqual(strings.Join(texts, ", "), expected, "the replies")
}

func (s *scene) expectForwarded(target interop.Callback, host string) {
	var futures []interop.Reply_Future
	for i := range 10 {
		futures = append(futures, made(s.interop.Forward(s, func(params interop.Interop_forward_Params) error {
			return errors.Join(params.SetCallback(target.AddRef()), params.SetText(fmt.Sprint(i)))
		})).keptBy(s))
	}
	for i, future := range futures {
		expectEqual(must(textOf(future)), fmt.Sprintf("%s: %d", host, i), "the reply")
	}
}

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
