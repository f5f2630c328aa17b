// peer serve   prints `listening <port>` and serves until stdin closes
// peer drive   takes orders from stdin, one a line, and answers each with a line of JSON
//
// The C++ implementation as its own EzRpc interface has it, over plain TCP.

#include "bench.capnp.h"
#include <algorithm>
#include <capnp/ez-rpc.h>
#include <capnp/rpc-twoparty.h>
#include <chrono>
#include <iostream>
#include <kj/async-io.h>
#include <map>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using kj::uint;

constexpr uint CAPABILITIES_DEPTH = 64;
constexpr uint64_t BYTES_UNDER_WAY = 2 << 20;
constexpr uint MIXED_DEPTH = 16;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double cpuSeconds() {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The object ------------------------------------------------------------------------------------

class BenchImpl final: public Bench::Server {
public:
  kj::Promise<void> echo(EchoContext context) override {
    auto payload = context.getParams().getPayload();
    context.getResults(capnp::MessageSize{payload.size() / 8 + 8, 0}).setPayload(payload);
    return kj::READY_NOW;
  }

  kj::Promise<void> fail(FailContext) override {
    return KJ_EXCEPTION(FAILED, "on purpose");
  }

  kj::Promise<void> next(NextContext context) override {
    context.getResults().setNext(kj::heap<BenchImpl>());
    return kj::READY_NOW;
  }

  kj::Promise<void> take(TakeContext) override { return kj::READY_NOW; }

  kj::Promise<void> give(GiveContext context) override {
    auto bytes = context.getParams().getBytes();
    context.getResults(capnp::MessageSize{bytes / 8 + 8, 0}).initPayload(bytes);
    return kj::READY_NOW;
  }

  kj::Promise<void> write(WriteContext context) override {
    writtenBytes += context.getParams().getChunk().size();
    return kj::READY_NOW;
  }

  kj::Promise<void> written(WrittenContext context) override {
    context.getResults().setBytes(writtenBytes);
    writtenBytes = 0;
    return kj::READY_NOW;
  }

  kj::Promise<void> pass(PassContext) override { return kj::READY_NOW; }

  kj::Promise<void> callBack(CallBackContext context) override {
    return context.getParams().getOther().echoRequest().send().ignoreResult();
  }

  kj::Promise<void> many(ManyContext context) override {
    auto count = context.getParams().getCount();
    auto others = context.getResults().initOthers(count);
    for (uint i = 0; i < count; i++) others.set(i, kj::heap<BenchImpl>());
    return kj::READY_NOW;
  }

private:
  uint64_t writtenBytes = 0;
};

// Driving ---------------------------------------------------------------------------------------

class Driver {
public:
  Driver(kj::StringPtr host, uint port)
      : ez(host, port), root(ez.getMain<Bench>()), ours(kj::heap<BenchImpl>()) {}

  std::string obey(const std::string& verb, std::map<std::string, double>& words) {
    start = Clock::now();
    milliseconds = words["ms"];
    count = 0;
    if (verb == "calls") return calls(words["depth"], words["payload"]);
    if (verb == "latency") return latency(words["payload"]);
    if (verb == "mixed") return mixed();
    if (verb == "chain") return chain(words["links"], words["pipelined"] == 1);
    if (verb == "take" || verb == "give") return bulk(verb == "take", words["bytes"]);
    if (verb == "stream") return stream(words["bytes"]);
    if (verb == "pass" || verb == "callBack" || verb == "getAndRelease") return capabilities(verb);
    return "unsupported";
  }

private:
  capnp::EzRpcClient ez;
  Bench::Client root;
  Bench::Client ours;
  Clock::time_point start;
  double milliseconds = 0;
  uint64_t count = 0;

  bool isOpen() { return secondsSince(start) * 1000 < milliseconds; }

  kj::WaitScope& waitScope() { return ez.getWaitScope(); }

  // Runs so many loops at once, each until the time is over; `make` makes one turn of a loop.
  template <typename Make>
  void inLoops(uint depth, Make make) {
    auto loops = kj::heapArrayBuilder<kj::Promise<void>>(depth);
    for (uint i = 0; i < depth; i++) loops.add(loop(make, i));
    kj::joinPromises(loops.finish()).wait(waitScope());
  }

  template <typename Make>
  kj::Promise<void> loop(Make& make, uint turn) {
    return make(turn).then([this, &make, turn]() -> kj::Promise<void> {
      if (!isOpen()) return kj::READY_NOW;
      return loop(make, turn + 1);
    });
  }

  kj::Promise<void> echo(kj::ArrayPtr<const kj::byte> payload) {
    auto request = root.echoRequest(capnp::MessageSize{payload.size() / 8 + 8, 0});
    request.setPayload(payload);
    auto size = payload.size();
    return request.send().then([this, size](capnp::Response<Bench::EchoResults> results) {
      KJ_REQUIRE(results.getPayload().size() == size, "the echo is not what was sent");
      count += 1;
    });
  }

  std::string rate() {
    std::ostringstream out;
    out << "{\"calls\":" << count << ",\"seconds\":" << secondsSince(start) << "}";
    return out.str();
  }

  std::string byteRate(uint64_t bytes) {
    std::ostringstream out;
    out << "{\"bytes\":" << bytes << ",\"seconds\":" << secondsSince(start) << "}";
    return out.str();
  }

  std::string percentiles(std::vector<double>& microseconds, bool withRate) {
    std::sort(microseconds.begin(), microseconds.end());
    auto at = [&](double part) { return microseconds[part * (microseconds.size() - 1)]; };
    std::ostringstream out;
    out << "{\"p50\":" << at(0.5) << ",\"p99\":" << at(0.99);
    if (withRate) out << ",\"calls\":" << count << ",\"seconds\":" << secondsSince(start);
    out << "}";
    return out.str();
  }

  std::string calls(uint depth, size_t payload) {
    std::vector<kj::byte> sent(payload, 7);
    inLoops(depth, [&](uint) { return echo(kj::arrayPtr(sent.data(), sent.size())); });
    return rate();
  }

  std::string latency(size_t payload) {
    std::vector<kj::byte> sent(payload, 7);
    std::vector<double> times;
    do {
      auto begin = Clock::now();
      echo(kj::arrayPtr(sent.data(), sent.size())).wait(waitScope());
      times.push_back(secondsSince(begin) * 1e6);
    } while (isOpen());
    return percentiles(times, true);
  }

  std::string mixed() {
    std::vector<kj::byte> bytes(16384, 7);
    auto small = kj::arrayPtr(bytes.data(), 32), large = kj::arrayPtr(bytes.data(), bytes.size());
    inLoops(MIXED_DEPTH, [=](uint turn) -> kj::Promise<void> {
      auto kind = turn % 20;
      if (kind < 16) return echo(small);
      if (kind < 18) return echo(large);
      if (kind == 18) {
        auto last = root.nextRequest().send().getNext().nextRequest().send().getNext();
        return last.echoRequest().send().then([this](auto) { count += 3; });
      }
      return root.failRequest().send().then(
          [](auto) { KJ_FAIL_REQUIRE("the call that fails did not"); },
          [this](kj::Exception&&) { count += 1; });
    });
    return rate();
  }

  std::string chain(uint links, bool pipelined) {
    std::vector<double> times;
    do {
      auto begin = Clock::now();
      auto last = root;
      for (uint link = 1; link < links; link++) {
        auto call = last.nextRequest().send();
        last = pipelined ? call.getNext() : call.wait(waitScope()).getNext();
      }
      last.echoRequest().send().wait(waitScope());
      times.push_back(secondsSince(begin) * 1e6);
    } while (isOpen());
    return percentiles(times, false);
  }

  std::string bulk(bool in, uint64_t size) {
    std::vector<kj::byte> chunk(size, 7);
    inLoops(BYTES_UNDER_WAY / size, [&, in, size](uint) -> kj::Promise<void> {
      if (in) {
        auto request = root.takeRequest(capnp::MessageSize{size / 8 + 8, 0});
        request.setPayload(kj::arrayPtr(chunk.data(), size));
        return request.send().then([this](auto) { count += 1; });
      }
      auto request = root.giveRequest();
      request.setBytes(size);
      return request.send().then([this, size](capnp::Response<Bench::GiveResults> results) {
        KJ_REQUIRE(results.getPayload().size() == size, "not what was asked for");
        count += 1;
      });
    });
    return byteRate(count * size);
  }

  std::string stream(uint64_t size) {
    std::vector<kj::byte> chunk(size, 7);
    while (isOpen()) {
      auto request = root.writeRequest(capnp::MessageSize{size / 8 + 8, 0});
      request.setChunk(kj::arrayPtr(chunk.data(), size));
      request.send().wait(waitScope());
    }
    auto arrived = root.writtenRequest().send().wait(waitScope()).getBytes();
    KJ_REQUIRE(arrived > 0, "nothing has arrived");
    return byteRate(arrived);
  }

  std::string capabilities(const std::string& what) {
    inLoops(CAPABILITIES_DEPTH, [&](uint) -> kj::Promise<void> {
      if (what == "getAndRelease") {
        return root.nextRequest().send().then([this](auto) { count += 1; });
      }
      if (what == "pass") {
        auto request = root.passRequest();
        request.setOther(ours);
        return request.send().then([this](auto) { count += 1; });
      }
      auto request = root.callBackRequest();
      request.setOther(ours);
      return request.send().then([this](auto) { count += 1; });
    });
    return rate();
  }
};

void drive() {
  kj::Maybe<kj::Own<Driver>> driver;
  double cpuMark = 0;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream in(line);
    std::string verb, word;
    in >> verb;
    std::map<std::string, double> words;
    std::string answer = "{}";
    if (verb == "connect") {
      uint port;
      in >> port;
      driver = nullptr;
      driver = kj::heap<Driver>("127.0.0.1", port);
    } else if (verb == "cpu") {
      auto now = cpuSeconds();
      answer = kj::str("{\"seconds\":", now - cpuMark, "}").cStr();
      cpuMark = now;
    } else {
      while (in >> word) {
        auto equals = word.find('=');
        if (equals != std::string::npos) {
          words[word.substr(0, equals)] = std::stod(word.substr(equals + 1));
        }
      }
      KJ_IF_MAYBE(d, driver) {
        KJ_IF_MAYBE(problem, kj::runCatchingExceptions([&]() { answer = (*d)->obey(verb, words); })) {
          answer = kj::str("error ", problem->getDescription()).cStr();
        }
      } else {
        answer = "error not connected";
      }
    }
    std::cout << answer << std::endl;
  }
}

void serve() {
  capnp::EzRpcServer server(kj::heap<BenchImpl>(), "127.0.0.1", 0);
  auto& waitScope = server.getWaitScope();
  std::cout << "listening " << server.getPort().wait(waitScope) << std::endl;
  auto input = server.getLowLevelIoProvider().wrapInputFd(0);
  input->readAllBytes().wait(waitScope);
}

}  // namespace

int main(int argc, char* argv[]) {
  std::string role = argc > 1 ? argv[1] : "";
  if (role == "serve") serve();
  else if (role == "drive") drive();
  else return 2;
  return 0;
}
