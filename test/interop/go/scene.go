package main

import (
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

const checkTimeout = 15 * time.Second

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
