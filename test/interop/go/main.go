// peer serve               prints `listening <port>` and serves until stdin closes
// peer check <host:port> [<check>…]
//
//	prints `ok <check>` or `FAIL <check>: <why>` for each (none named: all); exits 1 on any FAIL
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"

	"capnproto.org/go/capnp/v3"
	"capnproto.org/go/capnp/v3/rpc"
)

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "serve":
		serve()
	case len(os.Args) >= 3 && os.Args[1] == "check":
		if !checkAll(os.Args[2], os.Args[3:]) {
			os.Exit(1)
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: peer serve | peer check <host:port> [<check>…]")
		os.Exit(2)
	}
}

func serve() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("listening", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for {
		stream, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		// A bootstrap object each: an object whose call hangs serves nobody else.
		options := rpc.Options{BootstrapClient: capnp.Client(newInterop())}
		rpc.NewConn(rpc.NewStreamTransport(stream), &options)
	}
}

func checkAll(address string, wanted []string) (allRight bool) {
	allRight = true
	for _, check := range checks {
		if len(wanted) > 0 && !slices.Contains(wanted, check.name) {
			continue
		}
		if err := runCheck(address, check); err != nil {
			allRight = false
			fmt.Printf("FAIL %s: %s\n", check.name, strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Println("ok", check.name)
		}
	}
	return allRight
}
