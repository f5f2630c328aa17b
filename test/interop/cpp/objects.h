#pragma once
// The objects both roles host: what a server offers, and the callbacks and numbers a client lends.

#include "interop.capnp.h"
#include <kj/async.h>
#include <kj/refcount.h>
#include <kj/vector.h>

Interop::Client newInterop();

Number::Client newNumber(int64_t value);

class Journal: public kj::Refcounted {
  // What happened to a callback that this process lends out.
public:
  Journal(): Journal(kj::newPromiseAndFulfiller<void>()) {}

  void released() { fulfiller->fulfill(); }
  kj::Promise<void> whenReleased() { return release.addBranch(); }

  kj::Vector<kj::String> texts;

private:
  explicit Journal(kj::PromiseFulfillerPair<void> pair)
      : release(pair.promise.fork()), fulfiller(kj::mv(pair.fulfiller)) {}

  kj::ForkedPromise<void> release;
  kj::Own<kj::PromiseFulfiller<void>> fulfiller;
};

Callback::Client newCallback(kj::StringPtr host, kj::Own<Journal> journal);
// Answers "<host>: <text>".
