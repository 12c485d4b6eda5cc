// Prints the runs that the cron library of Kubernetes finds. Reads lines `zone|expression|after|count`, prints one line of
// seconds since 1970 UTC for each.
//
// Not part of any build; to make the program (Debian: golang-go, golang-github-robfig-cron-dev):
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o robfig_slots tests/oracles/robfig_slots.go
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		parts := strings.Split(lines.Text(), "|")
		zone, err := time.LoadLocation(parts[0])
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		schedule, err := cron.ParseStandard(parts[1])
		if err != nil {
			fmt.Println("error:", err)
			continue
		}
		after, _ := strconv.ParseInt(parts[2], 10, 64)
		count, _ := strconv.Atoi(parts[3])
		at := time.Unix(after, 0).In(zone)
		for i := 0; i < count; i++ {
			at = schedule.Next(at)
			if at.IsZero() {
				break
			}
			fmt.Print(at.Unix(), " ")
		}
		fmt.Println()
	}
}
