using Models;
using Runtime.Sessions;
using TestKit;

namespace Runtime.Tests.Sessions;

/// <summary>What becomes of the sessions of helpers when their work is over.</summary>
public sealed class HelperSessionTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void List_HelperThatEndedLongAgo_IsPutAwayAndStays()
    {
        var store = Store();
        var helper = Helper(store, "r1");
        _time.Advance(TimeSpan.FromDays(6));
        Assert.False(store.List().Single().Settings.Archived);
        Assert.Equal("agent:main:main", helper.SpawnedBy);

        _time.Advance(TimeSpan.FromDays(2));
        Assert.True(store.List().Single().Settings.Archived);
        var reopened = Store().Find(helper.Key)!;
        Assert.Equal((true, 2, "agent:main:main"), (reopened.Settings.Archived, reopened.MessageCount, reopened.SpawnedBy));
    }

    [Fact]
    public void List_DeletingRule_TakesTheTranscriptTooAndSaysSo()
    {
        var store = Store(new HelperRules(1, Deletes: true));
        var (helper, gone) = (Helper(store, "r1"), new List<string>());
        store.HelperGone += gone.Add;
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Empty(store.List());
        Assert.Equal([helper.Key], gone);
        Assert.Empty(Directory.GetFiles(store.Folder));
    }

    [Theory]
    [InlineData("agent:main:subagent:r1:c1", null, true)]
    [InlineData("agent:main:plans", "agent:main:main", true)]
    [InlineData("agent:main:direct:ann", null, true)]
    public void List_WhatAPersonSpokeIn_Stays(string key, string? spawnedBy, bool isAnswered)
    {
        var store = Store(new HelperRules(1, Deletes: true));
        if (SessionKey.IsHelper(key)) Helper(store, "r1");
        Say(store.GetOrCreate(key), "r2", spawnedBy, isAnswered);
        _time.Advance(TimeSpan.FromDays(100));
        Assert.Equal(key, store.List().Single().Key);
    }

    [Fact]
    public void List_HelperThatIsPinnedOrStillWorks_Stays()
    {
        var store = Store(new HelperRules(1, Deletes: true));
        Helper(store, "r1").Set(settings => settings with { Pinned = true });
        _time.Advance(TimeSpan.FromDays(3));
        Say(store.GetOrCreate(SessionKey.OfHelper("main", "r2", "c1")), "r2", SessionKey.Main, isAnswered: false);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(2, store.List().Count);
    }

    [Fact]
    public void GetOrCreate_AsManyAsThereMayBe_TheOldestEndedHelperGivesWay()
    {
        var store = Store(new HelperRules(0), most: 4);
        Say(store.GetOrCreate(SessionKey.Main), "m", null, isAnswered: true);
        List<Session> helpers = [];
        foreach (var run in new[] { "r1", "r2" })
        {
            helpers.Add(Helper(store, run));
            _time.Advance(TimeSpan.FromMinutes(1));
        }
        var working = store.GetOrCreate(SessionKey.OfHelper("main", "r0", "c1"));
        Say(working, "r0", SessionKey.Main, isAnswered: false);

        store.GetOrCreate("agent:main:one");
        Assert.Null(store.Find(helpers[0].Key));
        store.GetOrCreate("agent:main:two");
        Assert.Null(store.Find(helpers[1].Key));
        Assert.Equal("agent:main:main agent:main:one agent:main:subagent:r0:c1 agent:main:two", string.Join(' ', store.List().Select(s => s.Key).Order(StringComparer.Ordinal)));
        // What gave way to others is set aside, as what a person deletes is.
        Assert.Equal(2, Directory.GetFiles(store.Folder, "*.deleted.*").Length);

        var e = Assert.Throws<ModelException>(() => store.GetOrCreate("agent:main:three"));
        Assert.Contains("4 sessions", e.Message, StringComparison.Ordinal);
    }

    private SessionStore Store(HelperRules? rules = null, int most = 10_000) => new(_home["sessions"], _time) { Helpers = rules ?? new(), Most = most };

    private Session Helper(SessionStore store, string run)
    {
        var session = store.GetOrCreate(SessionKey.OfHelper("main", run, "c1"));
        Say(session, run, SessionKey.Main, isAnswered: true);
        return session;
    }

    private void Say(Session session, string run, string? spawnedBy, bool isAnswered)
    {
        session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, _time.GetUtcNow().ToUnixTimeMilliseconds(), SessionMessage.User, "task") { RunId = run, Origin = spawnedBy is null ? null : new MessageOrigin { SpawnedBy = spawnedBy, Depth = 1 } });
        if (isAnswered) session.Add(new SessionMessage(Guid.NewGuid().ToString(), 0, _time.GetUtcNow().ToUnixTimeMilliseconds(), SessionMessage.Assistant, "done") { RunId = run, StopReason = "stop" });
    }
}
