#include "objects.h"
#include "sample.h"
#include <kj/debug.h>

using kj::uint;

namespace {

class NumberImpl final: public Number::Server {
public:
  explicit NumberImpl(int64_t value): own(value) {}

  kj::Promise<void> value(ValueContext context) override {
    context.getResults().setValue(own);
    return kj::READY_NOW;
  }

  kj::Promise<void> plus(PlusContext context) override {
    context.getResults().setNumber(newNumber(own + context.getParams().getAmount()));
    return kj::READY_NOW;
  }

private:
  int64_t own;
};

class CallbackImpl final: public Callback::Server {
public:
  CallbackImpl(kj::StringPtr host, kj::Own<Journal> journal)
      : host(kj::str(host)), journal(kj::mv(journal)) {}
  ~CallbackImpl() { journal->released(); }

  kj::Promise<void> notify(NotifyContext context) override {
    auto text = context.getParams().getText();
    journal->texts.add(kj::str(text));
    context.getResults().setText(kj::str(host, ": ", text));
    return kj::READY_NOW;
  }

private:
  kj::String host;
  kj::Own<Journal> journal;
};

class LaterImpl final: public Later::Server {
public:
  LaterImpl(): LaterImpl(kj::newPromiseAndFulfiller<Callback::Client>()) {}

  kj::Promise<void> callback(CallbackContext context) override {
    context.getResults().setCallback(promise.addBranch());
    return kj::READY_NOW;
  }

  kj::Promise<void> fulfil(FulfilContext context) override {
    fulfiller->fulfill(context.getParams().getCallback());
    return kj::READY_NOW;
  }

  kj::Promise<void> reject(RejectContext context) override {
    fulfiller->reject(KJ_EXCEPTION(FAILED, context.getParams().getReason()));
    return kj::READY_NOW;
  }

private:
  explicit LaterImpl(kj::PromiseFulfillerPair<Callback::Client> pair)
      : promise(pair.promise.fork()), fulfiller(kj::mv(pair.fulfiller)) {}

  kj::ForkedPromise<Callback::Client> promise;
  kj::Own<kj::PromiseFulfiller<Callback::Client>> fulfiller;
};

class HolderImpl final: public Holder::Server {
public:
  explicit HolderImpl(Callback::Client callback): callback(kj::mv(callback)) {}

  kj::Promise<void> notify(NotifyContext context) override {
    auto request = callback.notifyRequest();
    request.setText(context.getParams().getText());
    return request.send().then([context](capnp::Response<Reply> reply) mutable {
      context.getResults().setText(reply.getText());
    });
  }

private:
  Callback::Client callback;
};

class Population: public kj::Refcounted {
  // How many children of a nursery live, and who waits for a number of them.
public:
  uint32_t live() { return count; }

  void changeBy(int32_t difference) {
    count += difference;
    for (auto& waiter: waiters) {
      if (waiter.count == count) waiter.fulfiller->fulfill();
    }
  }

  kj::Promise<void> when(uint32_t wanted) {
    if (wanted == count) return kj::READY_NOW;
    auto pair = kj::newPromiseAndFulfiller<void>();
    waiters.add(Waiter{wanted, kj::mv(pair.fulfiller)});
    return kj::mv(pair.promise);
  }

private:
  struct Waiter {
    uint32_t count;
    kj::Own<kj::PromiseFulfiller<void>> fulfiller;
  };

  uint32_t count = 0;
  kj::Vector<Waiter> waiters;
};

class ChildImpl final: public Child::Server {
public:
  explicit ChildImpl(kj::Own<Population> population): population(kj::mv(population)) {
    this->population->changeBy(1);
  }
  ~ChildImpl() { population->changeBy(-1); }

  kj::Promise<void> ping(PingContext) override { return kj::READY_NOW; }

private:
  kj::Own<Population> population;
};

class NurseryImpl final: public Nursery::Server {
public:
  kj::Promise<void> make(MakeContext context) override {
    context.getResults().setChild(kj::heap<ChildImpl>(kj::addRef(*population)));
    return kj::READY_NOW;
  }

  kj::Promise<void> live(LiveContext context) override {
    context.getResults().setCount(population->live());
    return kj::READY_NOW;
  }

  kj::Promise<void> whenLive(WhenLiveContext context) override {
    return population->when(context.getParams().getCount());
  }

private:
  kj::Own<Population> population = kj::refcounted<Population>();
};

class HangerImpl final: public Hanger::Server {
public:
  HangerImpl(): HangerImpl(kj::newPromiseAndFulfiller<void>()) {}

  kj::Promise<void> hang(HangContext context) override {
    context.allowCancellation();
    return kj::Promise<void>(kj::NEVER_DONE)
        .attach(context.getParams().getWitness(), kj::defer([this]() { fulfiller->fulfill(); }));
  }

  kj::Promise<void> whenCancelled(WhenCancelledContext) override { return cancelled.addBranch(); }

private:
  explicit HangerImpl(kj::PromiseFulfillerPair<void> pair)
      : cancelled(pair.promise.fork()), fulfiller(kj::mv(pair.fulfiller)) {}

  kj::ForkedPromise<void> cancelled;
  kj::Own<kj::PromiseFulfiller<void>> fulfiller;
};

class GateImpl final: public Gate::Server {
public:
  kj::Promise<void> meet(MeetContext context) override {
    context.getResults().setPlace(waiting.size());
    auto pair = kj::newPromiseAndFulfiller<void>();
    waiting.add(kj::mv(pair.fulfiller));
    if (waiting.size() == context.getParams().getTotal()) {
      for (auto& one: waiting) one->fulfill();
    }
    return kj::mv(pair.promise);
  }

private:
  kj::Vector<kj::Own<kj::PromiseFulfiller<void>>> waiting;
};

class SinkImpl final: public Sink::Server {
public:
  kj::Promise<void> write(WriteContext context) override {
    bytes += context.getParams().getChunk().size();
    return kj::READY_NOW;
  }

