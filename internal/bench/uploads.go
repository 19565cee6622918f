package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"certflow/internal/sample"
)

// uploadSize is that of a usual certificate.
const uploadSize = 100_000

// rampClients are the numbers of clients with which saturation is looked for.
var rampClients = []int{1, 2, 4, 8, 16, 32}

func measureUploads(ctx context.Context, r *run) (err error) {
	s, err := r.start(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	t, err := s.tenant(ctx, "Uploads")
	if err != nil {
		return err
	}
	if err := r.singleUploads(ctx, t); err != nil {
		return err
	}
	return r.largeOnes(ctx, s, t)
}

// singleUploads looks for the rate of saturation and then measures at half of it.
func (r *run) singleUploads(ctx context.Context, t *tenant) error {
	files, err := drawn(r.seed, 1, uploadSize, sample.Text)
	if err != nil {
		return err
	}
	body, err := t.single(files[0])
	if err != nil {
		return err
	}
	upload := func(ctx context.Context) error {
		_, err := t.upload(ctx, body)
		return err
	}
	saturation := 0.0
	for _, clients := range rampClients {
		rate, err := closedLoop(ctx, clients, r.rampStep, upload)
		if err != nil {
			return err
		}
		r.say("%d clients upload %.0f/s", clients, rate)
		if rate < saturation*1.03 {
			break
		}
		saturation = rate
	}
	r.add(Figure{Name: "uploads of 100 kB at saturation", Value: saturation, Unit: "/s"})
	took, err := openLoop(ctx, saturation/2, r.uploadTime, upload)
	if err != nil {
		return err
	}
	ms := milliseconds(took)
	p50, p99 := quantile(ms, 0.5), quantile(ms, 0.99)
	r.add(Figure{Name: "p99 ÷ p50 of an upload at half of saturation", Value: p99 / p50, Unit: "×", Target: atMost(3),
		Note: fmt.Sprintf("%d uploads at even distances", len(ms))})
	r.add(Figure{Name: "p50 of an upload at half of saturation", Value: p50, Unit: "ms"})
	r.add(Figure{Name: "p99 of an upload at half of saturation", Value: p99, Unit: "ms"})
	return nil
}

// largeOnes uploads many files of the largest size at once, to an API that has only just begun: one that was busy has memory to
// spare already.
func (r *run) largeOnes(ctx context.Context, s *stack, t *tenant) error {
	files, err := drawn(r.seed, 1, r.largeSize, sample.Text)
	if err != nil {
		return err
	}
	body, err := t.single(files[0])
	if err != nil {
		return err
	}
	s.api.Stop()
	if s.api, err = s.startAPI(ctx, s.dev.URL, s.config.DatabaseURL.Reveal()); err != nil {
		return err
	}
	if _, err := t.upload(ctx, body); err != nil {
		return err
	}
	if err := forgetPeak(s.api); err != nil {
		return err
	}
	before, _, err := memoryOf(s.api)
	if err != nil {
		return err
	}
	g, uploading := errgroup.WithContext(ctx)
	began := time.Now()
	for range r.largeUploads {
		g.Go(func() error {
			_, err := t.upload(uploading, body)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	took := time.Since(began)
	_, peak, err := memoryOf(s.api)
	if err != nil {
		return err
	}
	r.add(Figure{Name: fmt.Sprintf("memory that %d uploads of 15 MB at once add to the API", r.largeUploads), Value: float64(peak-before) / 1e6, Unit: "MB",
		Target: atMost(100), Note: fmt.Sprintf("from %.0f to at most %.0f MB", float64(before)/1e6, float64(peak)/1e6)})
	r.add(Figure{Name: "those uploads", Value: float64(r.largeUploads*r.largeSize) / 1e6 / took.Seconds(), Unit: "MB/s"})
	return nil
}
