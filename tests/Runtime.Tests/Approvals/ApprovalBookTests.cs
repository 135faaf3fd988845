using Models;
using Runtime.Approvals;
using TestKit;

namespace Runtime.Tests.Approvals;

public sealed class ApprovalBookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly ApprovalBook _book;

    public ApprovalBookTests() => _book = new ApprovalBook(new GrantStore(_folder["exec-grants.json"], _time), _time) { IsAnybodyThere = () => true };

    [Fact]
    public async Task Ask_PersonAllows_IsAllowedOnceAndTheIdIsSpent()
    {
        var asked = _book.AskAsync(Request(), CancellationToken.None);
        var pending = Assert.Single(_book.Pending);
        Assert.True(_book.Resolve(pending.Id, ApprovalDecision.AllowOnce, "owner"));
        Assert.True((await asked).IsAllowed);
        // The first answer holds: neither a replay nor a change of mind counts.
        Assert.False(_book.Resolve(pending.Id, ApprovalDecision.AllowOnce, "owner"));
        Assert.False(_book.Resolve(pending.Id, ApprovalDecision.Deny, "other"));
        Assert.Equal("owner", _book.Find(pending.Id)!.ResolvedBy);
        Assert.Empty(_book.Grants.List());
    }

    // Somebody who answers at once, while the question is still being put, is not taken for nobody.
    [Fact]
    public async Task Ask_AnsweredWhileItIsPut_IsAllowed()
    {
        _book.Requested += approval => ThreadPool.UnsafeQueueUserWorkItem(_ => _book.Resolve(approval.Id, ApprovalDecision.AllowOnce, "owner"), null);
        for (var i = 0; i < 100_000; i++) Assert.True((await _book.AskAsync(Request(), CancellationToken.None)).IsAllowed, $"question {i}");
    }

    [Fact]
    public async Task Ask_NobodyThere_IsDeniedAtOnce()
    {
        _book.IsAnybodyThere = () => false;
        var ended = await _book.AskAsync(Request(), CancellationToken.None);
        Assert.Equal((false, "no-route"), (ended.IsAllowed, ended.Reason));
        Assert.Empty(_book.Pending);
    }

    [Fact]
    public async Task Ask_NobodyAnswersInTime_ExpiresAndCannotBeAnsweredAfter()
    {
        var asked = _book.AskAsync(Request() with { Lifetime = TimeSpan.FromMinutes(1) }, CancellationToken.None);
        var id = _book.Pending[0].Id;
        _time.Advance(TimeSpan.FromMinutes(2));
        var ended = await asked;
        Assert.Equal((false, "timeout"), (ended.IsAllowed, ended.Reason));
        Assert.False(_book.Resolve(id, ApprovalDecision.AllowOnce, "owner"));
    }

    [Fact]
    public async Task Ask_TurnIsAborted_IsWithdrawn()
    {
        using var abort = new CancellationTokenSource();
        var asked = _book.AskAsync(Request(), abort.Token);
        await abort.CancelAsync();
        Assert.Equal("run-aborted", (await asked).Reason);
        Assert.Empty(_book.Pending);
    }

    [Fact]
    public async Task Resolve_Always_IsKeptOnTheDiskAndFoundAgain()
    {
        var asked = _book.AskAsync(Request(), CancellationToken.None);
        _book.Resolve(_book.Pending[0].Id, ApprovalDecision.AllowAlways, "owner", TimeSpan.FromDays(1));
        Assert.True((await asked).IsAllowed);
        var again = new GrantStore(_folder["exec-grants.json"], _time);
        Assert.Equal("owner", again.Find(Binding('a'))!.GrantedBy);
        Assert.Null(again.Find(Binding('b')));
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Null(again.Find(Binding('a')));
    }

    [Fact]
    public void Resolve_AlwaysWhereOnlyOnceIsOffered_IsRefusedAndStaysOpen()
    {
        var open = _book.Begin(Request() with { MayBeAlways = false });
        Assert.Throws<ModelException>(() => _book.Resolve(open.Id, ApprovalDecision.AllowAlways, "owner"));
        Assert.Single(_book.Pending);
    }

    [Fact]
    public void Resolve_UnknownId_IsRefused() => Assert.Throws<ModelException>(() => _book.Resolve("no-such", ApprovalDecision.AllowOnce, "owner"));

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":1,\"grants\":[{\"id\":\"x\"")]
    [InlineData("{\"version\":2,\"grants\":[]}")]
    [InlineData("[]")]
    public void Grants_FileIsBroken_GrantNothingAndAreNotWrittenOver(string content)
    {
        File.WriteAllText(_folder["exec-grants.json"], content);
        var store = new GrantStore(_folder["exec-grants.json"], _time);
        Assert.Null(store.Find(Binding('a')));
        Assert.NotNull(store.Problem);
        Assert.Throws<ModelException>(() => store.Add(Binding('a'), "x", null, "owner", null));
        Assert.Equal(content, File.ReadAllText(_folder["exec-grants.json"]));
    }

    // attacks.jsonl, approval-06: deleted, truncated and broken above; here the disk is full.
    [RootFact]
    public void Resolve_AlwaysOnAFullDisk_GrantsNothingAndStaysOpen()
    {
        using var disk = new SmallDisk(_folder.Path, 4096);
        File.WriteAllBytes(Path.Combine(disk.Path, "full"), new byte[4096]);
        var book = new ApprovalBook(new GrantStore(Path.Combine(disk.Path, "exec-grants.json"), _time), _time) { IsAnybodyThere = () => true };
        var open = book.Begin(Request());
        Assert.Throws<ModelException>(() => book.Resolve(open.Id, ApprovalDecision.AllowAlways, "owner"));
        Assert.Single(book.Pending);
        Assert.Empty(book.Grants.List());
        Assert.True(book.Resolve(open.Id, ApprovalDecision.Deny, "owner"));
    }

    [Theory]
    [InlineData(-20 * 365)]
    [InlineData(-1.0 / 24)]
    [InlineData(-56 * 365)]
    public void Grants_ThatWereOver_DoNotComeBackWithTheClock(double days)
    {
        var store = new GrantStore(_folder["exec-grants.json"], _time);
        store.Add(Binding('a'), "for an hour", null, "owner", TimeSpan.FromHours(1));
        store.Add(Binding('b'), "for good", null, "owner", null);
        _time.Advance(TimeSpan.FromMinutes(90));
        Assert.Null(store.Find(Binding('a')));
        _time.SetClock(_time.GetUtcNow().AddDays(days));
        Assert.Null(store.Find(Binding('a')));
        Assert.NotNull(store.Find(Binding('b')));
        // Nor for whoever reads the file anew, where that is long enough ago to be seen.
        if (days < -1) Assert.Null(new GrantStore(_folder["exec-grants.json"], _time).Find(Binding('a')));
    }

    [Fact]
    public void Grants_OnAClockThatIsWrongForAWhile_AreThereAgainWhenItIsRight()
    {
        var store = new GrantStore(_folder["exec-grants.json"], _time);
        store.Add(Binding('a'), "for a day", null, "owner", TimeSpan.FromDays(1));
        var right = _time.GetUtcNow();
        _time.SetClock(DateTimeOffset.UnixEpoch);
        Assert.Null(store.Find(Binding('a')));
        store.Add(Binding('b'), "for good", null, "owner", null);
        _time.SetClock(right);
        Assert.NotNull(store.Find(Binding('a')));
        Assert.NotNull(new GrantStore(_folder["exec-grants.json"], _time).Find(Binding('b')));
    }

    [Fact]
    public void Grants_FileIsDeletedWhileItIsUsed_AreWhatWasRead()
    {
        var store = new GrantStore(_folder["exec-grants.json"], _time);
        store.Add(Binding('a'), "x", null, "owner", null);
        File.Delete(_folder["exec-grants.json"]);
        Assert.Null(new GrantStore(_folder["exec-grants.json"], _time).Find(Binding('a')));
    }

    [Fact]
    public void Grants_Revoked_HoldNoMore()
    {
        var store = new GrantStore(_folder["exec-grants.json"], _time);
        var grant = store.Add(Binding('a'), "x", "main", "owner", null);
        Assert.True(store.Revoke(grant.Id));
        Assert.False(store.Revoke(grant.Id));
        Assert.Empty(new GrantStore(_folder["exec-grants.json"], _time).List());
    }

    [Fact]
    public void Begin_TooManyOpen_IsRefused()
    {
        for (var i = 0; i < ApprovalBook.MostOpen; i++) _book.Begin(Request());
        Assert.Throws<ModelException>(() => _book.Begin(Request()));
    }

    public void Dispose() => _folder.Dispose();

    private static ApprovalRequest Request() => new("exec", "rm -rf build") { Binding = Binding('a'), MayBeAlways = true, Agent = "main", Session = "main" };

    private static ApprovalBinding Binding(char letter) => new(new string(letter, 64));
}
