using System.Text.Json;
using TestKit;

namespace Clients;

/// <summary>
/// The 26 invocations of PROTOCOL.md §8 with the unchanged openclaw program: each exits 0, and what it prints is what our own gateway says.
/// The TUI, the Control UI, the node host and the doctor, which that table has too, have tests of their own.
/// </summary>
public sealed class InvocationTests(InvocationFixture fixture) : IClassFixture<InvocationFixture>
{
    private delegate Task Check(InvocationFixture box, OpenClaw claw);

    private static readonly Dictionary<string, Check> Rows = new()
    {
        ["gateway call health --url --token"] = async (box, claw) => Facts.Same(await box.AskAsync("health"), await claw.CallAsync("health")),
        ["health [--json] (config gateway.mode=remote)"] = async (box, claw) =>
        {
            Facts.Same(await box.AskAsync("health"), await claw.AskAsync("health", "--json"));
            await claw.RunAsync("health");
        },
        ["status [--json]"] = async (box, claw) =>
        {
            var (ours, theirs) = (await box.AskAsync("status"), await claw.AskAsync("status", "--json"));
            Facts.Same(ours, theirs, "runtimeVersion", "heartbeat", "sessions", "tasks");
            Assert.True(theirs.GetProperty("gateway").GetProperty("reachable").GetBoolean(), theirs.ToString());
            Assert.Contains("reachable", await claw.RunAsync("status"), StringComparison.Ordinal);
        },
        ["status --all"] = async (box, claw) =>
        {
            // Agents and sessions in it are those of the program's own home; of the gateway it says where it is, whether it is there, and its channels.
            var text = await claw.RunAsync("status", "--all");
            Assert.Contains($"{claw.ByArguments[1]} (config gateway.remote.url) · reachable", text, StringComparison.Ordinal);
            Assert.Equal("telegram", Assert.Single((await box.AskAsync("channels.status")).GetProperty("channelOrder").EnumerateArray()).GetString());
            Assert.Contains("Channel issues (none)", text, StringComparison.Ordinal);
        },
        ["gateway status --url"] = async (box, claw) =>
        {
            var theirs = await claw.AskAsync(["gateway", "status", "--json", .. claw.ByArguments]);
            Assert.Equal(Server(box).GetProperty("version").GetString(), theirs.GetProperty("gateway").GetProperty("version").GetString());
            Assert.Contains("Connectivity probe: ok", await claw.RunAsync(["gateway", "status", .. claw.ByArguments]), StringComparison.Ordinal);
        },
        ["gateway probe --url"] = async (box, claw) =>
        {
            var target = (await claw.AskAsync(["gateway", "probe", "--json", .. claw.ByArguments])).GetProperty("targets")[0];
            Assert.True(target.GetProperty("connect").GetProperty("ok").GetBoolean(), target.ToString());
            Assert.Equal(Server(box).GetProperty("version").GetString(), target.GetProperty("server").GetProperty("version").GetString());
            // Who proves nothing but the token, and only probes, is told that somebody is there and no more.
            Assert.Equal(("operator", 0), (target.GetProperty("auth").GetProperty("role").GetString(), target.GetProperty("auth").GetProperty("scopes").GetArrayLength()));
        },
        ["gateway call sessions.list"] = async (box, claw) => Facts.Same(await box.AskAsync("sessions.list", """{"limit":5}"""), await claw.CallAsync("sessions.list", """{"limit":5}""")),
        ["chat.history"] = async (box, claw) =>
        {
            const string plans = """{"sessionKey":"agent:main:plans"}""";
            var ours = await box.AskAsync("chat.history", plans);
            Assert.Equal(2, ours.GetProperty("messages").GetArrayLength());
            Facts.Same(ours, await claw.CallAsync("chat.history", plans));
        },
        ["agent --agent main -m … [--json]"] = async (box, claw) =>
        {
            var answer = await claw.AskAsync("agent", "--agent", "main", "-m", "Once upon a time", "--json");
            Assert.Equal("ok", answer.GetProperty("status").GetString());
            Assert.Equal("story", answer.GetProperty("result").GetProperty("meta").GetProperty("agentMeta").GetProperty("model").GetString());
            var printed = (await claw.RunAsync("agent", "--agent", "main", "-m", "And then")).Trim();
            var said = (await box.AskAsync("chat.history", """{"sessionKey":"main"}""")).GetProperty("messages").EnumerateArray().Where(m => m.GetProperty("role").GetString() == "assistant").Select(Text).ToArray();
            Assert.Contains(answer.GetProperty("result").GetProperty("payloads")[0].GetProperty("text").GetString(), said);
            Assert.Equal(said[^1].Trim(), printed);
        },
        ["models list"] = async (box, claw) =>
        {
            var ours = (await box.AskAsync("models.list")).GetProperty("models").EnumerateArray().Select(m => $"local/{m.GetProperty("id").GetString()}");
            Assert.Equal(ours, Facts.Each((await claw.AskAsync("models", "list", "--json")).GetProperty("models"), "key"));
        },
        ["skills list"] = async (box, claw) =>
        {
            var (ours, theirs) = ((await box.AskAsync("skills.status")).GetProperty("skills"), (await claw.AskAsync("skills", "list", "--json")).GetProperty("skills"));
            Assert.NotEmpty(ours.EnumerateArray());
            Assert.Equal(Usable(ours), Usable(theirs));
        },
        ["cron list"] = async (box, claw) =>
        {
            var (ours, theirs) = (await box.AskAsync("cron.list"), await claw.AskAsync("cron", "list", "--json"));
            Assert.Equal(ours.GetProperty("total").GetInt32(), theirs.GetProperty("jobs").GetArrayLength());
            foreach (var (our, their) in ours.GetProperty("jobs").EnumerateArray().Zip(theirs.GetProperty("jobs").EnumerateArray())) Facts.Same(our, their, "id", "name", "enabled", "schedule", "payload");
        },
        ["cron status"] = async (box, claw) => Facts.Same(await box.AskAsync("cron.status"), await claw.AskAsync("cron", "status", "--json"), "enabled", "jobs", "storePath"),
        ["cron add"] = async (box, claw) =>
        {
            var added = await claw.AskAsync("cron", "add", "--name", "stretch", "--every", "9h", "--message", "hi", "--json");
            var ours = (await box.AskAsync("cron.list")).GetProperty("jobs").EnumerateArray().Single(job => job.GetProperty("id").GetString() == added.GetProperty("id").GetString());
            Assert.Equal(9 * 3_600_000, ours.GetProperty("schedule").GetProperty("everyMs").GetInt64());
            Facts.Same(ours, added, "name", "schedule", "payload", "configRevision");
        },
        ["channels status"] = async (box, claw) => Facts.Same(await box.AskAsync("channels.status"), await claw.AskAsync("channels", "status", "--json")),
        ["nodes status"] = async (box, claw) =>
        {
            var (ours, theirs) = ((await box.AskAsync("node.list")).GetProperty("nodes"), (await claw.AskAsync("nodes", "status", "--json")).GetProperty("nodes"));
            Facts.Same(Assert.Single(ours.EnumerateArray()), Assert.Single(theirs.EnumerateArray()), "nodeId", "displayName", "commands", "approvalState", "paired", "connected", "connectedAtMs");
        },
        ["nodes list"] = async (box, claw) =>
        {
            var (ours, theirs) = (await box.AskAsync("node.pair.list"), await claw.AskAsync("nodes", "list", "--json"));
            Assert.Equal(Facts.Each(ours.GetProperty("pending"), "requestId"), Facts.Each(theirs.GetProperty("pending"), "requestId"));
            Assert.Equal(new DeviceKey(34).Id, Assert.Single(Facts.Each(theirs.GetProperty("paired"), "nodeId")));
        },
        ["devices list"] = async (box, claw) =>
        {
            var (ours, theirs) = (await box.AskAsync("device.pair.list"), await claw.AskAsync("devices", "list", "--json"));
            Assert.Contains(new DeviceKey(33).Id, Facts.Each(ours.GetProperty("paired"), "deviceId"));
            Assert.Equal(Facts.Each(ours.GetProperty("paired"), "deviceId").Order(), Facts.Each(theirs.GetProperty("paired"), "deviceId").Order());
            Assert.Equal(Facts.Each(ours.GetProperty("pending"), "requestId"), Facts.Each(theirs.GetProperty("pending"), "requestId"));
        },
        ["approvals get --gateway"] = async (box, claw) =>
            Facts.Same(await box.AskAsync("exec.approvals.get"), await claw.AskAsync("approvals", "get", "--gateway", "--json"), "path", "exists", "hash", "file", "resolvedDefaults"),
        ["logs --limit"] = async (box, claw) =>
        {
            var printed = (await claw.RunAsync("logs", "--limit", "20", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))
                .Where(line => line.GetProperty("type").GetString() == "log").Select(line => line.GetProperty("raw").GetString()!).ToArray();
            Assert.InRange(printed.Length, 1, 20);
            Assert.Subset((await box.AskAsync("logs.tail", """{"limit":200}""")).GetProperty("lines").EnumerateArray().Select(line => line.GetString()!).ToHashSet(), printed.ToHashSet());
        },
        ["system presence"] = async (box, claw) =>
        {
            var ours = await box.AskAsync("system-presence");
            Assert.Equal(3, ours.GetArrayLength());
            Facts.Same(ours, await claw.AskAsync("system", "presence"));
        },
        ["system heartbeat last"] = async (box, claw) =>
        {
            var ours = await box.AskAsync("last-heartbeat");
            Assert.Equal(JsonValueKind.Object, ours.ValueKind);
            Facts.Same(ours, await claw.AskAsync("system", "heartbeat", "last"));
        },
        ["system event"] = async (box, claw) =>
        {
            await claw.RunAsync("system", "event", "--text", "the door opened", "--mode", "now");
            await box.SettledAsync();
            Assert.Contains("System event: the door opened", (await box.AskAsync("chat.history", """{"sessionKey":"main"}""")).GetProperty("messages").EnumerateArray().Select(Text));
        },
        ["gateway usage-cost"] = async (box, claw) =>
        {
            var ours = await box.AskAsync("usage.cost");
            Assert.True(ours.GetProperty("totals").GetProperty("totalTokens").GetInt64() > 0, ours.ToString());
            Facts.Same(ours, await claw.AskAsync("gateway", "usage-cost", "--json"), "days", "daily", "totals");
        },
        ["gateway stability"] = async (box, claw) =>
        {
            var ours = await box.AskAsync("diagnostics.stability", """{"limit":1000}""");
            Assert.True(ours.GetProperty("count").GetInt32() > 0, ours.ToString());
            Facts.Same(ours, await claw.AskAsync("gateway", "stability", "--json"), "capacity", "count", "dropped", "summary");
        },
        ["message send"] = async (box, claw) =>
        {
            var posted = await claw.AskAsync("message", "send", "--channel", "telegram", "--target", "4711", "--message", "The bread is ready.", "--json");
            Assert.Contains("77", posted.ToString(), StringComparison.Ordinal);
            var request = Assert.Single(box.Telegram.Requests);
            Assert.Equal("/bot1%3Atoken/sendMessage", request.Target);
            Assert.Equal("""{"chat_id":"4711","text":"The bread is ready."}""", System.Text.Encoding.UTF8.GetString(request.Body));
            // Webchat, which a gateway always has, the program looks for among its plugins alone, and ends before the gateway is asked.
            Assert.Contains("Unknown channel \"webchat\"", await claw.FailAsync("message", "send", "--channel", "webchat", "--target", "agent:main:plans", "--message", "hi"), StringComparison.Ordinal);
            // The same method by the same program, to a channel that is there, delivers.
            var sent = await claw.CallAsync("message.action", """{"channel":"webchat","action":"send","params":{"to":"agent:main:plans","message":"The oven is hot."},"idempotencyKey":"m1"}""");
            Assert.True(sent.GetProperty("ok").GetBoolean(), sent.ToString());
            Assert.Equal("The oven is hot.", (await box.AskAsync("chat.history", """{"sessionKey":"agent:main:plans"}""")).GetProperty("messages").EnumerateArray().Select(Text).Last());
        },
    };

