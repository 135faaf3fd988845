using Models.Providers;
using Models.Routing;
using Models.Routing.Health;
using TestKit;

namespace Models.Tests.Routing.Health;

/// <summary>Every order of a few steps of calls at once, from several beginnings: breaker, limit and cooldown together, which share one lock.</summary>
public sealed class TargetHealthModelTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);
    private static readonly UpstreamFault?[] Ends = [null, UpstreamFault.Server, UpstreamFault.RateLimited, UpstreamFault.Overloaded, UpstreamFault.Denied, UpstreamFault.BadRequest];

    // A call begins, time passes, or the oldest or newest ends: well, by one of the faults, or without anybody's wanting it any more.
    private static readonly int Kinds = 2 + 2 * (Ends.Length + 1);

    [Fact]
    public void AnyOrderOfFourSteps_KeepsItsPromises() => Explore(depth: 4);

    [Fact]
    [Trait("Speed", "Slow")]
    public void AnyOrderOfFiveSteps_KeepsItsPromises() => Explore(depth: 5);

    private static void Explore(int depth)
    {
        // New; about to open; open; full.
        foreach (var (calls, fails) in ((int, bool)[])[(0, false), (4, true), (5, true), (4, false)])
        {
            var path = new int[depth];
            while (true)
            {
                var world = new World();
                for (var i = 0; i < calls; i++)
                {
                    world.Do(0);
                    if (fails) world.Do(EndOf(newest: true, UpstreamFault.Server));
                }
                foreach (var step in path) world.Do(step);
                world.RequireWayOut();
                var at = depth - 1;
                while (at >= 0 && ++path[at] == Kinds) path[at--] = 0;
                if (at < 0) break;
            }
        }
    }

    private static int EndOf(bool newest, UpstreamFault? fault) => 2 + 2 * Array.IndexOf(Ends, fault) + (newest ? 1 : 0);

    private sealed class World
    {
        private readonly ManualTime _time = new();
        private readonly TargetHealth _health;
        private readonly List<CallTicket> _running = [];
        private DateTimeOffset _coolUntil;

        public World() => _health = new TargetHealth(_time, TargetSpeed.RemoteGuess, () => 0.5);

        public void Do(int step)
        {
            if (step == 0) Enter();
            else if (step == 1) _time.Advance(TimeSpan.FromSeconds(31));
            else if (_running.Count > 0) End(step - 2);
        }

        // However it got here, a call comes through in the end.
        public void RequireWayOut()
        {
            while (_running.Count > 0) End(2 * Ends.Length);
            _time.Advance(TimeSpan.FromHours(2));
            Enter();
            Require(_running.Count == 1);
        }

        private void Enter()
        {
            // What is told of it is what it does.
            var blocked = _health.Blocked();
            var ticket = _health.TryEnter();
            Require(blocked is null == ticket is not null);
            if (ticket is null) return;
            Require(_time.GetUtcNow() >= _coolUntil);
            _running.Add(ticket);
            // Four at first, and never many more after so few that went well.
            Require(_running.Count <= 6);
        }

        private void End(int kind)
        {
            var at = kind % 2 == 0 ? 0 : _running.Count - 1;
            var ticket = _running[at];
            _running.RemoveAt(at);
            if (kind / 2 == Ends.Length) _health.Left(ticket);
            else if (Ends[kind / 2] is not { } fault) _health.Succeeded(ticket, 100, TimeSpan.FromSeconds(1), 50, TimeSpan.FromSeconds(1));
            else
            {
                _health.Failed(ticket, fault, fault == UpstreamFault.RateLimited ? Pause : null);
                if (fault == UpstreamFault.RateLimited && _time.GetUtcNow() + Pause > _coolUntil) _coolUntil = _time.GetUtcNow() + Pause;
            }
        }

        private static void Require(bool holds)
        {
            if (!holds) Assert.Fail("a promise was broken");
        }
    }
}
