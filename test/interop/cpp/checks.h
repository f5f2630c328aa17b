#pragma once
// What a client checks of a server; README.md says what each check claims.

#include "interop.capnp.h"
#include <kj/async-io.h>

struct Scene {
  // One connection, made for one check.
  kj::AsyncIoContext& io;
  Interop::Client interop;

  template <typename T>
  T await(kj::Promise<T>&& promise) {
    return io.provider->getTimer().timeoutAfter(15 * kj::SECONDS, kj::mv(promise)).wait(io.waitScope);
  }
};

struct Check {
  const char* name;
  void (*run)(Scene& scene);
};

extern const kj::ArrayPtr<const Check> CHECKS;

kj::String inOneLine(kj::StringPtr text);
