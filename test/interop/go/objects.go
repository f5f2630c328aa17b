package main

import (
	"context"
	"errors"
	"sync"

	"capnproto.org/go/capnp/v3"
	"interop-go/build/interop"
)

// The objects behind the bootstrap object; a client lends numbers and callbacks too.
//
// A method of an object blocks that object's next call until it returns or calls call.Go().
// Parameters are borrowed until the method returns; results take over the references they get.

type numberObject struct{ own int64 }

func newNumber(value int64) interop.Number {
	return interop.Number_ServerToClient(numberObject{value})
}

func (n numberObject) Value(_ context.Context, call interop.Number_value) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	results.SetValue(n.own)
	return nil
}

func (n numberObject) Plus(_ context.Context, call interop.Number_plus) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetNumber(newNumber(n.own + call.Args().Amount()))
}

func valueOf(ctx context.Context, number interop.Number) (int64, error) {
	future, release := number.Value(ctx, nil)
	defer release()
	results, err := future.Struct()
	if err != nil {
		return 0, err
	}
	return results.Value(), nil
}

// A journal tells what happened to a callback that this process lends out.
type journal struct {
	lock     sync.Mutex
	texts    []string
	released chan struct{}
}

func newJournal() *journal {
	return &journal{released: make(chan struct{})}
}

func (j *journal) add(text string) {
	j.lock.Lock()
	defer j.lock.Unlock()
	j.texts = append(j.texts, text)
}

type callbackObject struct {
	host    string
	journal *journal
}

// newCallback hosts a callback that answers "<host>: <text>".
func newCallback(host string, journal *journal) interop.Callback {
	return interop.Callback_ServerToClient(callbackObject{host, journal})
}

func (c callbackObject) Notify(_ context.Context, call interop.Callback_notify) error {
	text, err := call.Args().Text()
	if err != nil {
		return err
	}
	c.journal.add(text)
	reply, err := call.AllocResults()
	if err != nil {
		return err
	}
	return reply.SetText(c.host + ": " + text)
}

// Shutdown is called when the last reference is gone.
func (c callbackObject) Shutdown() { close(c.journal.released) }

func notify(ctx context.Context, callback interop.Callback, text string) (interop.Reply_Future, capnp.ReleaseFunc) {
	return callback.Notify(ctx, func(params interop.Callback_notify_Params) error {
		return params.SetText(text)
	})
}

func textOf(future interop.Reply_Future) (string, error) {
	reply, err := future.Struct()
	if err != nil {
		return "", err
	}
	return reply.Text()
}

// relay returns what the future brings: this implementation has no tail call.
func relay(future interop.Reply_Future, call interface {
	AllocResults() (interop.Reply, error)
}) error {
	text, err := textOf(future)
	if err != nil {
		return err
	}
	reply, err := call.AllocResults()
	if err != nil {
		return err
	}
	return reply.SetText(text)
}

type laterObject struct {
	promise  interop.Callback
	resolver capnp.Resolver[interop.Callback]
}

func newLater() interop.Later {
	promise, resolver := capnp.NewLocalPromise[interop.Callback]()
	return interop.Later_ServerToClient(&laterObject{promise, resolver})
}

func (l *laterObject) Callback(_ context.Context, call interop.Later_callback) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	return results.SetCallback(l.promise.AddRef())
}

func (l *laterObject) Fulfil(_ context.Context, call interop.Later_fulfil) error {
	l.resolver.Fulfill(call.Args().Callback().AddRef())
	return nil
}

func (l *laterObject) Reject(_ context.Context, call interop.Later_reject) error {
	reason, err := call.Args().Reason()
	if err != nil {
		return err
	}
	l.resolver.Reject(errors.New(reason))
	return nil
}

func (l *laterObject) Shutdown() { l.promise.Release() }

type holderObject struct{ callback interop.Callback }

func (h *holderObject) Notify(ctx context.Context, call interop.Holder_notify) error {
	text, err := call.Args().Text()
	if err != nil {
		return err
	}
	future, release := notify(ctx, h.callback, text)
	defer release()
	call.Go()
	return relay(future, call)
}

func (h *holderObject) Shutdown() { h.callback.Release() }

// A population is how many children of a nursery live.
type population struct {
	lock    sync.Mutex
	live    uint32
	changed chan struct{} // closed and replaced at each change
}

func (p *population) changeBy(difference int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.live = uint32(int(p.live) + difference)
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *population) now() (live uint32, changed <-chan struct{}) {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.live, p.changed
}

type nurseryObject struct{ population *population }

func (n nurseryObject) Make(_ context.Context, call interop.Nursery_make) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	n.population.changeBy(1)
	return results.SetChild(interop.Child_ServerToClient(childObject{n.population}))
}

func (n nurseryObject) Live(_ context.Context, call interop.Nursery_live) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	live, _ := n.population.now()
	results.SetCount(live)
	return nil
}

func (n nurseryObject) WhenLive(ctx context.Context, call interop.Nursery_whenLive) error {
	call.Go()
	for {
		live, changed := n.population.now()
		if live == call.Args().Count() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

type childObject struct{ population *population }

func (childObject) Ping(context.Context, interop.Child_ping) error { return nil }

func (c childObject) Shutdown() { c.population.changeBy(-1) }

type hangerObject struct {
	once      sync.Once
	cancelled chan struct{}
}

func (h *hangerObject) Hang(ctx context.Context, call interop.Hanger_hang) error {
	call.Go()
	<-ctx.Done()
	h.once.Do(func() { close(h.cancelled) })
	return ctx.Err()
}

func (h *hangerObject) WhenCancelled(ctx context.Context, call interop.Hanger_whenCancelled) error {
	call.Go()
	select {
	case <-h.cancelled:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type gateObject struct {
	here uint32 // calls come one by one until each lets the next in
	open chan struct{}
}

func (g *gateObject) Meet(ctx context.Context, call interop.Gate_meet) error {
	place := g.here
	g.here++
	if g.here == call.Args().Total() {
		close(g.open)
	}
	call.Go()
	select {
	case <-g.open:
	case <-ctx.Done():
		return ctx.Err()
	}
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	results.SetPlace(place)
	return nil
}

type sinkObject struct{ bytes uint64 }

func (s *sinkObject) Write(_ context.Context, call interop.Sink_write) error {
	chunk, err := call.Args().Chunk()
	if err != nil {
		return err
	}
	s.bytes += uint64(len(chunk))
	return nil
}

func (s *sinkObject) Done(_ context.Context, call interop.Sink_done) error {
	results, err := call.AllocResults()
	if err != nil {
		return err
	}
	results.SetBytes(s.bytes)
	return nil
}
