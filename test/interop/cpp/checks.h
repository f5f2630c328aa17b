#pragma once
// What a client checks of a server; README.md says what each check claims.

#include "interop.capnp.h"
#include <kj/async-io.h>
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

struct Check {
  const char* name;
  void (*run)(Scene& scene);
};

extern const kj::ArrayPtr<const Check> CHECKS;

kj::String inOneLine(kj::StringPtr text);
