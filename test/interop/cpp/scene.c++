#include "scene.h"

using kj::uint;

void expect(bool condition, kj::StringPtr what) {
  if (!condition) throw KJ_EXCEPTION(FAILED, what);
}

void expectException(const kj::Exception& exception, kj::Exception::Type type, kj::StringPtr reason) {
  expectEqual(kj::str(exception.getType()), kj::str(type), "the kind of exception");
  auto description = kj::str(exception.getDescription());
  expect(strstr(description.cStr(), reason.cStr()) != nullptr,
         kj::str("the reason is lost: ", description));
}

void expectInOrder(const Journal& journal, uint count) {
  auto expected = kj::heapArrayBuilder<kj::String>(count);
  for (uint i = 0; i < count; i++) expected.add(kj::str(i));
  expectEqual(kj::strArray(journal.texts, " "), kj::strArray(expected.finish(), " "),
              "the order of delivery");
}

void expectForwarded(Scene& scene, Callback::Client target, kj::StringPtr host) {
  kj::Vector<kj::Promise<capnp::Response<Reply>>> calls;
  for (uint i = 0; i < 10; i++) {
    auto request = scene.interop.forwardRequest();
    request.setCallback(target);
    request.setText(kj::str(i));
    calls.add(request.send());
  }
  for (auto i: kj::indices(calls)) {
    auto reply = scene.await(kj::mv(calls[i]));
    expectEqual(kj::str(reply.getText()), kj::str(host, ": ", i), "the reply");
  }
}

Number::Client number(Scene& scene, int64_t value) {
  auto request = scene.interop.numberRequest();
  request.setValue(value);
  return scene.keep(request.send()).getNumber();
}

Number::Client returnedNumber(Scene& scene, int64_t value) {
  auto request = scene.interop.numberRequest();
  request.setValue(value);
  return scene.await(request.send()).getNumber();
}

Callback::Client serverCallback(Scene& scene) {
  return scene.await(scene.interop.callbackRequest().send()).getCallback();
}

int64_t valueOf(Scene& scene, Number::Client number) {
  return scene.await(number.valueRequest().send()).getValue();
}

capnp::RemotePromise<Reply> notify(Callback::Client callback, kj::StringPtr text) {
  auto request = callback.notifyRequest();
  request.setText(text);
  return request.send();
}

capnp::RemotePromise<Interop::AskResults> ask(Scene& scene, Callback::Client callback, uint times) {
  auto request = scene.interop.askRequest();
  request.setCallback(kj::mv(callback));
  request.setTimes(times);
  return request.send();
}
