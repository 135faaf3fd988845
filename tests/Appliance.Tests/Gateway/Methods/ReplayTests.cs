using System.Text.Json;
using System.Text.Json.Nodes;
using TestKit;
using Xunit.Abstractions;

namespace Appliance.Tests.Gateway.Methods;

/// <summary>
/// What real clients asked OpenClaw's gateway, asked of ours. Answers must be the wire objects of the reference; where the reference
/// has none for a method, they may have no field that the real answer did not have.
/// </summary>
public sealed class ReplayTests(ITestOutputHelper output) : GatewayTest
{
    // These name approvals of the gateway that was recorded; ours has never heard of them.
    private static readonly HashSet<string> AboutOthersState = ["exec.approval.get", "exec.approval.resolve"];

    // PROTOCOL.md has these too (§5: models.list, chat.startup); what was recorded happens to lack them.
    private static readonly HashSet<string> AlsoInTheProtocol = ["input", "local", "manualSelectionAllowed", "agentsList"];

    [SharedFact(Transcripts.Folder)]
    public async Task Requests_OfEveryTranscript_GetAnswersOfTheReferencesShape()
    {
        var fields = WireFields.Read();
        var advertised = Owner.Hello.GetProperty("features").GetProperty("methods").EnumerateArray().Select(m => m.GetString()!).ToHashSet();
        var (real, answeredThere) = RealAnswers();
        var faults = new List<string>();
        var unanswered = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int requests = 0, answered = 0, asThere = 0, byReference = 0, byTranscript = 0;
        await using var node = await RecordedNode.ConnectAsync(Host.Address, Host.Token);

        foreach (var frame in Transcripts.All().Where(f => f.FromClient && f.Text("type") == "req" && f.Text("method") != "connect"))
        {
            var method = frame.Text("method");
            requests++;
            var parameters = frame.Frame.TryGetProperty("params", out var given) ? JsonNode.Parse(given.GetRawText())!.AsObject() : null;
            // The ids of a transcript that only the recorded gateway has.
            parameters?.Remove("sessionId");
            parameters?.Remove("expectedLeafEntryId");
            if (method == "node.pair.approve") parameters!["requestId"] = (await Owner.AskAsync("node.pair.list")).GetProperty("pending")[0].GetProperty("requestId").GetString();
            if (parameters?.ContainsKey("nodeId") == true) parameters["nodeId"] = RecordedNode.Key.Id;
            var client = frame.Transcript == RecordedNode.Transcript && IsNodesOwn(method) ? node.Client : Owner;
            var response = await client.RequestAsync(method, parameters);
            var answeredToo = answeredThere.Contains((frame.Transcript, frame.Connection, frame.Text("id")));
            if (response.GetProperty("ok").GetBoolean() == answeredToo) asThere++;
            faults.AddRange(fields.Validate("ResponseFrame", response).Select(f => $"{method}: {f}"));
            if (!response.GetProperty("ok").GetBoolean())
            {
                unanswered[method] = unanswered.GetValueOrDefault(method) + 1;
                if (answeredToo && advertised.Contains(method) && !AboutOthersState.Contains(method)) faults.Add($"{method}: {response.GetProperty("error")}");
                continue;
            }
            answered++;
            var payload = response.GetProperty("payload");
            var result = WireFields.ResultOf(method);
            if (fields.Has(result))
            {
                byReference++;
                faults.AddRange(fields.Validate(result, payload).Select(f => $"{method}: {f}"));
            }
            else if (method == "system-presence")
            {
                byReference++;
                faults.AddRange(payload.EnumerateArray().SelectMany(entry => fields.Validate("PresenceEntry", entry)));
            }
            else if (real.TryGetValue(method, out var answers))
            {
                byTranscript++;
                faults.AddRange(Unknown(fields, payload, answers, method));
            }
        }
        output.WriteLine($"figure: replay: {requests} requests of real clients, {answered} answered ({asThere} answered or refused as the recorded gateway did), {byReference} checked against the reference's objects, {byTranscript} against the real answers' fields");
        output.WriteLine($"not answered: {string.Join(", ", unanswered.Select(u => $"{u.Key} {u.Value}"))}");
        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct().Take(40)));
        Assert.True(node.Invocations == 4, $"{node.Invocations} of 4 invocations reached the node");
        Assert.True(byReference >= 70 && byTranscript >= 160, $"{byReference} and {byTranscript}");
    }

    [SharedFact(Transcripts.Folder)]
    public async Task Hello_And_Events_HaveNoFieldThatTheRealOnesLack()
    {
        var fields = WireFields.Read();
        var hellos = Transcripts.All().Where(f => !f.FromClient && f.Frame.TryGetProperty("payload", out var p) && p.ValueKind == JsonValueKind.Object && p.TryGetProperty("features", out _))
            .Select(f => f.Frame.GetProperty("payload")).ToList();
        var faults = Unknown(fields, Owner.Hello, hellos, "hello").ToList();
        faults.AddRange(fields.Validate("Snapshot", Owner.Hello.GetProperty("snapshot")));

        await Owner.AskAsync("sessions.subscribe");
        await SayAsync("hi", "r1");
        var seen = new HashSet<string>();
        var realEvents = Transcripts.All().Where(f => !f.FromClient && f.Text("type") == "event").ToLookup(f => f.Text("event"), f => f.Frame.GetProperty("payload"));
        for (var settled = false; !settled;)
        {
            var frame = await Owner.Events.ReadAsync();
            var (name, payload) = (frame.GetProperty("event").GetString()!, frame.GetProperty("payload"));
            seen.Add(name);
            faults.AddRange(fields.Validate("EventFrame", frame).Select(f => $"{name}: {f}"));
            if (name == "chat") faults.AddRange(fields.Validate("ChatEvent", payload).Select(f => $"{name}: {f}"));
            if (realEvents.Contains(name)) faults.AddRange(Unknown(fields, payload, [.. realEvents[name]], name));
            settled = payload.TryGetProperty("reason", out var reason) && reason.GetString() == "agent.input.settled";
        }
        Assert.Superset(new HashSet<string> { "agent", "chat", "session.message", "sessions.changed" }, seen);
        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct().Take(40)));
    }

    private static bool IsNodesOwn(string method) => method is "node.event" or "node.invoke.result" or "node.skills.update" or "node.pluginTools.update" or "node.runnerInventory.update";

    private static (Dictionary<string, List<JsonElement>> Payloads, HashSet<(string, int, string)> Answered) RealAnswers()
    {
        var answered = new HashSet<(string, int, string)>();
        var methods = new Dictionary<(string, int, string), string>();
        var answers = new Dictionary<string, List<JsonElement>>();
        foreach (var frame in Transcripts.All())
        {
            var key = (frame.Transcript, frame.Connection, frame.Text("id"));
            if (frame.FromClient && frame.Text("type") == "req") methods[key] = frame.Text("method");
            else if (!frame.FromClient && frame.Text("type") == "res" && frame.Frame.GetProperty("ok").GetBoolean() && methods.TryGetValue(key, out var method))
            {
                if (!answers.TryGetValue(method, out var list)) answers[method] = list = [];
                list.Add(frame.Frame.GetProperty("payload"));
                answered.Add(key);
            }
        }
        return (answers, answered);
    }

    /// <summary>Fields of ours that no real answer has. Where real objects were empty, any name could be one.</summary>
    private static IEnumerable<string> Unknown(WireFields fields, JsonElement ours, IReadOnlyList<JsonElement> real, string at)
    {
        // A session's row is an object of the reference, wherever it stands, and what defaults there are depends on what was configured.
        if (at.EndsWith(".session", StringComparison.Ordinal) || at.EndsWith(".sessionInfo", StringComparison.Ordinal) || at.EndsWith(".sessions[]", StringComparison.Ordinal))
            return ours.TryGetProperty("snapshotAt", out _) ? fields.Validate("SessionRow", ours).Select(f => $"{at}: {f}") : [];
        if (at.EndsWith(".defaults", StringComparison.Ordinal)) return [];
        // Counts by a name that is ours to give.
        if (at.EndsWith(".byType", StringComparison.Ordinal)) return [];
        // What can be configured is each product's own.
        if (at.StartsWith("config.", StringComparison.Ordinal) && (at.EndsWith(".config", StringComparison.Ordinal) || at.EndsWith(".runtimeConfig", StringComparison.Ordinal))) return [];
        if (ours.ValueKind == JsonValueKind.Array)
        {
            var items = real.Where(r => r.ValueKind == JsonValueKind.Array).SelectMany(r => r.EnumerateArray()).ToList();
            return items.Count == 0 ? [] : ours.EnumerateArray().SelectMany(item => Unknown(fields, item, items, $"{at}[]"));
        }
        if (ours.ValueKind != JsonValueKind.Object) return [];
        var objects = real.Where(r => r.ValueKind == JsonValueKind.Object && r.EnumerateObject().Any()).ToList();
        if (objects.Count == 0) return [];
        return ours.EnumerateObject().Where(property => !AlsoInTheProtocol.Contains(property.Name)).SelectMany(property =>
        {
            var inner = objects.Where(o => o.TryGetProperty(property.Name, out _)).Select(o => o.GetProperty(property.Name)).ToList();
            return inner.Count == 0 ? [$"{at}.{property.Name} is no field of the real one"] : Unknown(fields, property.Value, inner, $"{at}.{property.Name}");
        });
    }
}
