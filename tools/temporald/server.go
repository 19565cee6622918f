package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
	uiversion "github.com/temporalio/ui-server/v2/server/version"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/headers"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	clusterName = "active"
	storeName   = "sqlite"
	// clusterID is the same at every start: the database remembers the first and refuses another.
	clusterID = "c58f9f36-97a6-4d2b-9a0b-5ae37f8e8d1a"
	// retention is how long a closed workflow stays visible. A week, since a developer looks at last Friday's.
	retention = 7 * 24 * time.Hour
)

type server struct {
	temporal temporal.Server
	ui       *uiserver.Server // nil when headless
}

// version names what is inside, for `temporald --version`.
func version() string {
	return fmt.Sprintf("temporald (Temporal server %s, UI %s)", headers.ServerVersion, uiversion.UIVersion)
}

// start returns once the server takes requests.
func start(o *options) (*server, error) {
	// Both servers end the process from deep inside when a port is taken; say so first, and in words.
	wanted := []string{o.address()}
	if !o.headless {
		wanted = append(wanted, o.uiAddress())
	}
	for _, address := range wanted {
		if err := available(address); err != nil {
			return nil, err
		}
	}

	store, err := database(o)
	if err != nil {
		return nil, err
	}
	conf, err := serverConfig(o, store)
	if err != nil {
		return nil, err
	}
	logger := logger(o)
	authorizer, err := authorization.GetAuthorizerFromConfig(&conf.Global.Authorization)
	if err != nil {
		return nil, fmt.Errorf("make the authorizer: %w", err)
	}
	claims, err := authorization.GetClaimMapperFromConfig(&conf.Global.Authorization, logger)
	if err != nil {
		return nil, fmt.Errorf("make the claim mapper: %w", err)
	}
	hosts := map[primitives.ServiceName]static.Hosts{}
	for _, name := range temporal.DefaultServices {
		address := net.JoinHostPort(o.ip, strconv.Itoa(conf.Services[name].RPC.GRPCPort))
		hosts[primitives.ServiceName(name)] = static.SingleLocalHost(address)
	}
	engine, err := temporal.NewServer(
		temporal.WithConfig(conf),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claims }),
		temporal.WithDynamicConfigClient(o.dynamicConfig),
	)
	if err != nil {
		return nil, fmt.Errorf("make the server: %w", err)
	}
	if err := engine.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}

	s := &server{temporal: engine}
	if !o.headless {
		s.ui = uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
			Host:                bracketed(o.uiIP),
			Port:                o.uiPort,
			TemporalGRPCAddress: o.address(),
			EnableUI:            true,
			PublicPath:          o.uiPublicPath,
			UIAssetPath:         o.uiAssetPath,
			Codec:               uiconfig.Codec{Endpoint: o.uiCodec},
			CORS:                uiconfig.CORS{CookieInsecure: true},
			DefaultNamespace:    o.namespaces[0],
			HideLogs:            true,
			DisableNewsFetch:    true,
		}))
		// Start blocks while it serves and ends the process where it cannot.
		go func() { _ = s.ui.Start() }()
	}
	return s, nil
}

// stop is called once.
func (s *server) stop() error {
	if s.ui != nil {
		s.ui.Stop()
	}
	if err := s.temporal.Stop(); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	return nil
}

func logger(o *options) log.Logger {
	if o.logLevel == "never" {
		return log.NewNoopLogger()
	}
	format := "console"
	if o.logFormat == "json" {
		format = "json"
	}
	return log.NewZapLogger(log.BuildZapLogger(log.Config{Level: o.logLevel, Format: format}))
}

// database makes the SQLite database where there is none and sees to it that the namespaces exist.
func database(o *options) (*config.SQL, error) {
	store := &config.SQL{PluginName: sqliteplugin.PluginName, DatabaseName: o.database, ConnectAttributes: map[string]string{"mode": "rwc"}}
	if o.database == "" {
		store.DatabaseName = strconv.FormatUint(rand.Uint64(), 10)
		store.ConnectAttributes = map[string]string{"mode": "memory", "cache": "shared"}
	} else {
		for name, value := range o.pragmas {
			store.ConnectAttributes[name] = value
		}
		if err := setupSchema(store); err != nil {
			return nil, err
		}
	}
	for _, name := range o.namespaces {
		namespace, err := sqlite.NewNamespaceConfig(clusterName, name, false, o.searchAttributes)
		if err != nil {
			return nil, fmt.Errorf("describe namespace %s: %w", name, err)
		}
		namespace.Detail.Config.Retention = durationpb.New(retention)
		if err := sqlite.CreateNamespaces(store, namespace); err != nil {
			return nil, fmt.Errorf("create namespace %s: %w", name, err)
		}
	}
	return store, nil
}

// setupSchema builds the schema under another name and renames it when it is whole: a server killed in between must
// not leave a half-made database that the next one takes for a good one.
func setupSchema(store *config.SQL) error {
	if _, err := os.Stat(store.DatabaseName); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	making := *store
	making.DatabaseName += ".making"
	making.ConnectAttributes = map[string]string{"mode": "rwc"}
	if err := os.Remove(making.DatabaseName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a half-made database: %w", err)
	}
	if err := sqlite.SetupSchema(&making); err != nil {
		return fmt.Errorf("set up the schema in %s: %w", making.DatabaseName, err)
	}
	if err := os.Rename(making.DatabaseName, store.DatabaseName); err != nil {
		return fmt.Errorf("put the database in place: %w", err)
	}
	return nil
}

func serverConfig(o *options, store *config.SQL) (*config.Config, error) {
	free, err := freePorts(o.ip, 4)
	if err != nil {
		return nil, err
	}
	service := func(port int) config.Service {
		return config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: o.ip}}
	}
	frontend := service(o.port)
	frontend.RPC.HTTPPort = o.httpPort
	if o.httpPort == 0 {
		frontend.RPC.HTTPPort = free[3]
	}

	c := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     storeName,
			VisibilityStore:  storeName,
			NumHistoryShards: 1,
			DataStores:       map[string]config.DataStore{storeName: {SQL: store}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
				Enabled:                true,
				InitialFailoverVersion: 1,
				RPCAddress:             o.address(),
				ClusterID:              clusterID,
			}},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			string(primitives.FrontendService): frontend,
			string(primitives.HistoryService):  service(free[0]),
			string(primitives.MatchingService): service(free[1]),
			string(primitives.WorkerService):   service(free[2]),
		},
		PublicClient: config.PublicClient{HostPort: o.address()},
	}
	c.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: o.ip}
	if o.metricsPort > 0 {
		c.Global.Metrics = &metrics.Config{Prometheus: &metrics.PrometheusConfig{
			ListenAddress: net.JoinHostPort(o.ip, strconv.Itoa(o.metricsPort)),
			HandlerPath:   "/metrics",
		}}
	}
	const disabled = "disabled"
	c.Archival.History.State, c.Archival.Visibility.State = disabled, disabled
	c.NamespaceDefaults.Archival.History.State, c.NamespaceDefaults.Archival.Visibility.State = disabled, disabled
	return c, nil
}

// freePorts holds all its listeners until it has enough, so that no port is given twice.
func freePorts(ip string, n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

func available(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return l.Close()
}

// bracketed writes an IP address as the host of host:port.
func bracketed(ip string) string {
	if net.ParseIP(ip).To4() == nil {
		return "[" + ip + "]"
	}
	return ip
}
