using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using TestKit;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>
/// Days of the published binary by what happens in them, for its clock cannot be turned: people who come and go, talk and have tools called,
/// jobs, notes, files that change, conversations that begin anew, a full log. What the kernel says of its memory, threads and open files must not
/// grow with them. (Heartbeats, expiry and the ticks of a day are in Appliance.Tests, on a clock that can be turned.)
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const int HoursOfADay = 24;
    private const double MB = 1 << 20;

    [SharedFact(StoryModel.Reference)]
    public Task Hours_Four_LeaveThreadsAndFilesAsTheyWere() => LiveAsync(warmUp: 2, hours: 4, mostPerDay: null);

    [SharedFact(StoryModel.Reference), Trait("Speed", "Slow")]
    public Task Days_Five_TakeLessThanAMegabyteEach() => LiveAsync(warmUp: 2 * HoursOfADay, hours: 5 * HoursOfADay, mostPerDay: MB);

    private async Task LiveAsync(int warmUp, int hours, double? mostPerDay)
    {
        using var home = new TemporaryFolder();
        var import = await ApplianceBinary.RunAsync(home.Path, "models", "import", Shared.Find(StoryModel.Reference.Split('/'))!, "--as", "story");
        Assert.True(import.ExitCode == 0, import.Error);
        await using var server = await SocketTests.StartAsync(home.Path, Token);
        await using var owner = await GatewayClient.ConnectAsync(server.Client.BaseAddress!, Token);
        var job = (await owner.AskAsync("cron.add", JsonNode.Parse("""{"name":"look","schedule":{"kind":"every","everyMs":86400000},"sessionTarget":"isolated","wakeMode":"now","payload":{"kind":"agentTurn","message":"Once"}}"""))).GetProperty("id").GetString();
        List<(double Day, double Bytes, double Threads, double Files)> samples = [];
        var clock = Stopwatch.StartNew();
        for (var hour = 0; hour < warmUp + hours; hour++)
        {
            await HourAsync(server, owner, home.Path, job!, hour);
            if (hour >= warmUp) samples.Add(Sample(server.Process, hour / (double)HoursOfADay));
        }
        var (bytes, threads, files) = (Slope(s => s.Bytes), Slope(s => s.Threads), Slope(s => s.Files));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"figure: soak of the published file: {hours / (double)HoursOfADay:0.0} days after {warmUp / (double)HoursOfADay:0.0} in {clock.Elapsed.TotalSeconds:0} s: {bytes / 1024:0} KB resident, {threads:0.0} threads, {files:0.0} open files more a day; at the end {samples[^1].Bytes / MB:0.0} MB, {samples[^1].Threads:0} threads, {samples[^1].Files:0} files"));
        Assert.InRange(samples[^1].Threads - samples[0].Threads, int.MinValue, 8);
        Assert.InRange(samples[^1].Files - samples[0].Files, int.MinValue, 8);
        if (mostPerDay is { } most) Assert.InRange(bytes, double.MinValue, most);

        double Slope(Func<(double Day, double Bytes, double Threads, double Files), double> of) => Trend.Slope([.. samples.Select(s => (s.Day, of(s)))]);
    }

    private static async Task HourAsync(RunningServer server, GatewayClient owner, string home, string job, int hour)
    {
        var session = $"agent:main:day{hour / 12 % 2}";
        for (var i = 0; i < 4; i++)
        {
            await using var client = await GatewayClient.ConnectAsync(server.Client.BaseAddress!, Token);
            await client.AskAsync("health");
            var run = $"run-{hour}-{i}";
            await client.AskAsync("chat.send", new JsonObject { ["sessionKey"] = session, ["message"] = "Once", ["idempotencyKey"] = run });
            await client.EventAsync("chat", c => c.GetProperty("runId").GetString() == run && c.GetProperty("state").GetString() is "final" or "error" or "aborted");
            await client.AskAsync("chat.history", new JsonObject { ["sessionKey"] = session });
        }
        // Once a day: days pass so fast here that more would lock this address out, and the owner's programs with it.
        await using (var stranger = hour % HoursOfADay == 0 ? await GatewayClient.OpenAsync(server.Client.BaseAddress!) : null)
            if (stranger is not null) Assert.False((await stranger.RequestAsync("connect", GatewayClient.Owner("wrong"))).GetProperty("ok").GetBoolean());
        var started = await owner.AskAsync("cron.run", new JsonObject { ["id"] = job, ["mode"] = "force" });
        await owner.EventAsync("cron", e => e.GetProperty("action").GetString() == "finished" && e.GetProperty("runId").GetString() == started.GetProperty("runId").GetString());
        await InvokeAsync(server, "time", []);
        await InvokeAsync(server, "read", new JsonObject { ["path"] = "HEARTBEAT.md" });
        await InvokeAsync(server, "memory_search", new JsonObject { ["query"] = "where is the key?" });
        await File.AppendAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(home, "agents", "main", "workspace", "memory")).FullName, $"day{hour / HoursOfADay}.md"), $"- In hour {hour % 24} somebody brought the key {hour % 50} back.\n");
        if (hour % 12 == 11) await owner.AskAsync("sessions.reset", new JsonObject { ["key"] = session });
        if (hour % 8 == 7) FillLog(Path.Combine(home, "logs", "gateway.jsonl"));
        while (owner.Events.TryRead(out _)) { }
    }

    private static async Task InvokeAsync(RunningServer server, string tool, JsonObject arguments)
    {
        using var answer = await server.Client.PostAsJsonAsync(new Uri("/tools/invoke", UriKind.Relative), new JsonObject { ["tool"] = tool, ["args"] = arguments });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static void FillLog(string path)
    {
        using var log = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        for (var line = 0; line < 70_000; line++) log.Write("{\"time\":\"2026-01-02T00:00:00Z\",\"level\":\"info\",\"message\":\"padding\"}\n"u8);
    }

    private static (double Day, double Bytes, double Threads, double Files) Sample(Process process, double day)
    {
        var folder = $"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}";
        var resident = File.ReadLines($"{folder}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return (day, double.Parse(resident[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024, Directory.GetDirectories($"{folder}/task").Length, Directory.GetFileSystemEntries($"{folder}/fd").Length);
    }
}
