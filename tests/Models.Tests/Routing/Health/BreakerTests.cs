using Models.Routing.Health;

namespace Models.Tests.Routing.Health;

public sealed class BreakerTests
{
    private enum Step { Enter, FirstOk, FirstFails, FirstLeaves, LastOk, LastFails, Wait }

    [Fact]
    public void Failed_FiveInARow_KeepsCallsAwayForHalfAMinute()
    {
        var world = new World();
        world.Fail(4);
        Assert.Equal(BreakerState.Closed, world.Breaker.State);
        world.Fail(1);
        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(30)), (world.Breaker.State, world.Breaker.BlockedFor(world.Now)));
    }

    [Fact]
    public void Failed_MoreThanHalfWithinAMinute_Opens()
    {
        var world = new World();
        foreach (var ok in (bool[])[true, false, true, false]) world.Call(ok);
        Assert.Equal(BreakerState.Closed, world.Breaker.State);
        world.Call(ok: false);
        Assert.Equal(BreakerState.Open, world.Breaker.State);

        // The same over two minutes is no reason.
        world = new World();
        foreach (var ok in (bool[])[true, false, true, false, false, true, false])
        {
            world.Now += TimeSpan.FromSeconds(20);
            world.Call(ok);
        }
        Assert.Equal(BreakerState.Closed, world.Breaker.State);
    }

    [Fact]
    public void Failed_AgainAndAgain_WaitsTwiceAsLongUpToFiveMinutes()
    {
        var world = new World();
        world.Fail(5);
        List<int> waits = [];
        for (var i = 0; i < 6; i++)
        {
            var wait = world.Breaker.BlockedFor(world.Now)!.Value;
            waits.Add((int)wait.TotalSeconds);
            world.Now += wait;
            world.Call(ok: false);
        }
        Assert.Equal([30, 60, 120, 240, 300, 300], waits);
    }

    [Fact]
    public void Jitter_AnyNumber_StaysWithinATenth()
    {
        foreach (var number in (double[])[0, 0.25, 1])
        {
            var world = new World(number);
            world.Fail(5);
            Assert.InRange(world.Breaker.BlockedFor(world.Now)!.Value.TotalSeconds, 27, 33);
        }
    }

    // Every order of six steps from each of four beginnings, with up to three calls at once: 470,000 of them.
    [Fact]
    public void AnyOrderOfSteps_OfCallsAtOnce_KeepsItsPromises()
    {
        foreach (var beginning in (Step[][])[[], [.. Failing(4)], [.. Failing(5)], [.. Failing(5), Step.Wait, Step.Enter, Step.LastOk]])
            Explore(beginning, depth: 6);

        static IEnumerable<Step> Failing(int times) => Enumerable.Range(0, times).SelectMany(_ => (Step[])[Step.Enter, Step.LastFails]);
    }

    private static void Explore(IReadOnlyList<Step> beginning, int depth)
    {
        var steps = Enum.GetValues<Step>();
        var path = new int[depth];
        while (true)
        {
            var world = new World();
            foreach (var step in beginning) world.Do(step);
            foreach (var step in path) world.Do(steps[step]);
            world.RequireWayOut();
            var i = depth - 1;
            while (i >= 0 && ++path[i] == steps.Length) path[i--] = 0;
            if (i < 0) return;
        }
    }

    private sealed class World(double jitter = 0.5)
    {
        private readonly List<(int Era, bool IsProbe)> _running = [];
        private TimeSpan _opened;
        private int _passed;

        public Breaker Breaker { get; } = new(() => jitter);

        public TimeSpan Now { get; set; }

        public void Fail(int times)
        {
            for (var i = 0; i < times; i++) Call(ok: false);
        }

        public void Call(bool ok)
        {
            var era = Breaker.TryEnter(Now)!.Value;
            if (ok) Breaker.Succeeded(era, Now);
            else Breaker.Failed(era, Now);
        }

        public void Do(Step step)
        {
            var before = Breaker.State;
            var counts = false;
            switch (step)
            {
                case Step.Wait:
                    Now += TimeSpan.FromSeconds(31);
                    break;
                case Step.Enter when _running.Count < 3:
                    if (Breaker.TryEnter(Now) is not { } era) break;
                    if (before == BreakerState.Open) Require(Now - _opened >= TimeSpan.FromSeconds(27));
                    var isProbe = Breaker.State == BreakerState.HalfOpen;
                    // One at a time looks whether it is well again.
                    Require(!isProbe || !_running.Exists(r => r.IsProbe && r.Era == Breaker.Era));
                    _running.Add((era, isProbe));
                    break;
                case Step.Enter:
                    break;
                default:
                    if (_running.Count == 0) break;
                    var at = step is Step.FirstOk or Step.FirstFails or Step.FirstLeaves ? 0 : _running.Count - 1;
                    var call = _running[at];
                    counts = call.Era == Breaker.Era;
                    _running.RemoveAt(at);
                    if (step is Step.FirstLeaves) Breaker.Left(call.Era);
                    else if (step is Step.FirstOk or Step.LastOk)
                    {
                        if (counts && before == BreakerState.HalfOpen) _passed++;
                        Breaker.Succeeded(call.Era, Now);
                    }
                    else Breaker.Failed(call.Era, Now);
                    break;
            }
            var after = Breaker.State;
            if (before == after) return;
            // Late results change nothing; it closes by two that passed and in no other way; what opens it is a failure.
            Require(step == Step.Enter || counts);
            if (after == BreakerState.Closed) Require(before == BreakerState.HalfOpen && _passed == 2);
            if (after == BreakerState.Open)
            {
                Require(step is Step.FirstFails or Step.LastFails);
                (_opened, _passed) = (Now, 0);
            }
        }

        // However it got here, a call comes through in the end.
        public void RequireWayOut()
        {
            foreach (var (era, _) in _running) Breaker.Left(era);
            Require(Breaker.TryEnter(Now + TimeSpan.FromMinutes(6)) is not null);
        }

        private static void Require(bool holds)
        {
            if (!holds) Assert.Fail("a promise was broken");
        }
    }
}
