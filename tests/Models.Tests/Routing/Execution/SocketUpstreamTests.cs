using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Models.Egress;
using Models.Generation;
using Models.Providers;
using Models.Routing;
using Models.Routing.Classifying;
using Models.Routing.Execution;
using Models.Routing.Spending;
using TestKit;

namespace Models.Tests.Routing.Execution;

/// <summary>The router before two models elsewhere that are real HTTP servers, by a clock that is set: what it does with what they say and do not say.</summary>
public sealed class SocketUpstreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly EgressDoor _door = new(new EgressPolicy());
    private readonly HeardTime _time = new();
    private readonly BudgetLedger _ledger;
    private readonly ModelRouter _router;
    private readonly ConcurrentQueue<RouteRecord> _records = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly FakeServer _first, _second;
    private Func<FakeRequest, FakeReply> _answer = _ => Says("first");

    public SocketUpstreamTests()
    {
        _first = new FakeServer(request =>
        {
            _arrived.Release();
            return _answer(request);
        });
        _second = new FakeServer(_ => Says("second"));
        _ledger = new BudgetLedger(new BudgetRules(), _time);
        _router = new ModelRouter(_ledger, _time, () => 0.5)
        {
            Policy = new RoutingPolicy { Profile = RoutingProfile.Best },
            Recorded = _records.Enqueue,
            Targets = [Target("first", _first, 1, "spent", "good"), Target("second", _second, 0.8, "k")],
        };
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _ledger.Dispose();
        _door.Dispose();
    }

    [Fact]
    public async Task TooOften_IsLeftAloneAsLongAsItSaid()
    {
        _answer = _ => new FakeReply(429).With("Retry-After", "90");
        Assert.Equal("second", await AskAsync());
        // Each of its keys was tried, and all that went out is told.
        Assert.Equal(["Bearer spent", "Bearer good"], _first.Requests.Select(r => r.Header("Authorization")));
        var record = _records.Last();
        Assert.Equal(["first RateLimited", "second answered"], record.Attempts.Select(a => $"{a.Target} {a.Outcome}"));
        Assert.Equal((_first.Requests.Sum(r => r.Body.Length), new Uri(_first.Address).Authority, 0), ((int)record.Attempts[0].BytesOut, record.Attempts[0].To, (int)record.Attempts[0].Cost));

        _answer = _ => Says("first");
        _time.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal("second", await AskAsync());
        Assert.Equal((2, "is asked too often, and is left alone for 1 s"), (_first.Requests.Count, _records.Last().Decision.Out.Single().Detail));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first", await AskAsync());
    }

    [Fact]
    public async Task Keys_OneIsUsedUp_TheOtherAnswersInTheSameCall()
    {
        _answer = request => request.Header("Authorization") == "Bearer good" ? Says("first") : new FakeReply(402, """{"error":{"message":"Insufficient Balance"}}""");
        for (var i = 0; i < 3; i++) Assert.Equal("first", await AskAsync());
        Assert.Equal(["Bearer spent", "Bearer good", "Bearer good", "Bearer good"], _first.Requests.Select(r => r.Header("Authorization")));
        Assert.All(_records, record => Assert.Equal("first answered", record.Attempts.Select(a => $"{a.Target} {a.Outcome}").Single()));
        Assert.Empty(_second.Requests);
    }

    [Fact]
    public async Task ItsKeysAreNotTaken_IsLeftAloneUntilItIsAnother()
    {
        _answer = _ => new FakeReply(401, """{"error":{"message":"no","code":"invalid_api_key"}}""");
        for (var i = 0; i < 2; i++) Assert.Equal("second", await AskAsync());
        Assert.Equal((2, "does not take the key, and is left alone for 15 min"), (_first.Requests.Count, _records.Last().Decision.Out.Single().Detail));
        _answer = _ => Says("first");
        _router.Targets = [Target("first", _first, 1, "new"), _router.Targets[1]];
        _router.Forget("first");
        Assert.Equal("first", await AskAsync());
    }

    [Fact]
    public async Task ItTakesSoManyAtOnce_OthersGoElsewhere_AndItLearnsThatItWasTooMuch()
    {
        using var gate = new SemaphoreSlim(0);
        var reply = new FakeReply(429).With("Retry-After", "5");
        _answer = _ => gate.Wait(Patience) ? reply : new FakeReply(500);
        _router.Targets = [Target("first", _first, 1, "k"), _router.Targets[1]];
        var four = Enumerable.Range(0, 4).Select(_ => AskAsync()).ToList();
        for (var i = 0; i < 4; i++) Assert.True(await _arrived.WaitAsync(Patience));
        Assert.Equal("second", await AskAsync());
        Assert.Equal((4, ExclusionReason.Busy), (_first.Requests.Count, _records.Last().Decision.Out.Single().Reason));
        gate.Release(4);
        Assert.All(await Task.WhenAll(four), text => Assert.Equal("second", text));

        // Half as many, once.
        _time.Advance(TimeSpan.FromSeconds(5));
        reply = Says("first");
        var two = Enumerable.Range(0, 2).Select(_ => AskAsync()).ToList();
        for (var i = 0; i < 2; i++) Assert.True(await _arrived.WaitAsync(Patience));
        Assert.Equal("second", await AskAsync());
        Assert.Equal((6, ExclusionReason.Busy), (_first.Requests.Count, _records.Last().Decision.Out.Single().Reason));
        gate.Release(2);
        Assert.All(await Task.WhenAll(two), text => Assert.Equal("first", text));
    }

    [Fact]
    public async Task ItIsSlow_AnotherIsAskedBesideItForOneInTwentyAndBothArePaid()
    {
        using var gate = new SemaphoreSlim(0);
        _answer = _ => gate.Wait(Patience) ? Says("first") : new FakeReply(500);
        for (var i = 0; i < 30; i++) _router.State.CountCall();
        var slow = AskAsync();
        await _time.HeardAsync(TimeSpan.FromSeconds(10), Patience);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("second", await slow);
        var record = _records.Last();
        Assert.Equal(["first late False", "second answered True"], record.Attempts.Select(a => $"{a.Target} {a.Outcome} {a.IsHedge}"));
        // Nobody says what the slow one took: it is what was promised.
        Assert.Equal((record.Decision.Ranked[0].MostCost + record.Attempts[1].Cost, 0), (_ledger.Spent().Hour, _ledger.Spent().Held));
        Assert.True(record.Attempts[0].BytesOut > 0);

        // Before twenty more were asked the next one is waited for.
        var waited = AskAsync();
        await _time.HeardAsync(TimeSpan.FromSeconds(10), Patience);
        _time.Advance(TimeSpan.FromSeconds(10));
        gate.Release(2);
        Assert.Equal("first", await waited);
        Assert.Single(_second.Requests);
    }

    [Fact]
    public async Task ItFailsAgainAndAgain_IsLeftAlone_AndOneCallLooksWhetherItIsBack()
    {
        _answer = _ => new FakeReply(500, "oops");
        for (var i = 0; i < 5; i++) Assert.Equal("second", await AskAsync());
        Assert.Equal("second", await AskAsync());
        Assert.Equal((5, ExclusionReason.Failing), (_first.Requests.Count, _records.Last().Decision.Out.Single().Reason));
        _answer = _ => Says("first");
        _time.Advance(TimeSpan.FromSeconds(34));
        for (var i = 0; i < 3; i++) Assert.Equal("first", await AskAsync());
    }

    [Theory]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"now","arguments":"{\"zone\":"}}]},"finish_reason":"tool_calls"}]}""", "malformed")]
    [InlineData("""{"choices":[{"delta":{"content":""},"finish_reason":"stop"}]}""", "empty")]
    public async Task AnAnswerThatIsNone_IsFollowedByAnothers(string data, string outcome)
    {
        _answer = _ => Reply(data);
        Assert.Equal("second", await AskAsync());
        Assert.Equal([$"first {outcome}", "second answered"], _records.Last().Attempts.Select(a => $"{a.Target} {a.Outcome}"));
    }

    [Fact]
    public async Task TryHarder_AsksABetterOneAlone()
    {
        _router.Policy = new RoutingPolicy { Profile = RoutingProfile.Cheap };
        _router.Targets = [_router.Targets[0] with { Target = _router.Targets[0].Target with { Price = new Price(9_000_000, 90_000_000) } }, _router.Targets[1]];
        Assert.Equal("second", await AskAsync());
        Assert.Equal("first", await AskAsync(harder: true));
        Assert.Equal(("a better answer was asked for", ExclusionReason.NotBetter), (_records.Last().Escalation, _records.Last().Decision.Out.Single().Reason));
        // There is nobody better than the best.
        Assert.Contains("No model that may answer this is better than first", (await Assert.ThrowsAsync<RoutingException>(() => AskAsync(harder: true))).Message);
    }

    private RoutedTarget Target(string name, FakeServer server, double quality, params string[] keys)
    {
        var client = new ProviderChatClient(ProviderWire.OpenAi, new Upstream(name, new Uri(server.Address + "/v1"), "m", 8192), new KeyRing([.. keys.Select(key => (Func<string>)(() => key))], _time), _door);
        var target = new Target(name) { Window = 8192, KeepsData = false, Quality = quality, Price = new Price(1_000_000, 10_000_000) };
        return new RoutedTarget(target, _ => Task.FromResult<IChatClient>(client)) { Address = new Uri(server.Address).Authority };
    }

    private async Task<string> AskAsync(bool harder = false)
    {
        var options = new ChatOptions { MaxOutputTokens = 100, AdditionalProperties = new() { [ChatOptionKeys.Source] = new TurnSource { Conversation = "c", TryHarder = harder } } };
        return (await _router.CreateClient().GetResponseAsync([new ChatMessage(ChatRole.User, "How far is the moon?")], options)).Text;
    }

    private static FakeReply Says(string text) => Reply($$$"""{"choices":[{"delta":{"content":"{{{text}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":1}}""");

    private static FakeReply Reply(string data) => new FakeReply(200, $"data: {data}\n\ndata: [DONE]\n\n").With("Content-Type", "text/event-stream");

    /// <summary>A clock that says when somebody has begun to wait for a short while.</summary>
    private sealed class HeardTime : TimeProvider
    {
        private readonly ManualTime _inner = new();
        private readonly ConcurrentQueue<TimeSpan> _waits = new();

        public override long TimestampFrequency => _inner.TimestampFrequency;

        public override long GetTimestamp() => _inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

        public void Advance(TimeSpan by) => _inner.Advance(by);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = _inner.CreateTimer(callback, state, dueTime, period);
            if (dueTime > TimeSpan.Zero) _waits.Enqueue(dueTime);
            return timer;
        }

        public async Task HeardAsync(TimeSpan shorterThan, TimeSpan most)
        {
            using var patience = new CancellationTokenSource(most);
            while (!(_waits.TryDequeue(out var wait) && wait < shorterThan)) await Task.Delay(1, patience.Token);
        }
    }
}
