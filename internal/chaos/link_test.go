package chaos

import (
	"bufio"
	"io"
	"net"
	"testing"
	"time"
)

// echo is a link to a server that sends back what it gets, and a way to talk through it.
func echo(t *testing.T) (l *link, dial func() *bufio.ReadWriter) {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c) }()
		}
	}()
	if l, err = newLink(server.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l, func() *bufio.ReadWriter {
		c, err := net.Dial("tcp", l.addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		return bufio.NewReadWriter(bufio.NewReader(c), bufio.NewWriterSize(c, 0))
	}
}

func say(c *bufio.ReadWriter, line string) (string, error) {
	if _, err := c.WriteString(line + "\n"); err != nil {
		return "", err
	}
	if err := c.Flush(); err != nil {
		return "", err
	}
	return c.ReadString('\n')
}

func TestALinkThatIsCutLosesItsConnectionsAndTakesOthers(t *testing.T) {
	t.Parallel()
	l, dial := echo(t)
	c := dial()
	if got, err := say(c, "hello"); err != nil || got != "hello\n" {
		t.Fatalf("got %q, %v", got, err)
	}
	l.cut()
	if got, err := say(c, "hello"); err == nil {
		t.Errorf("a connection that was cut answered %q", got)
	}
	if got, err := say(dial(), "again"); err != nil || got != "again\n" {
		t.Errorf("after the cut got %q, %v", got, err)
	}
}

func TestALinkThatRefusesTakesNobody(t *testing.T) {
	t.Parallel()
	l, dial := echo(t)
	l.refuse(true)
	c, err := net.Dial("tcp", l.addr())
	if err == nil { // a reset may come before or after the connection is there
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		got := make([]byte, 1)
		if _, err = c.Read(got); err == nil {
			t.Errorf("a link that refuses answered %q", got)
		}
		_ = c.Close()
	}
	l.refuse(false)
	if got, err := say(dial(), "hello"); err != nil || got != "hello\n" {
		t.Errorf("afterwards got %q, %v", got, err)
	}
}

func TestALinkThatHoldsLosesNothing(t *testing.T) {
	t.Parallel()
	l, dial := echo(t)
	c := dial()
	if _, err := say(c, "hello"); err != nil {
		t.Fatal(err)
	}
	l.hold(true)
	answered := make(chan string, 1)
	go func() {
		got, err := say(c, "held")
		if err != nil {
			got = err.Error()
		}
		answered <- got
	}()
	select {
	case got := <-answered:
		t.Errorf("a link that holds answered %q", got)
	case <-time.After(50 * time.Millisecond): // there is no sign of what does not happen
	}
	l.hold(false)
	if got := <-answered; got != "held\n" {
		t.Errorf("got %q", got)
	}
}
