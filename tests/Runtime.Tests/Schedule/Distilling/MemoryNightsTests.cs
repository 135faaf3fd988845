using Microsoft.Extensions.AI;
using Models.Embedding;
using Runtime.Agents;
using Runtime.Memory;
using Runtime.Schedule.Distilling;
using Runtime.Schedule.Jobs;
using Runtime.Tests.Agents.Turns;
using TestKit;

namespace Runtime.Tests.Schedule.Distilling;

public sealed class MemoryNightsTests : IDisposable
{
    // It is 03:04 on the second of January.
    private readonly ManualTime _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly JobBook _book;
    private readonly List<NightEvent> _happened = [];
    private TurnBench _bench = new(new AgentSettings { Model = "scripted" });
    private MemoryBook? _memories;
    private NightSettings _settings = new();

    public MemoryNightsTests() => _book = new JobBook(_folder.Path, _time, _ => { });

    public void Dispose()
    {
        _memories?.Dispose();
        _book.Dispose();
        _bench.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Look_AtNight_DistillsWhatIsThereAndTellsOfIt()
    {
        Note("2026-01-01", "the boiler is old");
        _bench.Models.Script(_ => [new TextContent("- the boiler is old")]);
        using var nights = Nights();
        await nights.LookAsync();
        Assert.Equal(("main", "done", 1, 7L), _happened is [var one] ? (one.AgentId, one.Status, one.Days, one.Tokens) : default);
        Assert.Contains("- the boiler is old <!-- distilled from 2026-01-01 -->", _bench.Text("MEMORY.md"), StringComparison.Ordinal);

        await nights.LookAsync();
        Assert.Single(_bench.Models.Asked);
        Assert.Single(_happened);
    }

    [Fact]
    public async Task Look_ByDayOrSwitchedOffOrOverBudget_AsksNoModel()
    {
        Note("2026-01-01", "the boiler is old");
        using var nights = Nights();
        _settings = new() { IsOn = false };
        await nights.LookAsync();
        _settings = new() { TokensPerNight = 10 };
        _book.Notes.Spend("main memory", "night 2026-01-02", 10, 0);
        Assert.Equal("token-budget", Assert.Single(await nights.RunAsync(_bench.Agents.Default, isAsked: false)).Reason);
        _settings = new();
        _time.Advance(TimeSpan.FromHours(9));
        await nights.LookAsync();
        Assert.Empty(_bench.Models.Asked);

        // The night after makes up for it.
        _time.Advance(TimeSpan.FromHours(16));
        await nights.LookAsync();
        Assert.Single(_bench.Models.Asked);
    }

    [Fact]
    public async Task Look_WithoutAModel_RestsUntilSomebodyAsks()
    {
        _bench.Dispose();
        _bench = new TurnBench();
        Note("2026-01-01", "the boiler is old");
        using var nights = Nights();
        Assert.Equal("no-model", Assert.Single(await nights.RunAsync(_bench.Agents.Default, isAsked: false)).Reason);
        Assert.False(File.Exists(Path.Combine(_bench.Workspace, "MEMORY.md")));
        Assert.Equal(1, Assert.Single(await nights.RunAsync(_bench.Agents.Default, isAsked: true)).Days);
        Assert.Contains("the boiler is old", _bench.Text("MEMORY.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_OldNotesThatWereDistilled_AreArchivedAndFoundNoMore()
    {
        Note("2025-11-01", "long ago there was a flood");
        Note("2025-12-30", "the boiler is old");
        Note("2026-01-01", "the cat is grey");
        _settings = new() { KeepDays = 30 };
        _bench.Models.Script(_ => [new TextContent("NOTHING")]);
        using var nights = Nights();
        await nights.LookAsync();
        Assert.Equal(1, Assert.Single(_happened).Archived);
        Assert.True(File.Exists(Path.Combine(_bench.Workspace, "memory/.archive/2025-11-01.md")));
        Assert.DoesNotContain(await _memories!.Of("main").SearchAsync("flood", 5, null), hit => hit.Text.Contains("flood", StringComparison.Ordinal));
        Assert.Contains(await _memories.Of("main").SearchAsync("boiler", 5, null), hit => hit.Path == "memory/2025-12-30.md");
    }

    [Fact]
    public async Task Look_NotesOfSeveralPeople_KeepsEachToTheirOwn()
    {
        Note("2026-01-01", "the boiler is old");
        Note("people/anna/2026-01-01", "a telescope for Ben");
        _bench.Models.Answer = (messages, _) => ScriptedModels.Say(messages[^1].Text.Split('\n')[^1]);
        using var nights = Nights();
        await nights.LookAsync();
        Assert.Equal([null, "anna"], _happened.Select(night => night.Person));
        Assert.DoesNotContain("telescope", _bench.Text("MEMORY.md"), StringComparison.Ordinal);
        Assert.Contains("telescope", _bench.Text("memory/people/anna/MEMORY.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Timer_LooksEveryHalfHour()
    {
        Note("2026-01-01", "the boiler is old");
        using var nights = Nights();
        var done = new TaskCompletionSource();
        nights.Happened += _ => done.TrySetResult();
        nights.Start();
        _time.Advance(TimeSpan.FromMinutes(30));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private MemoryNights Nights()
    {
        _memories = new MemoryBook(_bench.Agents, _folder["home"], _ => Task.FromResult<TextEmbedder>(HashEmbedder.Instance), _time, _ => { });
        var nights = new MemoryNights(_bench.Agents, _memories, _bench.Turns, _bench.Models, _book.Notes, () => _settings, _time);
        nights.Happened += _happened.Add;
        return nights;
    }

    private void Note(string name, string text)
    {
        var path = Path.Combine(_bench.Workspace, "memory", name + ".md");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"- 10:00 {text}\n");
    }
}