  kj::Promise<void> done(DoneContext context) override {
    context.getResults().setBytes(bytes);
    return kj::READY_NOW;
  }

private:
  uint64_t bytes = 0;
};

kj::Exception::Type typeOf(Kind kind) {
  switch (kind) {
    case Kind::FAILED: return kj::Exception::Type::FAILED;
    case Kind::OVERLOADED: return kj::Exception::Type::OVERLOADED;
    case Kind::DISCONNECTED: return kj::Exception::Type::DISCONNECTED;
    case Kind::UNIMPLEMENTED: return kj::Exception::Type::UNIMPLEMENTED;
  }
  KJ_FAIL_REQUIRE("unknown kind", (uint)kind);
}

class InteropImpl final: public Interop::Server {
public:
  kj::Promise<void> checkSample(CheckSampleContext context) override {
    context.getResults().setDifference(differenceFromSample(context.getParams().getSample()));
    return kj::READY_NOW;
  }

  kj::Promise<void> giveSample(GiveSampleContext context) override {
    fillSample(context.getResults().initSample());
    return kj::READY_NOW;
  }

  kj::Promise<void> number(NumberContext context) override {
    context.getResults().setNumber(newNumber(context.getParams().getValue()));
    return kj::READY_NOW;
  }

  kj::Promise<void> box(BoxContext context) override {
    auto inner = context.getResults().initBox().initInner();
    inner.setLabel("inner");
    inner.setNumber(newNumber(context.getParams().getValue()));
    return kj::READY_NOW;
  }

  kj::Promise<void> sum(SumContext context) override {
    auto values = KJ_MAP(number, context.getParams().getNumbers()) {
      return number.valueRequest().send().then(
          [](capnp::Response<Number::ValueResults> response) { return response.getValue(); });
    };
    return kj::joinPromises(kj::mv(values)).then([context](kj::Array<int64_t> values) mutable {
      int64_t sum = 0;
      for (auto value: values) sum += value;
      context.getResults().setSum(sum);
    });
  }

  kj::Promise<void> callback(CallbackContext context) override {
    context.getResults().setCallback(newCallback("server", kj::refcounted<Journal>()));
    return kj::READY_NOW;
  }

  kj::Promise<void> ask(AskContext context) override {
    auto callback = context.getParams().getCallback();
    auto calls = kj::heapArrayBuilder<kj::Promise<kj::String>>(context.getParams().getTimes());
    for (uint i = 0; i < context.getParams().getTimes(); i++) {
      auto request = callback.notifyRequest();
      request.setText(kj::str("ask ", i));
      calls.add(request.send().then(
          [](capnp::Response<Reply> reply) { return kj::str(reply.getText()); }));
    }
    return kj::joinPromises(calls.finish()).then([context](kj::Array<kj::String> texts) mutable {
      auto replies = context.getResults().initReplies(texts.size());
      for (auto i: kj::indices(texts)) replies.set(i, texts[i]);
    });
  }

  kj::Promise<void> isNull(IsNullContext context) override {
    context.getResults().setIsNull(!context.getParams().hasCallback());
    return kj::READY_NOW;
  }

  kj::Promise<void> identity(IdentityContext context) override {
    context.getResults().setCallback(context.getParams().getCallback());
    return kj::READY_NOW;
  }

  kj::Promise<void> forward(ForwardContext context) override {
    auto request = context.getParams().getCallback().notifyRequest();
    request.setText(context.getParams().getText());
    return context.tailCall(kj::mv(request));
  }

  kj::Promise<void> later(LaterContext context) override {
    context.getResults().setLater(kj::heap<LaterImpl>());
    return kj::READY_NOW;
  }

  kj::Promise<void> holder(HolderContext context) override {
    context.getResults().setHolder(kj::heap<HolderImpl>(context.getParams().getCallback()));
    return kj::READY_NOW;
  }

  kj::Promise<void> nursery(NurseryContext context) override {
    context.getResults().setNursery(kj::heap<NurseryImpl>());
    return kj::READY_NOW;
  }

  kj::Promise<void> hanger(HangerContext context) override {
    context.getResults().setHanger(kj::heap<HangerImpl>());
    return kj::READY_NOW;
  }

  kj::Promise<void> gate(GateContext context) override {
    context.getResults().setGate(kj::heap<GateImpl>());
    return kj::READY_NOW;
  }

  kj::Promise<void> fail(FailContext context) override {
    auto params = context.getParams();
    return kj::Exception(typeOf(params.getKind()), __FILE__, __LINE__, kj::str(params.getReason()));
  }

  kj::Promise<void> echo(EchoContext context) override {
    context.getResults().setData(context.getParams().getData());
    return kj::READY_NOW;
  }

  kj::Promise<void> sink(SinkContext context) override {
    context.getResults().setSink(kj::heap<SinkImpl>());
    return kj::READY_NOW;
  }
};

}  // namespace

Interop::Client newInterop() { return kj::heap<InteropImpl>(); }

Number::Client newNumber(int64_t value) { return kj::heap<NumberImpl>(value); }

Callback::Client newCallback(kj::StringPtr host, kj::Own<Journal> journal) {
  return kj::heap<CallbackImpl>(host, kj::mv(journal));
}
