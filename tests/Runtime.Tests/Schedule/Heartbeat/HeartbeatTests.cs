using Microsoft.Extensions.AI;
using Runtime.Agents.Turns;
using Runtime.Schedule.Heartbeat;
using Runtime.Schedule.Jobs;
using Runtime.Tests.Agents.Turns;
using TestKit;

namespace Runtime.Tests.Schedule.Heartbeat;

public sealed class HeartbeatTests : IDisposable
{
    private readonly TurnBench _bench = new();
    private readonly TemporaryFolder _folder = new();
    private readonly JobBook _book;
    private readonly ManualTime _time = new();
    private HeartbeatSettings _settings = new();
    private bool _rests;

    public HeartbeatTests() => _book = new JobBook(_folder.Path, _time, _ => { });

    public void Dispose()
    {
        _book.Dispose();
        _bench.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("# Heartbeat\n\n<!-- what the agent\ndoes by itself -->\n\n- [ ]\n## Daily\n")]
    public async Task Beat_WithNothingToDo_AsksNoModel(string? file)
    {
        Write(file);
        var happened = await Beats.BeatAsync(_bench.Agents.Default);
        Assert.Equal(("skipped", "empty-heartbeat-file", 0L), (happened.Status, happened.Reason, happened.Tokens));
        Assert.Empty(_bench.Models.Asked);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("HEARTBEAT_OK", "ok-token", null)]
    [InlineData("**HEARTBEAT_OK**.", "ok-token", null)]
    [InlineData("All quiet. HEARTBEAT_OK", "ok-token", null)]
    [InlineData("The disk is full.", "sent", "The disk is full.")]
    public async Task Beat_WithWork_TellsOnlyWhatIsToBeTold(string answer, string status, string? shown)
    {
        Write("- look at the disk");
        _bench.Models.Script(_ => [new TextContent(answer)]);
        var happened = await Beats.BeatAsync(_bench.Agents.Default);
        Assert.Equal((status, shown), (happened.Status, happened.Text));
        Assert.Contains("look at the disk", _bench.Models.Asked[^1].Messages[^1].Text, StringComparison.Ordinal);
        // Each begins with nothing.
        await Beats.BeatAsync(_bench.Agents.Default);
        Assert.Equal(2, _bench.Agents.Default.Sessions.Find("agent:main:heartbeat")!.Read().Count);
    }

    [Fact]
    public async Task Beat_AfterItsBudgetOrInQuietHours_IsSkipped()
    {
        Write("- look at the disk");
        _settings = new() { TokensPerDay = 1 };
        _book.Notes.Spend("main", "2026-01-02", 1, 0);
        Assert.Equal("token-budget", (await Beats.BeatAsync(_bench.Agents.Default)).Reason);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("sent", (await Beats.BeatAsync(_bench.Agents.Default)).Status);

        // It is 03:04 in UTC.
        _settings = new() { ActiveFrom = new(8, 0), ActiveTo = new(22, 0), Zone = "UTC" };
        Assert.Equal("quiet-hours", (await Beats.BeatAsync(_bench.Agents.Default)).Reason);
        _settings = _settings with { Zone = "Asia/Tokyo" };
        Assert.Equal("sent", (await Beats.BeatAsync(_bench.Agents.Default)).Status);
        _settings = _settings with { ActiveFrom = new(22, 0), ActiveTo = new(4, 0), Zone = "UTC" };
        Assert.Equal("sent", (await Beats.BeatAsync(_bench.Agents.Default)).Status);
        _rests = true;
        Assert.Equal("machine-spared", (await Beats.BeatAsync(_bench.Agents.Default)).Reason);
    }

    [Fact]
    public async Task Beat_WithSomethingLeftForIt_TellsItOnce()
    {
        _book.Notes.Leave("main", "the door opened", 1);
        await Beats.BeatAsync(_bench.Agents.Default);
        Assert.Contains("the door opened", Assert.Single(_bench.Models.Asked).Messages[^1].Text, StringComparison.Ordinal);
        Assert.True(_bench.Events.OfType<TurnAccepted>().Single().Turn.Origin.IsTainted);
        Assert.Equal("empty-heartbeat-file", (await Beats.BeatAsync(_bench.Agents.Default)).Reason);
    }

    [Fact]
    public async Task Beat_WhileSomebodyWaits_IsSkipped()
    {
        Write("- look at the disk");
        _bench.Models.Answer = (_, cancellation) => ScriptedModels.SayAndHang("so far", cancellation);
        var turn = _bench.Turns.Start(_bench.Main, "r1", "hello")!;
        Assert.Equal("requests-in-flight", (await Beats.BeatAsync(_bench.Agents.Default)).Reason);
        turn.Abort();
        Assert.Equal(TurnStatus.Aborted, (await turn.Result).Status);
    }

    private Heartbeats Beats => new(_bench.Agents, _bench.Turns, _book.Notes, () => _settings, _time) { Rests = () => _rests };

    private void Write(string? file)
    {
        if (file is null) return;
        Directory.CreateDirectory(_bench.Workspace);
        File.WriteAllText(Path.Combine(_bench.Workspace, "HEARTBEAT.md"), file);
    }
}
