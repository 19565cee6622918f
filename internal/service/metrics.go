package service

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"certflow/internal/llm"
)

// newRegistry holds the metrics of one process.
func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// serveMetrics serves the process's metrics until the server is closed. Without an address it serves nothing.
func (s *Service) serveMetrics() (*http.Server, error) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	if s.Config.MetricsAddr == "" || s.Config.MetricsAddr == "off" {
		return server, nil
	}
	listener, err := net.Listen("tcp", s.Config.MetricsAddr)
	if err != nil {
		return nil, fmt.Errorf("CERTFLOW_METRICS_ADDR: %w", err)
	}
	go func() { _ = server.Serve(listener) }() // ends with Close
	return server, nil
}

// newModelMetrics registers what is counted of requests to language models and returns who is told of them.
func newModelMetrics(registry prometheus.Registerer) func(llm.Call) {
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "certflow_model_request_seconds", Help: "Time that requests to the language model took, by outcome.",
		Buckets: []float64{.5, 1, 2, 5, 10, 20, 40, 80, 180},
	}, []string{"provider", "model", "outcome"})
	tokens := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "certflow_model_tokens_total", Help: "Tokens that the language model read and wrote.",
	}, []string{"provider", "model", "direction"})
	cost := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "certflow_model_cost_dollars_total", Help: "What the tokens cost at the configured prices, in US dollars.",
	}, []string{"provider", "model"})
	registry.MustRegister(took, tokens, cost)
	return func(call llm.Call) {
		provider, read, written := string(call.Provider), float64(call.Usage.InputTokens), float64(call.Usage.OutputTokens)
		took.WithLabelValues(provider, call.Model, string(call.Outcome)).Observe(call.Duration.Seconds())
		tokens.WithLabelValues(provider, call.Model, "read").Add(read)
		tokens.WithLabelValues(provider, call.Model, "written").Add(written)
		cost.WithLabelValues(provider, call.Model).Add(float64(call.CostMicroUSD) / 1e6)
	}
}
