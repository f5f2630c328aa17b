#pragma once
// What every check stands on: a connection, the calls they share, and what they expect.

#include "objects.h"
#include <kj/async-io.h>
#include <kj/debug.h>
#include <kj/vector.h>

struct Scene {
  // One connection, made for one check.
  kj::AsyncIoContext& io;
  Interop::Client interop;
  kj::Vector<kj::Own<void>> kept = {};

  template <typename T>
  T await(kj::Promise<T>&& promise) {
    return io.provider->getTimer().timeoutAfter(15 * kj::SECONDS, kj::mv(promise)).wait(io.waitScope);
  }

  template <typename T>
  capnp::RemotePromise<T>& keep(capnp::RemotePromise<T>&& call) {
    // Holds on to a call for as long as the check runs: a call that is dropped is finished.
    auto own = kj::heap(kj::mv(call));
    auto& result = *own;
    kept.add(kj::mv(own));
    return result;
  }
};

void expect(bool condition, kj::StringPtr what);

template <typename T>
void expectEqual(const T& actual, const T& expected, kj::StringPtr what) {
  if (actual != expected) expect(false, kj::str(what, " is ", actual, ", not ", expected));
}

void expectException(const kj::Exception& exception, kj::Exception::Type type, kj::StringPtr reason);

template <typename T>
void expectFailure(Scene& scene, kj::Promise<T>&& promise, kj::Exception::Type type,
                   kj::StringPtr reason) {
  auto failure = kj::runCatchingExceptions([&]() { scene.await(kj::mv(promise)); });
  KJ_IF_MAYBE(exception, failure) {
    expectException(*exception, type, reason);
  } else {
    expect(false, "the call succeeded");
  }
}

void expectInOrder(const Journal& journal, kj::uint count);

void expectForwarded(Scene& scene, Callback::Client target, kj::StringPtr host);

Number::Client number(Scene& scene, int64_t value);
// Pipelined: the call has not returned.

Number::Client returnedNumber(Scene& scene, int64_t value);

int64_t valueOf(Scene& scene, Number::Client number);

Callback::Client serverCallback(Scene& scene);

capnp::RemotePromise<Reply> notify(Callback::Client callback, kj::StringPtr text);

capnp::RemotePromise<Interop::AskResults> ask(Scene& scene, Callback::Client callback,
                                              kj::uint times);
