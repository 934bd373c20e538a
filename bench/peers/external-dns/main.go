// Prints what external-dns' plan.Calculate takes of the processor for unchanged endpoints, ms, as a JSON array with one
// number for each repetition. It lists nothing and writes nothing: the comparison alone, in memory.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/plan"
)

func main() {
	count, times := argument(1), argument(2)
	var took []float64
	for range times {
		current, desired := endpoints(count), endpoints(count)
		before := cpuMs()
		changes := (&plan.Plan{
			Policies:       []plan.Policy{&plan.SyncPolicy{}},
			Current:        current,
			Desired:        desired,
			ManagedRecords: []string{endpoint.RecordTypeA},
			OwnerID:        "bench",
		}).Calculate().Changes
		took = append(took, cpuMs()-before)
		if changes.HasChanges() {
			fail("unchanged endpoints gave changes")
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(took); err != nil {
		fail(err.Error())
	}
}

// endpoints makes new ones each time, so that no two of them are the same object.
func endpoints(count int) []*endpoint.Endpoint {
	made := make([]*endpoint.Endpoint, count)
	for nth := range made {
		name := fmt.Sprintf("host-%d.example.org", nth)
		target := fmt.Sprintf("10.%d.%d.%d", nth>>16&255, nth>>8&255, nth&255)
		made[nth] = endpoint.NewEndpointWithTTL(name, endpoint.RecordTypeA, 300, target)
		made[nth].WithLabel(endpoint.OwnerLabelKey, "bench")
	}
	return made
}

func cpuMs() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err.Error())
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
}

func argument(nth int) int {
	if len(os.Args) <= nth {
		fail("usage: external-dns <endpoints> <repetitions>")
	}
	value, err := strconv.Atoi(os.Args[nth])
	if err != nil {
		fail(err.Error())
	}
	return value
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
