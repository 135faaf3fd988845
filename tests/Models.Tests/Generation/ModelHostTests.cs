using Models.Budget;
using Models.Generation;
using Models.Import;
using Models.Store;
using TestKit;

namespace Models.Tests.Generation;

/// <summary>Which models are in memory and for how long: a real store with real tiny models, over engines that only wait.</summary>
public sealed class ModelHostTests : IDisposable
{
    private const long MB = 1 << 20;

    private readonly TemporaryFolder _home = new();
    private readonly ManualTime _time = new();
    private readonly ModelStore _store;
    private readonly List<FakeModel> _made = [];
    private readonly List<int> _threads = [];
    private readonly WorkPace _pace = new();
    private long _room = 8000 * MB;

    public ModelHostTests() => _store = new ModelStore(_home.Path);

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Load_SeveralAtOnce_LoadsOnce()
    {
        Install("a");
        using var host = Host();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.LoadAsync("a")));
        Assert.Single(_made);
        Assert.Equal("a", Assert.Single(host.Loaded).Name);
    }

    [Fact]
    public async Task Model_UnusedForItsTime_IsUnloadedAndLoadedAgainWhenAsked()
    {
        Install("a");
        using var host = Host(TimeSpan.FromMinutes(10));
        var model = await host.LoadAsync("a");
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(1), Assert.Single(host.Loaded).ExpiresAt);
        await Use(model);
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Single(host.Loaded);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(host.Loaded);
        Assert.True(host.HasLoaded("a"));
        Assert.True(_made[0].IsDisposed);

        await Use(model);
        Assert.Equal(2, _made.Count);
    }

    [Fact]
    public async Task Model_ThatIsToWorkWithFewerThreads_IsLoadedAnewOnceItIsIdle()
    {
        Install("a");
        using var host = Host();
        var model = await host.LoadAsync("a");
        var answering = Use(model, hold: true);
        _pace.MostThreads = 1;
        await Use(model);
        Assert.Single(_made);
        _made[0].Finish();
        await answering;
        await Use(model);
        Assert.Equal([4, 1], _threads);
        Assert.True(_made[0].IsDisposed);
        await Use(model);
        Assert.Equal(2, _made.Count);
    }

    [Fact]
    public async Task Model_ThatGenerates_StaysPastItsTime()
    {
        Install("a");
        using var host = Host(TimeSpan.FromMinutes(10));
        var model = await host.LoadAsync("a");
        var answering = Use(model, hold: true);
        _time.Advance(TimeSpan.FromHours(5));
        Assert.False(_made[0].IsDisposed);
        _made[0].Finish();
        await answering;
        Assert.Single(host.Loaded);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.True(_made[0].IsDisposed);
    }

    [Fact]
    public async Task KeepAlive_Zero_UnloadsAfterTheUseAndNotBefore()
    {
        Install("a");
        using var host = Host(TimeSpan.Zero);
        var model = await host.LoadAsync("a");
        Assert.Single(host.Loaded);
        await Use(model);
        Assert.Empty(host.Loaded);
        Assert.Single(_made);
    }

    [Fact]
    public async Task SetKeepAlive_ForEverAndAtOnce_AreBothObeyed()
    {
        Install("a");
        using var host = Host();
        await host.LoadAsync("a");
        host.SetKeepAlive("a", Timeout.InfiniteTimeSpan);
        Assert.Null(Assert.Single(host.Loaded).ExpiresAt);
        _time.Advance(TimeSpan.FromDays(400));
        Assert.Single(host.Loaded);
        host.SetKeepAlive("a", TimeSpan.Zero);
        Assert.Empty(host.Loaded);
        host.SetKeepAlive("nobody", TimeSpan.Zero);
    }

    [Fact]
    public async Task Load_WithoutRoom_UnloadsTheModelIdleLongest()
    {
        foreach (var name in (string[])["a", "b", "c"]) Install(name);
        using var host = Host();
        await host.LoadAsync("a");
        _time.Advance(TimeSpan.FromSeconds(1));
        var b = await host.LoadAsync("b");
        _time.Advance(TimeSpan.FromSeconds(1));
        await Use(await host.LoadAsync("a"));
        // Room comes back with every model that goes.
        _room = 64 * MB;
        foreach (var made in _made) made.OnDispose = () => _room += 200 * MB;
        await host.LoadAsync("c");
        Assert.Equal(["a", "c"], host.Loaded.Select(l => l.Name).Order());
        Assert.Equal("b", b.Name);
    }

    [Fact]
    public async Task Load_WithoutRoom_WhenTheOthersGenerate_RefusesWithTheNumbers()
    {
        Install("a");
        Install("b");
        using var host = Host();
        var answering = Use(await host.LoadAsync("a"), hold: true);
        _room = 64 * MB;
        var error = await Assert.ThrowsAsync<MemoryException>(() => host.LoadAsync("b"));
        Assert.StartsWith("b needs ", error.Message, StringComparison.Ordinal);
        Assert.False(_made[0].IsDisposed);
        _made[0].Finish();
        await answering;
    }

    [Fact]
    public async Task Load_WithoutRoom_AsksForRetainedPrefixesBeforeModels()
    {
        Install("a");
        Install("b");
        using var host = Host();
        await host.LoadAsync("a");
        _made[0].RetainedBytes = 300 * MB;
        _made[0].OnShed = () => _room += 300 * MB;
        _room = 64 * MB;
        await host.LoadAsync("b");
        Assert.Equal(["a", "b"], host.Loaded.Select(l => l.Name).Order());
    }

    [Fact]
    public async Task Load_OfANewInstallUnderTheSameName_ReplacesTheOld()
    {
        Install("a");
        using var host = Host();
        var answering = Use(await host.LoadAsync("a"), hold: true);
        Install("a", seed: 2);
        await host.LoadAsync("a");
        Assert.Equal(2, _made.Count);
        Assert.False(_made[0].IsDisposed);
        _made[0].Finish();
        await answering;
        Assert.True(_made[0].IsDisposed);
        Assert.False(_made[1].IsDisposed);
    }

    [Fact]
    public async Task Refuse_TurnsNewWorkAwayUntilItIsTakenBack()
    {
        Install("a");
        using var host = Host();
        var model = await host.LoadAsync("a");
        host.Refuse("short of memory");
        Assert.Equal("short of memory", (await Assert.ThrowsAsync<MemoryException>(() => Use(model))).Message);
        host.Refuse(null);
        await Use(model);
    }

    [Fact]
    public async Task UnloadIdle_TakesTheOldestIdleOneAndNeverOneInUse()
    {
        Install("a");
        Install("b");
        using var host = Host();
        var answering = Use(await host.LoadAsync("a"), hold: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        await host.LoadAsync("b");
        Assert.True(host.UnloadIdle());
        Assert.False(host.UnloadIdle());
        Assert.Equal("a", Assert.Single(host.Loaded).Name);
        _made[0].Finish();
        await answering;
    }

    [Fact]
    public async Task ManyReaders_WhileModelsComeAndGo_NeverMeetADisposedOne()
    {
        Install("a");
        Install("b");
        using var host = Host(TimeSpan.Zero);
        var readers = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 100; n++) await Use(await host.LoadAsync((i + n) % 2 == 0 ? "a" : "b"));
        })).ToList();
        while (!Task.WhenAll(readers).IsCompleted)
        {
            host.UnloadIdle();
            await Task.Yield();
        }
        await Task.WhenAll(readers);
        // The last that happens to a model is the end of a use, and nothing stays after that.
        Assert.Empty(host.Loaded);
        Assert.All(_made, made => Assert.True(made.IsDisposed));
    }

    private static async Task Use(ILanguageModel model, bool hold = false)
    {
        await foreach (var step in model.GenerateAsync(new[] { 1 }, new GenerationOptions { MaxTokens = hold ? null : 1 })) Assert.NotNull(step);
    }

    [Fact]
    public async Task RoomFor_AModel_IsWhatItWouldHaveWereItLoaded()
    {
        Install("a");
        Install("b", seed: 2);
        using var host = Host();
        var (a, b) = (_store.Get("a"), _store.Get("b"));
        Assert.Equal(new ModelRoom(a.Manifest.ContextLength), host.RoomFor(a));
        _room = 40 * MB;
        var small = host.RoomFor(a);
        Assert.Matches("^needs \\d+ MB of memory, and 0 MB can be used$", small.Unfit);
        // It says what loading says.
        Assert.Contains(small.Unfit!.Split(' ')[1] + " MB", (await Assert.ThrowsAsync<MemoryException>(() => host.LoadAsync("a"))).Message);

        _room = 8000 * MB;
        var used = await host.LoadAsync("a");
        Assert.NotNull(host.FindLoaded(a));
        Assert.Null(host.FindLoaded(b));
        _room = 64 * MB;
        // What is loaded has its room; what would have to be has that of those that nobody uses, as long as nobody does.
        Assert.Null(host.RoomFor(a).Unfit);
        _made[0].RetainedBytes = 300 * MB;
        Assert.Null(host.RoomFor(b).Unfit);
        _made[0].RetainedBytes = 0;
        Assert.NotNull(host.RoomFor(b).Unfit);
        host.Refuse("no more");
        Assert.Equal("runs on this machine, which is short of memory", host.RoomFor(a).Unfit);
        host.Refuse(null);
        Assert.Null(host.RoomFor(a).Unfit);
        Assert.NotNull(used);
    }

    private ModelHost Host(TimeSpan? keepAlive = null) =>
        new(_store, new EngineOptions { Threads = 4, Pace = _pace }, keepAlive, () => MemorySnapshot.Of(_room), _time, (model, plan, threads) =>
        {
            lock (_made) _threads.Add(threads);
            var made = new FakeModel(model.Manifest.Name);
            lock (_made) _made.Add(made);
            return made;
        });

    private void Install(string name, ulong seed = 1)
    {
        var file = _home[name + ".gguf"];
        new GgufModel { Seed = seed }.Save(file);
        _store.Import(file, name, new ImportOptions());
    }
}
