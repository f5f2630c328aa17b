// peer serve   prints `listening <port>` and serves until stdin closes
// peer drive   takes orders from stdin, one a line, and answers each with a line of JSON
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"bench-go/build/bench"
	"capnproto.org/go/capnp/v3"
	"capnproto.org/go/capnp/v3/rpc"
)

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "serve":
		serve()
	case len(os.Args) == 2 && os.Args[1] == "drive":
		drive()
	default:
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
		options := rpc.Options{BootstrapClient: capnp.Client(newBench())}
		rpc.NewConn(rpc.NewStreamTransport(stream), &options)
	}
}

func drive() {
	var current *driver
	var cpuMark float64
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		verb, rest, _ := strings.Cut(orders.Text(), " ")
		switch verb {
		case "connect":
			stream, err := net.Dial("tcp", "127.0.0.1:"+strings.TrimSpace(rest))
			if err != nil {
				fmt.Println("error", err)
				continue
			}
			current = newDriver(rpc.NewConn(rpc.NewStreamTransport(stream), nil))
			fmt.Println("{}")
		case "cpu":
			now := cpuSeconds()
			answer(map[string]float64{"seconds": now - cpuMark}, nil)
			cpuMark = now
		default:
			answer(current.obey(verb, wordsIn(rest)))
		}
	}
}

func answer(report map[string]float64, err error) {
	switch {
	case err != nil:
		fmt.Println("error", strings.ReplaceAll(err.Error(), "\n", " "))
	case report == nil:
		fmt.Println("unsupported")
	default:
		text, _ := json.Marshal(report)
		fmt.Println(string(text))
	}
}

func wordsIn(text string) map[string]float64 {
	words := map[string]float64{}
	for _, word := range strings.Fields(text) {
		if name, value, ok := strings.Cut(word, "="); ok {
			words[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return words
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	seconds := func(time syscall.Timeval) float64 { return float64(time.Sec) + float64(time.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

func newBench() bench.Bench {
	return bench.Bench_ServerToClient(&benchObject{})
}
