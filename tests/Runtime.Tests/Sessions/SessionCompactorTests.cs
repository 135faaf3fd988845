using Models;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Sessions;
using Runtime.Tools;
using TestKit;

namespace Runtime.Tests.Sessions;

public sealed class SessionCompactorTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly EchoModels _models;
    private readonly AgentBook _agents;
    private readonly SessionStore _sessions;

    public SessionCompactorTests()
    {
        _models = new EchoModels(_home["models"]);
        _agents = new AgentBook(_home.Path, [], TimeProvider.System);
        _sessions = _agents.Default.Sessions;
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Compact_KeepsTheTranscript_AndTellsTheModelTheSummaryInItsPlace()
    {
        var session = Talk(4);
        var before = await File.ReadAllTextAsync(session.Path);
        _models.Answer = (_, _) => EchoModels.Say("They ", "counted.");
        var done = await new SessionCompactor(_models, null).CompactAsync(session, 3, default);
        // Three would begin with an answer; what stays begins with a question.
        Assert.Equal(("They counted.", "q4-id"), (done!.Summary.Text, done.FirstKeptId));
        Assert.StartsWith(before, await File.ReadAllTextAsync(session.Path), StringComparison.Ordinal);
        Assert.Contains("user: q1\nassistant: a1\nuser: q2", _models.Asked.Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("q4", _models.Asked.Single(), StringComparison.Ordinal);

        var reopened = new SessionStore(_sessions.Folder, TimeProvider.System).Find(SessionKey.Main)!;
        foreach (var one in new[] { session, reopened })
        {
            Assert.Equal((9, 1), (one.MessageCount, one.Compactions));
            Assert.Equal(["q1", "a1", "q2", "a2", "q3", "a3", "q4", "a4", "They counted."], one.Read().Select(m => m.Text));
        }
        _models.Answer = (messages, _) => EchoModels.Say("yes");
        await AskAsync(session, "go on");
        Assert.Equal("user: Sum up what we said before. | assistant: They counted. | user: q4 | assistant: a4 | user: go on", _models.Asked[^1]);
    }

    [Fact]
    public async Task Compact_Again_SumsUpTheSummary()
    {
        var session = Talk(3);
        var compactor = new SessionCompactor(_models, null);
        _models.Answer = (_, _) => EchoModels.Say("first");
        await compactor.CompactAsync(session, 2, default);
        _models.Answer = (_, _) => EchoModels.Say("second");
        Assert.Null(await compactor.CompactAsync(session, 2, default));
        await AskAsync(session, "more");
        await compactor.CompactAsync(session, 2, default);
        Assert.Contains("summary: first", _models.Asked[^1], StringComparison.Ordinal);
        Assert.Equal(["second"], session.Read().Where(m => m.Role == SessionMessage.Summary && !m.OutOfContext).Select(m => m.Text));
    }

    [Fact]
    public async Task Compact_WithoutAModel_KeepsBeginningsWithinItsBound()
    {
        var session = Talk(300, new string('x', 500));
        _models.Answer = (_, _) => throw new ModelException("none");
        var done = await new SessionCompactor(_models, null).CompactAsync(session, 4, default);
        Assert.StartsWith("- user: q1", done!.Summary.Text, StringComparison.Ordinal);
        Assert.InRange(done.Summary.Text.Length, 1, SessionCompactor.LongestSummary);
    }

    [Fact]
    public async Task Compact_WithoutAModelAgainAndAgain_KeepsTheLastLinesOfTheEarlierSummary()
    {
        var compactor = new SessionCompactor(_models, null);
        Compaction? done = null;
        for (var round = 1; round <= 12; round++)
        {
            var session = Talk(4, $" of round {round}", round);
            _models.Answer = (_, _) => throw new ModelException("none");
            done = await compactor.CompactAsync(session, 2, default);
        }
        var lines = done!.Summary.Text.Split('\n');
        // No line stands within another, the newest is there, and the oldest made room.
        Assert.All(lines, line => Assert.Matches("^- (user|assistant): [qa][0-9]+ of round [0-9]+$", line));
        Assert.Equal("- assistant: a3 of round 12", lines[^1]);
        Assert.DoesNotContain("- user: q1 of round 1", lines);
        Assert.Equal(lines.Distinct(), lines);
        Assert.InRange(done.Summary.Text.Length, 900, 1000);
    }

    [Fact]
    public async Task Compact_NothingOlder_DoesNothing()
    {
        Assert.Null(await new SessionCompactor(_models, null).CompactAsync(Talk(2), 4, default));
        Assert.Empty(_models.Asked);
    }

    [Fact]
    public void Fork_HasWhatWasSaidBefore_AndLeavesTheOther()
    {
        var session = Talk(3);
        session.Set(s => s with { Label = "Plans", Model = "m" });
        var earlier = session.Read().Take(2).ToList();
        var fork = _sessions.Fork("agent:main:fork", session, earlier, "a1-id");
        fork.Add(new SessionMessage("x", 0, 1, SessionMessage.User, "another way") { RunId = "r1", IdempotencyKey = "r1:user" });
        var reopened = new SessionStore(_sessions.Folder, TimeProvider.System).Find("agent:main:fork")!;
        foreach (var one in new[] { fork, reopened })
        {
            Assert.Equal(["q1", "a1", "another way"], one.Read().Select(m => m.Text));
            Assert.Equal(new ForkSource(SessionKey.Main, session.Id, "a1-id"), one.Fork);
            Assert.Equal((null, "m"), (one.Settings.Label, one.Settings.Model));
        }
        Assert.Equal(6, session.MessageCount);
        Assert.Throws<ModelException>(() => _sessions.Fork("agent:main:fork", session, earlier, "a1-id"));
    }

    [Fact]
    public void Search_FindsEveryWord_TheBestFirst()
    {
        var session = _sessions.GetOrCreate(SessionKey.Main);
        foreach (var text in new[] { "the red fox", "A RED red barn, fox and all", "red only", new string('y', 300) + " 🦊 red fox 🦊 " + new string('z', 300) })
            session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, 1, SessionMessage.User, text));
        var found = SessionSearch.Find(_sessions.List(), "fox RED", 10);
        Assert.Equal(3, found.Hits.Count);
        Assert.Equal((3, "A RED red barn, fox and all"), (found.Hits[0].Score, found.Hits[0].Message.Text));
        Assert.Contains("red fox", found.Hits.Single(h => h.Message.Text.Length > 300).Snippet, StringComparison.Ordinal);
        Assert.True(found.Hits.All(h => h.Snippet.Length < 200));
        Assert.Empty(SessionSearch.Find(_sessions.List(), "  ", 10).Hits);
        Assert.True(SessionSearch.Find(_sessions.List(), "red", 1).IsCutShort);
    }

    [Fact]
    public void Groups_AreThereAfterReopening()
    {
        new SessionGroups(_home["groups.json"]).Change(_ => new(["work", "home"], ["pinned", "work", "home"]));
        Assert.Equal(["work", "home"], new SessionGroups(_home["groups.json"]).Read().Names);
        File.WriteAllText(_home["broken.json"], "{");
        Assert.Throws<ModelException>(() => new SessionGroups(_home["broken.json"]).Read());
        Assert.Throws<ModelException>(() => new SessionGroups(_home["groups.json"]).Change(_ => new([.. Enumerable.Range(0, 201).Select(i => $"{i}")], [])));
    }

    private Session Talk(int turns, string more = "", int round = 0)
    {
        var session = _sessions.GetOrCreate(SessionKey.Main);
        for (var i = 1; i <= turns; i++)
        {
            session.Add(new SessionMessage($"q{i + (100 * round)}-id", 0, i, SessionMessage.User, $"q{i}{more}") { RunId = $"r{i + (100 * round)}", IdempotencyKey = $"r{i + (100 * round)}:user" });
            session.Add(new SessionMessage($"a{i + (100 * round)}-id", 0, i, SessionMessage.Assistant, $"a{i}{more}") { RunId = $"r{i + (100 * round)}", InputTokens = 1, OutputTokens = 1 });
        }
        return session;
    }

    private async Task AskAsync(Session session, string text)
    {
        var tools = new ToolRunner(new ToolTable([]), _agents.Policy());
        using var turns = new TurnRunner(new TurnServices(_models, _agents, tools, null, TimeProvider.System));
        await turns.Start(session, Guid.NewGuid().ToString(), text)!.Result;
    }
}
