// Command temporald is a real Temporal server with its web UI in one process, kept in SQLite, for development and
// tests. It takes the flags of `temporal server start-dev`, so that anything that can drive the Temporal CLI's
// development server, such as the SDK's testsuite.StartDevServer, can drive this one:
//
//	temporald server start-dev --port 7233 --ui-port 8233 --db-filename temporal.db
//
// It is a module of its own because a Temporal server draws in some five hundred packages that the product does not
// need. Departures from the CLI's server, all for the sake of development: fairness of task queues is on, nothing
// asks the network for newer versions, a new search attribute can be used at once, and it listens on loopback only
// unless told otherwise.
//
// Measured on two cores: 3.5 minutes for a first build (5.5 of processor time), 0.4 s to start with a new database,
// 1 s to stop, 142 MB resident when idle, a file of 153 MB.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopTimeout bounds a clean stop. The server's own limit is 5 minutes, longer than any developer waits; what is
// cut off is in-memory work, never the database, whose every write is a transaction.
const stopTimeout = 8 * time.Second

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "temporald:", err)
		os.Exit(1)
	}
}

// run serves until SIGINT or SIGTERM and returns nil then.
func run(args []string, stdout, stderr io.Writer) error {
	if len(args) == 1 && args[0] == "--version" {
		_, err := fmt.Fprintln(stdout, version())
		return err
	}
	if len(args) < 2 || args[0] != "server" || args[1] != "start-dev" {
		return errors.New("usage: temporald server start-dev [flags]; -h after that lists the flags")
	}
	options, err := parse(args[2:], stderr)
	if err != nil {
		return err
	}

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	server, err := start(options)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Temporal server is running at: %s\n", options.address())
	if !options.headless {
		fmt.Fprintf(stdout, "Web UI is running at: http://%s\n", options.uiAddress())
	}
	<-stop

	stopped := make(chan error, 1)
	go func() { stopped <- server.stop() }()
	select {
	case err := <-stopped:
		return err
	case <-time.After(stopTimeout):
		return nil
	case <-stop:
		return nil
	}
}
