package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/dynamicconfig"
)

// options is what the command line says, checked.
type options struct {
	ip, uiIP                            string
	port, uiPort, httpPort, metricsPort int
	headless                            bool
	uiPublicPath, uiAssetPath, uiCodec  string
	namespaces                          []string
	database                            string // a file; empty keeps everything in memory
	pragmas                             map[string]string
	logLevel, logFormat                 string
	searchAttributes                    map[string]enums.IndexedValueType
	dynamicConfig                       dynamicconfig.StaticClient
}

func (o *options) address() string   { return net.JoinHostPort(o.ip, strconv.Itoa(o.port)) }
func (o *options) uiAddress() string { return net.JoinHostPort(o.uiIP, strconv.Itoa(o.uiPort)) }

// parse reads the flags that follow `server start-dev`.
func parse(args []string, help io.Writer) (*options, error) {
	o := &options{
		namespaces: []string{"default"},
		pragmas: map[string]string{
			// A commit reaches the operating system but is not synced: a killed server loses nothing, a power
			// cut may lose the last commits. Rollback journals sync three times a commit and are ten times slower.
			"journal_mode": "wal",
			"synchronous":  "normal",
		},
		searchAttributes: map[string]enums.IndexedValueType{},
		dynamicConfig: dynamicconfig.StaticClient{
			dynamicconfig.MatchingEnableFairness.Key(): true,
			// One partition a queue: with the default of four, a task waits to be forwarded from one that nobody asks.
			dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():           1,
			dynamicconfig.MatchingNumTaskqueueWritePartitions.Key():          1,
			dynamicconfig.EnableServerVersionCheck.Key():                     false,
			dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key():      true,
			dynamicconfig.HistoryCacheHostLevelMaxSize.Key():                 8096,
			dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 100,
		},
	}
	f := flag.NewFlagSet("temporald server start-dev", flag.ContinueOnError)
	f.SetOutput(help)
	f.StringVar(&o.ip, "ip", "127.0.0.1", "`address` the server listens on")
	for _, name := range []string{"port", "p"} {
		f.IntVar(&o.port, name, 7233, "gRPC `port`")
	}
	f.IntVar(&o.httpPort, "http-port", 0, "`port` of the HTTP API (any free one)")
	f.IntVar(&o.metricsPort, "metrics-port", 0, "`port` of /metrics; 0 serves none")
	f.StringVar(&o.uiIP, "ui-ip", "", "`address` the web UI listens on (as --ip)")
	f.IntVar(&o.uiPort, "ui-port", 0, "`port` of the web UI (--port + 1000)")
	f.BoolVar(&o.headless, "headless", false, "serve no web UI")
	f.StringVar(&o.uiPublicPath, "ui-public-path", "", "`path` the web UI is served under")
	f.StringVar(&o.uiAssetPath, "ui-asset-path", "", "`folder` of another build of the web UI")
	f.StringVar(&o.uiCodec, "ui-codec-endpoint", "", "`URL` of a codec server for the web UI")
	f.StringVar(&o.logLevel, "log-level", "error", "debug, info, warn, error or never")
	f.StringVar(&o.logFormat, "log-format", "text", "text, pretty or json")
	for _, name := range []string{"db-filename", "f"} {
		f.StringVar(&o.database, name, "", "SQLite `file`; none keeps everything in memory")
	}
	for _, name := range []string{"namespace", "n"} {
		f.Func(name, "`name` of a namespace to create, besides default; repeatable", o.addNamespace)
	}
	f.Func("search-attribute", "`Name=Type` of a search attribute of every namespace that is created; repeatable", o.addSearchAttribute)
	f.Func("dynamic-config-value", "`key=JSON`; repeatable", o.addDynamicConfig)
	f.Func("sqlite-pragma", "`name=value` (journal_mode, synchronous); repeatable", o.addPragma)
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	return o, o.check()
}

// check settles what follows from other flags and refuses what cannot be served.
func (o *options) check() error {
	if o.uiIP == "" {
		o.uiIP = o.ip
	}
	if o.uiPort == 0 {
		o.uiPort = o.port + 1000
	}
	for _, ip := range []*string{&o.ip, &o.uiIP} {
		if *ip == "localhost" {
			*ip = "127.0.0.1"
		}
		if net.ParseIP(*ip) == nil {
			return fmt.Errorf("%q is not an IP address", *ip)
		}
	}
	if o.port < 1 {
		return fmt.Errorf("--port %d: give a port from 1 to 65535", o.port)
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error", "never"}, o.logLevel) {
		return fmt.Errorf("--log-level %q: give debug, info, warn, error or never", o.logLevel)
	}
	if !slices.Contains([]string{"text", "pretty", "json"}, o.logFormat) {
		return fmt.Errorf("--log-format %q: give text, pretty or json", o.logFormat)
	}
	return nil
}

func (o *options) addNamespace(name string) error {
	if !slices.Contains(o.namespaces, name) {
		o.namespaces = append(o.namespaces, name)
	}
	return nil
}

func (o *options) addSearchAttribute(text string) error {
	name, kind, err := pair(text)
	if err != nil {
		return err
	}
	value, err := enums.IndexedValueTypeFromString(kind)
	if err != nil || value == enums.INDEXED_VALUE_TYPE_UNSPECIFIED {
		return fmt.Errorf("%q is not a type of search attribute", kind)
	}
	o.searchAttributes[name] = value
	return nil
}

func (o *options) addDynamicConfig(text string) error {
	key, raw, err := pair(text)
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal([]byte(raw), &value); err != nil {
		return fmt.Errorf("the value of %s is not JSON (a string needs its quotes): %w", key, err)
	}
	o.dynamicConfig[dynamicconfig.MakeKey(key)] = value
	return nil
}

func (o *options) addPragma(text string) error {
	name, value, err := pair(text)
	if err != nil {
		return err
	}
	o.pragmas[name] = value
	return nil
}

func pair(text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return "", "", fmt.Errorf("%q is not name=value", text)
	}
	return name, value, nil
}