    /// <summary>Their names, as the table has them.</summary>
    public static TheoryData<string> Invocations => new(Rows.Keys);

    [SharedTheory(ClientsFixture.Model)]
    [MemberData(nameof(Invocations))]
    public Task Invocation_ExitsWell_AndPrintsOurState(string invocation) => Rows[invocation](fixture, fixture.Claw);

    [SharedFact("protocol/PROTOCOL.md")]
    public void Invocations_AreAllOfTheTable()
    {
        var table = File.ReadLines(Shared.Find("protocol", "PROTOCOL.md")!).SkipWhile(line => !line.StartsWith("## 8.", StringComparison.Ordinal)).TakeWhile(line => !line.StartsWith("### ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).SelectMany(line => line[2..line.IndexOf(" | ", StringComparison.Ordinal)].Split(" / ")).Select(name => name.Replace("`", "", StringComparison.Ordinal).Trim())
            .ToHashSet();
        string[] elsewhere = ["doctor", "tui", "Control UI", "node run"];
        Assert.Superset(elsewhere.ToHashSet(), table);
        Assert.Equal(table.Except(elsewhere).Order(StringComparer.Ordinal), Rows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(26, Rows.Count);
    }

    private static JsonElement Server(InvocationFixture box) => box.Owner.Hello.GetProperty("server");

    private static string Text(JsonElement message) => message.GetProperty("content")[0].GetProperty("text").GetString()!;

    private static IEnumerable<(string?, bool)> Usable(JsonElement skills) => skills.EnumerateArray().Select(skill => (skill.GetProperty("name").GetString(), skill.GetProperty("eligible").GetBoolean())).Order();
}
