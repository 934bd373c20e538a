// A partner's program: it knows the API only by the client that was generated from the OpenAPI document.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"example.com/partner/dialtone"
)

const patience = 60 * time.Second

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// got is the answer that was asked for; any other ends the program with what it said.
func got[T any](answer *T, refusal *dialtone.Error, body []byte) T {
	if answer == nil {
		fmt.Fprintln(os.Stderr, "not what was asked for:", refusal, string(body))
		os.Exit(1)
	}
	return *answer
}

func main() {
	baseURL, apiKey, voicelinkURL, username, password := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	withKey := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+apiKey)
		return nil
	}
	client := must(dialtone.NewClientWithResponses(baseURL, dialtone.WithRequestEditorFn(withKey)))

	madeAgent := must(client.CreateAgentWithResponse(ctx, nil, dialtone.CreateAgentBody{AgentName: "Go agent"}))
	agent := got(madeAgent.JSON201, madeAgent.JSONDefault, madeAgent.Body).Data
	connected := must(client.CreateConnectionWithResponse(ctx, nil, dialtone.CreateConnectionBody{
		Provider: dialtone.Voicelink, Name: "Go", BaseUrl: &voicelinkURL, Username: &username, Password: &password,
	}))
	got(connected.JSON201, connected.JSONDefault, connected.Body)
	clientID := createClient(client)

	listed := must(client.ListAvailableVoiceLinkDidsWithResponse(ctx, nil))
	did := fresh(got(listed.JSON200, listed.JSONDefault, listed.Body).Data.Data)

	importDids := true
	synced := must(client.SyncVoiceLinkWithResponse(ctx, nil, dialtone.SyncBody{ImportDids: &importDids}))
	before := rowOf(got(synced.JSON200, synced.JSONDefault, synced.Body).Data.Readiness, *did.DidId)
	found := must(client.ListPhoneNumbersWithResponse(ctx, &dialtone.ListPhoneNumbersParams{PhoneNumber: &before.PhoneNumber}))
	imported := []bool{}
	for _, number := range got(found.JSON200, found.JSONDefault, found.Body).Data.PhoneNumbers {
		imported = append(imported, number.PhoneNumber == before.PhoneNumber)
	}

	declaration := dialtone.DeclareBindingBody{AgentId: agent.Id, ClientId: &clientID}
	declared := must(client.DeclareBindingWithResponse(ctx, before.Key, nil, declaration))
	got(declared.JSON201, declared.JSONDefault, declared.Body)
	binding := waitUntilReady(client, before.Key)

	planned := must(client.PlanBindingWithResponse(ctx, before.Key, nil))
	steps := []string{}
	for _, step := range got(planned.JSON200, planned.JSONDefault, planned.Body).Data.Steps {
		steps = append(steps, fmt.Sprintf("%s %s", step.Step, step.Status))
	}
	state := dialtone.ReadinessStateREADY
	readiness := must(client.ListReadinessWithResponse(ctx, &dialtone.ListReadinessParams{State: &state}))
	ready := []bool{}
	for _, row := range got(readiness.JSON200, readiness.JSONDefault, readiness.Body).Data.Readiness {
		ready = append(ready, row.Key == before.Key && row.Bot != nil && row.Routing != nil)
	}
	drifted := must(client.ListDriftWithResponse(ctx, nil))
	drift := false
	for _, row := range got(drifted.JSON200, drifted.JSONDefault, drifted.Body).Data.Drift {
		drift = drift || row.Key == before.Key
	}
	refused := must(client.DeclareBindingWithResponse(ctx, "1", nil, declaration)).JSONDefault

	must(0, json.NewEncoder(os.Stdout).Encode(map[string]any{
		"before": before.State, "imported": imported, "state": binding.Readiness.State, "steps": steps,
		"ready": ready, "drift": drift, "refused": refused != nil && refused.Error.Code == dialtone.VALIDATIONERROR,
	}))
}

func createClient(client *dialtone.ClientWithResponses) int64 {
	password := "a password of VoiceLink"
	created := must(client.CreateVoiceLinkClientWithResponse(ctx, nil, dialtone.CreateClientBody{
		FirstName: "Asha", LastName: "Rao", Username: "asha.go", Email: "asha@example.com",
		Password: &password, ChannelCount: 1,
	}))
	// VoiceLink's own answer: its shape is not ours.
	record, isRecord := got(created.JSON201, created.JSONDefault, created.Body).Data["data"].(map[string]any)
	id, isNumber := record["client_id"].(float64)
	if !isRecord || !isNumber {
		must(0, fmt.Errorf("there is no client_id: %s", created.Body))
	}
	return int64(id)
}

func fresh(dids *[]dialtone.VoiceLinkDid) dialtone.VoiceLinkDid {
	if dids != nil {
		for _, did := range *dids {
			if status, isNamed := did.Get("user_status"); isNamed && status == 1.0 && did.DidId != nil {
				return did
			}
		}
	}
	must(0, fmt.Errorf("there is no available DID"))
	return dialtone.VoiceLinkDid{}
}

func rowOf(rows []dialtone.LiveReadinessDto, didID int) dialtone.LiveReadinessDto {
	for _, row := range rows {
		if row.RemoteDid != nil && row.RemoteDid.DidId == didID {
			return row
		}
	}
	must(0, fmt.Errorf("DID %d was not synced", didID))
	return dialtone.LiveReadinessDto{}
}

func waitUntilReady(client *dialtone.ClientWithResponses, key string) dialtone.BindingDto {
	deadline := time.Now().Add(patience)
	for {
		read := must(client.GetBindingWithResponse(ctx, key, nil))
		binding := got(read.JSON200, read.JSONDefault, read.Body).Data
		if binding.Readiness.State == dialtone.ReadinessStateREADY || time.Now().After(deadline) {
			return binding
		}
		time.Sleep(200 * time.Millisecond)
	}
}
