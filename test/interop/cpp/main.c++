// peer serve               prints `listening <port>` and serves until stdin closes
// peer check <host:port> [<check>...]
//   prints `ok <check>` or `FAIL <check>: <why>` for each (none named: all); exits 1 on any FAIL

#include "checks.h"
#include "objects.h"
#include <capnp/rpc-twoparty.h>
#include <iostream>
#include <kj/async-io.h>

namespace {

kj::String inOneLine(kj::StringPtr text) {
  auto line = kj::str(text);
  for (auto& c: line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return line;
}

int serve(kj::AsyncIoContext& io) {
  auto& network = io.provider->getNetwork();
  auto listener = network.parseAddress("127.0.0.1", 0).wait(io.waitScope)->listen();
  capnp::TwoPartyServer server(newInterop());
  std::cout << "listening " << listener->getPort() << std::endl;

  auto input = io.lowLevelProvider->wrapInputFd(0);
  auto closed = input->readAllBytes().ignoreResult();
  server.listen(*listener).exclusiveJoin(kj::mv(closed)).wait(io.waitScope);
  return 0;
}

bool isWanted(kj::StringPtr name, kj::ArrayPtr<char*> wanted) {
  for (kj::StringPtr one: wanted) {
    if (one == name) return true;
  }
  return wanted.size() == 0;
}

int check(kj::AsyncIoContext& io, kj::StringPtr address, kj::ArrayPtr<char*> wanted) {
  auto server = io.provider->getNetwork().parseAddress(address).wait(io.waitScope);
  bool allRight = true;
  for (auto& check: CHECKS) {
    if (!isWanted(check.name, wanted)) continue;
    KJ_IF_MAYBE(problem, kj::runCatchingExceptions([&]() {
      auto stream = server->connect().wait(io.waitScope);
      capnp::TwoPartyClient client(*stream);
      Scene scene{io, client.bootstrap().castAs<Interop>()};
      check.run(scene);
    })) {
      allRight = false;
      std::cout << "FAIL " << check.name << ": " << inOneLine(problem->getDescription()).cStr()
                << std::endl;
    } else {
      std::cout << "ok " << check.name << std::endl;
    }
  }
  return allRight ? 0 : 1;
}

}  // namespace

int main(int argc, char* argv[]) {
  kj::StringPtr mode = argc > 1 ? argv[1] : "";
  auto io = kj::setupAsyncIo();
  if (mode == "serve" && argc == 2) return serve(io);
  if (mode == "check" && argc >= 3) return check(io, argv[2], kj::arrayPtr(argv + 3, argv + argc));
  std::cerr << "usage: peer serve | peer check <host:port> [<check>...]" << std::endl;
  return 2;
}
