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
    // PROTOCOL.md has these too (§5: models.list, chat.startup, node.list); what was recorded happens to lack them.
    private static readonly HashSet<string> AlsoInTheProtocol = ["input", "local", "manualSelectionAllowed", "agentsList", "hostStats"];

    // Objects of the reference inside answers that are none as a whole.
    private static readonly (string Method, string Path, string Object)[] Parts =
    [
        ("agent.identity.get", "", "AgentIdentityResult"), ("board.get", "", "BoardSnapshot"), ("plugins.controlUi.list", "", "PluginsControlUiCatalog"),
        ("sessions.github.options", "", "SessionGitHubOptionsResult"), ("system-presence", "[]", "PresenceEntry"), ("system.info", "processMemory", "GatewayProcessMemory"),
        ("sessions.list", "sessions[]", "SessionRow"), ("sessions.describe", "session", "SessionRow"), ("sessions.subscribe", "list.sessions[]", "SessionRow"),
        ("chat.history", "sessionInfo", "SessionRow"), ("chat.startup", "sessionInfo", "SessionRow"), ("chat.startup", "agentsList", "AgentsListResult"),
    ];

    // What ours does otherwise than the recorded gateway, and why.
    private static readonly Dictionary<string, string> Otherwise = new()
    {
        ["plugin.surface.refresh"] = "there are no plugins here",
        ["node.event"] = "the recorded node had just been approved by another client",
    };

    [SharedFact(Transcripts.Folder)]
    public async Task Requests_OfEveryTranscript_GetAnswersOfTheReferencesShape()
    {
        var fields = WireFields.Read();
        var (real, there) = RealAnswers();
        var faults = new List<string>();
        var refused = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int requests = 0, answered = 0, asThere = 0, byReference = 0, byTranscript = 0;
        await using var node = await RecordedNode.ConnectAsync(Host.Address, Host.Token);
        await using var clients = new RecordedClients(Host.Address, Host.Token);

        foreach (var frame in Transcripts.All().Where(f => f.FromClient && f.Text("type") == "req" && f.Text("method") != "connect"))
        {
            var method = frame.Text("method");
            requests++;
            var parameters = frame.Frame.TryGetProperty("params", out var given) ? JsonNode.Parse(given.GetRawText())!.AsObject() : null;
            // The ids of a transcript that only the recorded gateway has.
            parameters?.Remove("sessionId");
            parameters?.Remove("expectedLeafEntryId");
            if (method == "node.pair.approve") parameters!["requestId"] = (await Owner.AskAsync("node.pair.list")).GetProperty("pending")[0].GetProperty("requestId").GetString();
            if (method == "exec.approval.get") await Owner.AskAsync("exec.approval.request", new JsonObject { ["id"] = (string?)parameters!["id"], ["command"] = "make", ["twoPhase"] = true });
            if (parameters?.ContainsKey("nodeId") == true) parameters["nodeId"] = RecordedNode.Key.Id;
            var client = frame.Transcript == RecordedNode.Transcript && IsNodesOwn(method) ? node.Client : await clients.OfAsync(frame);
            var response = await client.RequestAsync(method, parameters);
            faults.AddRange(fields.Validate("ResponseFrame", response).Select(f => $"{method}: {f}"));
            var outcome = response.GetProperty("ok").GetBoolean() ? "ok" : Code(response);
            // One request was never answered there: its client had gone.
            if (!there.TryGetValue((frame.Transcript, frame.Connection, frame.Text("id")), out var recorded) || recorded == outcome) asThere++;
            else if (!Otherwise.ContainsKey(method)) faults.Add($"{frame.Transcript}: {method}: {outcome}, there {recorded}: {(outcome == "ok" ? "" : response.GetProperty("error"))}");
            if (outcome != "ok")
            {
                refused[method] = refused.GetValueOrDefault(method) + 1;
                byReference++;
                faults.AddRange(fields.Validate("ErrorShape", response.GetProperty("error")).Select(f => $"{method}: {f}"));
                if (response.GetProperty("error").TryGetProperty("details", out var details) && details.GetProperty("code").GetString() == "MISSING_SCOPE") faults.AddRange(fields.Validate("MissingScopeErrorDetails", details));
                continue;
            }
            answered++;
            var payload = response.GetProperty("payload");
            var result = WireFields.ResultOf(method);
            var parts = Parts.Where(p => p.Method == method).Select(p => (p.Path, p.Object)).ToList();
            if (fields.Has(result)) parts = [("", result)];
            var found = parts.SelectMany(part => At(payload, part.Path).Select(value => (part.Object, value))).ToList();
            faults.AddRange(found.SelectMany(f => fields.Validate(f.Object, f.value)).Select(f => $"{method}: {f}"));
            if (parts.Count > 0 && (found.Count > 0 || parts.Any(p => p.Path.EndsWith("[]", StringComparison.Ordinal)))) byReference++;
            if (parts.Any(p => p.Path is "" or "[]")) continue;
            if (!real.TryGetValue(method, out var answers)) continue;
            faults.AddRange(Unknown(fields, payload, answers, method));
            byTranscript++;
        }
        output.WriteLine($"figure: replay: {requests} requests of real clients as the clients they came from, {asThere} answered or refused as the recorded gateway did ({answered} answered); {byReference} checked against the reference's objects, {byTranscript} against the real answers' fields");
        output.WriteLine($"refused: {string.Join(", ", refused.Select(u => $"{u.Key} {u.Value}"))}");
        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct().Take(40)));
        Assert.True(node.Invocations == 4, $"{node.Invocations} of 4 invocations reached the node");
        Assert.True(asThere >= requests - 3 && byReference >= 145 && byTranscript >= 160, $"{asThere} of {requests}, {byReference} and {byTranscript}");
    }

    // The values at a path: "a.b", and "[]" for every item.
    private static IEnumerable<JsonElement> At(JsonElement value, string path)
    {
        IEnumerable<JsonElement> at = [value];
        foreach (var step in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = step.Replace("[]", "", StringComparison.Ordinal);
            if (name.Length > 0) at = at.Where(v => v.ValueKind == JsonValueKind.Object && v.TryGetProperty(name, out var inner) && inner.ValueKind != JsonValueKind.Null).Select(v => v.GetProperty(name));
            if (step.EndsWith("[]", StringComparison.Ordinal)) at = at.SelectMany(v => v.EnumerateArray());
        }
        return at;
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

    /// <summary>The real answers by method, and how each request ended: <c>ok</c>, or the code of the first answer's error.</summary>
    private static (Dictionary<string, List<JsonElement>> Payloads, Dictionary<(string, int, string), string> Outcomes) RealAnswers()
    {
        var outcomes = new Dictionary<(string, int, string), string>();
        var methods = new Dictionary<(string, int, string), string>();
        var answers = new Dictionary<string, List<JsonElement>>();
        foreach (var frame in Transcripts.All())
        {
            var key = (frame.Transcript, frame.Connection, frame.Text("id"));
            if (frame.FromClient && frame.Text("type") == "req") methods[key] = frame.Text("method");
            else if (!frame.FromClient && frame.Text("type") == "res" && methods.TryGetValue(key, out var method))
            {
                var isOk = frame.Frame.GetProperty("ok").GetBoolean();
                outcomes.TryAdd(key, isOk ? "ok" : Code(frame.Frame));
                if (!isOk) continue;
                if (!answers.TryGetValue(method, out var list)) answers[method] = list = [];
                list.Add(frame.Frame.GetProperty("payload"));
            }
        }
        return (answers, outcomes);
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
