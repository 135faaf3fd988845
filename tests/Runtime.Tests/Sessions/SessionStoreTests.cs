using Runtime.Agents.Turns;
using Runtime.Sessions;
using TestKit;

namespace Runtime.Tests.Sessions;

public sealed class SessionStoreTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    private string Folder => _home["sessions"];

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Add_IsThereAfterReopening_WithEverythingItCarried()
    {
        var session = Open().GetOrCreate(SessionKey.Main);
        session.Set(s => s with { Label = "Plans", Pinned = true });
        var question = session.Add(Message("user", "grüße\n\"zitat\" 🦞", "r1"))!;
        session.Add(Message("assistant", "answer", null) with { RunId = "r1", Model = "m", InputTokens = 5, OutputTokens = 7, StopReason = "length" });
        Assert.Equal(1, question.Seq);

        var reopened = Open().Find(SessionKey.Main)!;
        Assert.Equal(session.Read(), reopened.Read());
        Assert.Equal((session.Id, session.CreatedAt, session.UpdatedAt, session.Settings), (reopened.Id, reopened.CreatedAt, reopened.UpdatedAt, reopened.Settings));
        Assert.Equal((2, (5L, 7L), 12L, "length", "answer"), (reopened.MessageCount, reopened.Tokens, reopened.LastTurnTokens, reopened.LastStopReason, reopened.LastPreview));
        Assert.Null(reopened.Add(Message("user", "again", "r1")));
    }

    [Fact]
    public void Open_TornLastLine_IsCutOffAndTold_WhereverItWasTorn()
    {
        var session = Open().GetOrCreate(SessionKey.Main);
        session.Add(Message("user", "kept", "r1"));
        var whole = File.ReadAllBytes(session.Path);
        session.Add(Message("assistant", "torn", null));
        var all = File.ReadAllBytes(session.Path);
        for (var length = whole.Length + 1; length < all.Length; length++)
        {
            File.WriteAllBytes(session.Path, all[..length]);
            var repaired = Open().Find(SessionKey.Main)!;
            Assert.Equal(["kept"], repaired.Read().Select(m => m.Text));
            Assert.Equal(length - whole.Length, repaired.RepairedBytes);
            Assert.Contains("\"type\":\"repair\"", File.ReadLines(session.Path).Last(), StringComparison.Ordinal);
            repaired.Add(Message("user", "goes on", $"r{length}"));
            Assert.Equal(["kept", "goes on"], Open().Find(SessionKey.Main)!.Read().Select(m => m.Text));
        }
    }

    [Fact]
    public void Open_FilesThatAreNoTranscripts_AreLeftAlone()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "notes.jsonl"), "{\"hello\":1}\nnot json\n");
        File.WriteAllText(Path.Combine(Folder, "empty.jsonl"), "");
        Assert.Empty(Open().List());
        Assert.Equal("{\"hello\":1}\nnot json\n", File.ReadAllText(Path.Combine(Folder, "notes.jsonl")));
    }

    [Fact]
    public void Reset_KeepsTheOldTranscriptAsideAndTheSettings()
    {
        var store = Open();
        var old = store.GetOrCreate(SessionKey.Main);
        old.Set(s => s with { Model = "m" });
        old.Add(Message("user", "old", "r1"));
        var next = store.Reset(SessionKey.Main);
        Assert.NotEqual(old.Id, next.Id);
        Assert.Equal("m", next.Settings.Model);
        Assert.Empty(next.Read());
        Assert.Contains("old", File.ReadAllText(Directory.GetFiles(Folder, "*.reset.*").Single()), StringComparison.Ordinal);
        Assert.Equal(next.Id, Open().List().Single().Id);
    }

    [Fact]
    public void Delete_SetsTheTranscriptAside()
    {
        var store = Open();
        store.GetOrCreate("agent:main:a");
        Assert.True(File.Exists(store.Delete("agent:main:a")));
        Assert.Null(store.Delete("agent:main:a"));
        Assert.Empty(Open().List());
    }

    [Fact]
    public void Read_DeletedAndCleanedUpMeanwhile_HasNothing()
    {
        var store = Open();
        var session = store.GetOrCreate("agent:main:a");
        session.Add(Message("user", "hello", "r1"));
        var aside = store.Delete("agent:main:a")!;
        Assert.Single(session.Read());
        File.Delete(aside);
        Assert.Empty(session.Read());
    }

    [Fact]
    public void Transcripts_AreTheirOwnersAlone()
    {
        var session = Open().GetOrCreate(SessionKey.Main);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(session.Path));
    }

    private SessionStore Open() => new(Folder, TimeProvider.System);

    private static SessionMessage Message(string role, string text, string? run) =>
        new(Guid.NewGuid().ToString(), 0, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), role, text) { RunId = run, IdempotencyKey = run is null ? null : TurnRunner.InputKey(run) };
}
