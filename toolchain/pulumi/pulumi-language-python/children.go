package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// gracePeriod is how long a child may take to end after SIGTERM before it is killed. It stays below the 5 s for which
// the engine waits on a host whose child still holds its output.
const gracePeriod = 2 * time.Second

// children tracks the Python processes of one host, so that none outlives it.
type children struct {
	mutex   sync.Mutex
	running sync.WaitGroup
	ctx     context.Context
	cancel  context.CancelFunc
}

func newChildren() *children {
	c := &children{}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// lifetime returns a context that ends with the request or with end, and the function to call when the work under it
// is over; end waits for that call.
func (c *children) lifetime(request context.Context) (context.Context, func()) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.running.Add(1)
	ctx, cancel := context.WithCancel(request)
	unlink := context.AfterFunc(c.ctx, cancel)
	return ctx, sync.OnceFunc(func() {
		unlink()
		cancel()
		c.running.Done()
	})
}

// end ends every tracked child and returns when all are gone. The host can start new ones afterwards.
func (c *children) end() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.cancel()
	c.running.Wait()
	c.ctx, c.cancel = context.WithCancel(context.Background())
}

// prepare makes a command end politely with its context, and at once with its host.
func prepare(cmd *exec.Cmd) {
	cmd.Cancel = func() error {
		err := cmd.Process.Signal(syscall.SIGTERM)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	cmd.WaitDelay = gracePeriod
	dieWithParent(cmd)
}

// pinned runs work on an OS thread that lives as long as work does: the kernel's parent-death signal is tied to the
// thread that started the child, not to the process.
func pinned(work func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return work()
}
