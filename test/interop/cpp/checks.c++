#include "checks.h"
#include "sample.h"

using kj::uint;

namespace {

constexpr auto PURPOSE = "on purpose"_kj;
constexpr uint CONCURRENT_CALLS = 200;
constexpr size_t BIG_SIZES_BYTES[] = {1 << 20, 8 << 20};
constexpr uint CHUNKS = 64;
constexpr size_t CHUNK_BYTES = 16 << 10;

kj::String textOf(capnp::List<capnp::Text>::Reader texts) {
  return kj::strArray(texts, ", ");
}

// Values ------------------------------------------------------------------------------------------

void valuesSent(Scene& scene) {
  auto request = scene.interop.checkSampleRequest();
  fillSample(request.initSample());
  expectEqual(kj::str(scene.await(request.send()).getDifference()), kj::str(""), "the difference");
}

void valuesReceived(Scene& scene) {
  auto response = scene.await(scene.interop.giveSampleRequest().send());
  expectEqual(differenceFromSample(response.getSample()), kj::str(""), "the difference");
}

// Pipelines ---------------------------------------------------------------------------------------

void pipelineChain(Scene& scene) {
  Number::Client last = number(scene, 1);
  for (uint i = 0; i < 50; i++) {
    auto request = last.plusRequest();
    request.setAmount(1);
    last = scene.keep(request.send()).getNumber();
  }
  expectEqual(valueOf(scene, last), int64_t(51), "the value");
}

void pipelinePath(Scene& scene) {
  auto request = scene.interop.boxRequest();
  request.setValue(7);
  expectEqual(valueOf(scene, scene.keep(request.send()).getBox().getInner().getNumber()), int64_t(7),
              "the value");
}

void pipelineParameter(Scene& scene) {
  auto call = scene.interop.callbackRequest().send();
  expectForwarded(scene, call.getCallback(), "server");
}

Number::Client sumOfDropped(Scene& scene) {
  // Of the two calls made here only the second is held on to: the first is finished at once.
  auto first = scene.interop.numberRequest();
  first.setValue(4);
  auto second = first.send().getNumber().plusRequest();
  second.setAmount(1);
  return scene.keep(second.send()).getNumber();
}

void pipelineDroppedParent(Scene& scene) {
  expectEqual(valueOf(scene, sumOfDropped(scene)), int64_t(5), "the value");
}

void pipelineBroken(Scene& scene) {
  auto request = scene.interop.failRequest();
  request.setKind(Kind::FAILED);
  request.setReason(PURPOSE);
  auto call = request.send();
  expectFailure(scene, call.getNumber().valueRequest().send(), kj::Exception::Type::FAILED, PURPOSE);
  expectEqual(valueOf(scene, number(scene, 3)), int64_t(3), "the next call's value");
}

// Capabilities as parameters ----------------------------------------------------------------------

void capabilityList(Scene& scene) {
  Number::Client theirs = returnedNumber(scene, 1);
  auto request = scene.interop.sumRequest();
  auto numbers = request.initNumbers(4);
  numbers.set(0, theirs);
  numbers.set(1, newNumber(20));
  numbers.set(2, theirs);
  numbers.set(3, returnedNumber(scene, 300));
  expectEqual(scene.await(request.send()).getSum(), int64_t(322), "the sum");
}

void callback(Scene& scene) {
  auto response = scene.await(ask(scene, newCallback("caller", kj::refcounted<Journal>()), 3));
  expectEqual(textOf(response.getReplies()), kj::str("caller: ask 0, caller: ask 1, caller: ask 2"),
              "the replies");
}

void nullCapability(Scene& scene) {
  expect(scene.await(scene.interop.isNullRequest().send()).getIsNull(), "null arrived as an object");
  auto request = scene.interop.isNullRequest();
  request.setCallback(newCallback("caller", kj::refcounted<Journal>()));
  expect(!scene.await(request.send()).getIsNull(), "an object arrived as null");
}

void promiseParameter(Scene& scene) {
  auto pair = kj::newPromiseAndFulfiller<Callback::Client>();
  auto call = ask(scene, kj::mv(pair.promise), 2);
  valueOf(scene, number(scene, 1));
  pair.fulfiller->fulfill(newCallback("caller", kj::refcounted<Journal>()));
  expectEqual(textOf(scene.await(kj::mv(call)).getReplies()),
              kj::str("caller: ask 0, caller: ask 1"), "the replies");
}

void promiseToServer(Scene& scene) {
  auto pair = kj::newPromiseAndFulfiller<Callback::Client>();
  auto call = ask(scene, kj::mv(pair.promise), 2);
  valueOf(scene, number(scene, 1));
  pair.fulfiller->fulfill(serverCallback(scene));
  expectEqual(textOf(scene.await(kj::mv(call)).getReplies()),
              kj::str("server: ask 0, server: ask 1"), "the replies");
}

// Promises that resolve, and the embargo ----------------------------------------------------------

void embargoOnReturn(Scene& scene) {
  auto journal = kj::refcounted<Journal>();
  auto request = scene.interop.identityRequest();
  request.setCallback(newCallback("caller", kj::addRef(*journal)));
  auto call = request.send();
  Callback::Client own = call.getCallback();
  kj::Vector<kj::Promise<capnp::Response<Reply>>> calls;
  for (uint i = 0; i < 3; i++) calls.add(notify(own, kj::str(i)));
  scene.await(kj::mv(call));
  for (uint i = 3; i < 6; i++) calls.add(notify(own, kj::str(i)));
  for (auto& one: calls) scene.await(kj::mv(one));
  expectInOrder(*journal, 6);
}

void resolveToCaller(Scene& scene) {
  auto journal = kj::refcounted<Journal>();
  Later::Client later = scene.keep(scene.interop.laterRequest().send()).getLater();
  auto promised = scene.await(later.callbackRequest().send()).getCallback();
  kj::Vector<kj::Promise<capnp::Response<Reply>>> calls;
  for (uint i = 0; i < 3; i++) calls.add(notify(promised, kj::str(i)));
  auto request = later.fulfilRequest();
  request.setCallback(newCallback("caller", kj::addRef(*journal)));
  auto fulfilled = request.send();
  for (uint i = 3; i < 6; i++) calls.add(notify(promised, kj::str(i)));
  scene.await(kj::mv(fulfilled));
  for (uint i = 6; i < 9; i++) calls.add(notify(promised, kj::str(i)));
  for (auto& one: calls) scene.await(kj::mv(one));
  expectInOrder(*journal, 9);
}

void resolveToServer(Scene& scene) {
  Later::Client later = scene.keep(scene.interop.laterRequest().send()).getLater();
  auto promised = scene.await(later.callbackRequest().send()).getCallback();
  auto before = notify(promised, "before");
  auto request = later.fulfilRequest();
  request.setCallback(serverCallback(scene));
  scene.await(request.send());
  expectEqual(kj::str(scene.await(kj::mv(before)).getText()), kj::str("server: before"), "a reply");
  expectEqual(kj::str(scene.await(notify(promised, "after")).getText()), kj::str("server: after"),
              "a reply");
}

void resolveBroken(Scene& scene) {
  Later::Client later = scene.keep(scene.interop.laterRequest().send()).getLater();
  auto promised = scene.await(later.callbackRequest().send()).getCallback();
  auto before = notify(promised, "before");
  auto request = later.rejectRequest();
  request.setReason(PURPOSE);
  scene.await(request.send());
  expectFailure(scene, kj::mv(before), kj::Exception::Type::FAILED, PURPOSE);
  expectFailure(scene, notify(promised, "after"), kj::Exception::Type::FAILED, PURPOSE);
}

// Exceptions --------------------------------------------------------------------------------------

template <Kind kind, kj::Exception::Type type>
void exception(Scene& scene) {
  auto request = scene.interop.failRequest();
  request.setKind(kind);
  request.setReason(PURPOSE);
  expectFailure(scene, request.send(), type, PURPOSE);
  expectEqual(valueOf(scene, number(scene, 3)), int64_t(3), "the next call's value");
}

void unknownMethod(Scene& scene) {
  auto newer = scene.interop.castAs<Newer>();
  expectFailure(scene, newer.addedRequest().send(), kj::Exception::Type::UNIMPLEMENTED, "");
  auto inherited = newer.numberRequest();
  inherited.setValue(5);
  expectEqual(valueOf(scene, scene.keep(inherited.send()).getNumber()), int64_t(5), "the inherited method's value");
}

// Cancellation and release ------------------------------------------------------------------------

void cancelSeen(Scene& scene) {
  auto hanger = scene.await(scene.interop.hangerRequest().send()).getHanger();
  {
    auto call = hanger.hangRequest().send();
    valueOf(scene, number(scene, 1));
  }
  scene.await(hanger.whenCancelledRequest().send());
}

void cancelDropsParameters(Scene& scene) {
  auto witness = kj::refcounted<Journal>();
  auto hanger = scene.await(scene.interop.hangerRequest().send()).getHanger();
  {
    auto request = hanger.hangRequest();
    request.setWitness(newCallback("caller", kj::addRef(*witness)));
    auto call = request.send();
    valueOf(scene, number(scene, 1));
  }
  scene.await(witness->whenReleased());
}

void awaitLive(Scene& scene, Nursery::Client nursery, uint32_t count) {
  auto request = nursery.whenLiveRequest();
  request.setCount(count);
  scene.await(request.send());
}

void releaseCounted(Scene& scene) {
  auto nursery = scene.await(scene.interop.nurseryRequest().send()).getNursery();
  {
    Child::Client kept = scene.await(nursery.makeRequest().send()).getChild();
    {
      Child::Client first = scene.await(nursery.makeRequest().send()).getChild();
      Child::Client second = scene.await(nursery.makeRequest().send()).getChild();
      expectEqual(scene.await(nursery.liveRequest().send()).getCount(), 3u, "the live count");
    }
    awaitLive(scene, nursery, 1);
    scene.await(kept.pingRequest().send());
  }
  awaitLive(scene, nursery, 0);
}

void releaseDroppedCall(Scene& scene) {
  auto nursery = scene.await(scene.interop.nurseryRequest().send()).getNursery();
  { auto dropped = nursery.makeRequest().send(); }
  Child::Client kept = scene.await(nursery.makeRequest().send()).getChild();
  awaitLive(scene, nursery, 1);
  scene.await(kept.pingRequest().send());
}

void releaseByServer(Scene& scene) {
  auto journal = kj::refcounted<Journal>();
  {
    auto request = scene.interop.holderRequest();
    request.setCallback(newCallback("caller", kj::addRef(*journal)));
    Holder::Client holder = scene.await(request.send()).getHolder();
    auto call = holder.notifyRequest();
    call.setText("held");
    expectEqual(kj::str(scene.await(call.send()).getText()), kj::str("caller: held"), "the reply");
  }
  scene.await(journal->whenReleased());
}

// Tail calls --------------------------------------------------------------------------------------

void tailCallToCaller(Scene& scene) {
  auto journal = kj::refcounted<Journal>();
  expectForwarded(scene, newCallback("caller", kj::addRef(*journal)), "caller");
  expectInOrder(*journal, 10);
}

void tailCallToServer(Scene& scene) {
  expectForwarded(scene, serverCallback(scene), "server");
}

// Volume ------------------------------------------------------------------------------------------

void bigData(Scene& scene) {
  for (auto sizeBytes: BIG_SIZES_BYTES) {
    auto data = kj::heapArray<kj::byte>(sizeBytes);
    for (auto i: kj::indices(data)) data[i] = (i * 31 + (i >> 8)) & 0xff;
    auto request = scene.interop.echoRequest();
    request.setData(data);
    auto response = scene.await(request.send());
    expect(response.getData() == data, kj::str("the echo of ", sizeBytes, " bytes differs"));
  }
}

void concurrentCalls(Scene& scene) {
  Gate::Client gate = scene.keep(scene.interop.gateRequest().send()).getGate();
  kj::Vector<kj::Promise<capnp::Response<Gate::MeetResults>>> calls;
  for (uint i = 0; i < CONCURRENT_CALLS; i++) {
    auto request = gate.meetRequest();
    request.setTotal(CONCURRENT_CALLS);
    calls.add(request.send());
  }
  for (auto i: kj::indices(calls)) {
    expectEqual(scene.await(kj::mv(calls[i])).getPlace(), uint32_t(i), "the place");
  }
}

void stream(Scene& scene) {
  Sink::Client sink = scene.keep(scene.interop.sinkRequest().send()).getSink();
  auto chunk = kj::heapArray<kj::byte>(CHUNK_BYTES);
  for (uint i = 0; i < CHUNKS; i++) {
    auto request = sink.writeRequest();
    request.setChunk(chunk);
    scene.await(request.send());
  }
  expectEqual(scene.await(sink.doneRequest().send()).getBytes(), uint64_t(CHUNKS * CHUNK_BYTES),
              "the bytes");
}

using Type = kj::Exception::Type;

const Check ALL[] = {
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
    {"exception-failed", exception<Kind::FAILED, Type::FAILED>},
    {"exception-overloaded", exception<Kind::OVERLOADED, Type::OVERLOADED>},
    {"exception-disconnected", exception<Kind::DISCONNECTED, Type::DISCONNECTED>},
    {"exception-unimplemented", exception<Kind::UNIMPLEMENTED, Type::UNIMPLEMENTED>},
    {"unknown-method", unknownMethod},
    {"cancel-seen", cancelSeen},
    {"cancel-drops-parameters", cancelDropsParameters},
    {"release-counted", releaseCounted},
    {"release-dropped-call", releaseDroppedCall},
    {"release-by-server", releaseByServer},
    {"tail-call-to-caller", tailCallToCaller},
    {"tail-call-to-server", tailCallToServer},
    {"big-data", bigData},
    {"concurrent-calls", concurrentCalls},
    {"stream", stream},
};

}  // namespace

const kj::ArrayPtr<const Check> CHECKS = ALL;
