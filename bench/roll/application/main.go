// The application that bench/roll.ts rolls: it says its version, takes a body, takes its time, and holds websockets.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	version := os.Getenv("VERSION")
	http.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return // the visitor is gone
		}
		fmt.Fprintf(answer, "version %s\n%x\n", version, sha256.Sum256(body))
	})
	http.HandleFunc("/slow", func(answer http.ResponseWriter, request *http.Request) {
		seconds, _ := time.ParseDuration(request.FormValue("seconds") + "s")
		time.Sleep(seconds)
		fmt.Fprintf(answer, "version %s\n", version)
	})
	http.HandleFunc("/echo", echo)
	server := &http.Server{Addr: ":8080"}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}()
	<-told
	// what it has begun it ends, as a well-kept application does
	longest, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = server.Shutdown(longest)
}

// Gives back whatever comes, as far as Nginx sees a websocket: it passes frames on without reading them.
func echo(answer http.ResponseWriter, _ *http.Request) {
	connection, buffered, err := answer.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	fmt.Fprint(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	_, _ = io.Copy(connection, buffered)
}
