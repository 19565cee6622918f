package service

import (
	"context"
	"fmt"
	"time"
)

// clockTolerance is how far a machine's clock may be from the database's. Receivers refuse webhooks that are signed five minutes away from their
// own time, and theirs is not ours either.
const clockTolerance = time.Minute

// CheckClock compares this machine's clock with the database's, by which rows are dated.
func (s *Service) CheckClock(ctx context.Context) error {
	began := time.Now()
	there, err := s.DB.Now(ctx)
	if err != nil {
		return err
	}
	return clockFault(began, there, time.Now())
}

// clockFault judges the time that the database said between two looks at our own clock.
func clockFault(began, there, ended time.Time) error {
	began, ended = began.Round(0), ended.Round(0) // a monotonic reading does not know that the clock was set
	switch {
	case there.Before(began.Add(-clockTolerance)):
		return fmt.Errorf("this machine's clock is %s ahead of the database's", began.Sub(there).Round(time.Second))
	case there.After(ended.Add(clockTolerance)):
		return fmt.Errorf("this machine's clock is %s behind the database's", there.Sub(ended).Round(time.Second))
	}
	return nil
}
