using Models.Providers;
using Models.Routing;
using Models.Routing.Health;
using TestKit;

namespace Models.Tests.Routing.Health;

public sealed class TargetHealthTests
{
    private readonly ManualTime _time = new();
    private readonly TargetHealth _health;

    public TargetHealthTests() => _health = new TargetHealth(_time, TargetSpeed.RemoteGuess, () => 0.5);

    [Theory]
    [InlineData(UpstreamFault.RateLimited, 5)]
    [InlineData(UpstreamFault.Denied, 900)]
    [InlineData(UpstreamFault.Billing, 3600)]
    [InlineData(UpstreamFault.ContextExceeded, 0)]
    [InlineData(UpstreamFault.Refused, 0)]
    [InlineData(UpstreamFault.BadRequest, 0)]
    [InlineData(UpstreamFault.Server, 0)]
    public void Failed_OnceByAClassOfFault_CoolsAsLongAsThatLasts(UpstreamFault fault, int seconds)
    {
        _health.Failed(_health.TryEnter()!, fault, null);
        Assert.Equal(seconds, (int)(_health.Blocked()?.For.TotalSeconds ?? 0));
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Null(_health.Blocked());
    }

    [Fact]
    public void Failed_WithRetryAfter_IsLeftAloneJustAsLong()
    {
        _health.Failed(_health.TryEnter()!, UpstreamFault.RateLimited, TimeSpan.FromSeconds(42));
        Assert.Equal((ExclusionReason.CoolingDown, "is asked too often, and is left alone for 42 s"), (_health.Blocked()!.Value.Reason, _health.Blocked()!.Value.Detail));
        Assert.Null(_health.TryEnter());
    }

    [Fact]
    public void Failed_WhateverTheWallClockDoes_WaitsByTheSteadyOne()
    {
        _health.Failed(_health.TryEnter()!, UpstreamFault.RateLimited, TimeSpan.FromSeconds(42));
        _time.SetClock(_time.GetUtcNow().AddYears(20));
        Assert.NotNull(_health.Blocked());
        _time.SetClock(_time.GetUtcNow().AddYears(-40));
        _time.Advance(TimeSpan.FromSeconds(42));
        Assert.Null(_health.Blocked());
    }

    [Fact]
    public void TryEnter_MoreThanItTakes_IsBusyAndLearns()
    {
        var calls = Enumerable.Range(0, 4).Select(_ => _health.TryEnter()!).ToList();
        Assert.Null(_health.TryEnter());
        Assert.Equal(ExclusionReason.Busy, _health.Blocked()!.Value.Reason);
        // All at once went well: one more.
        foreach (var call in calls) _health.Succeeded(call, 100, TimeSpan.FromSeconds(1), 50, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20; i++)
        {
            calls = [.. Enumerable.Range(0, 4).Select(_ => _health.TryEnter()!)];
            if (_health.TryEnter() is { } fifth)
            {
                calls.Add(fifth);
                i = 20;
            }
            foreach (var call in calls) _health.Succeeded(call, 100, TimeSpan.FromSeconds(1), 50, TimeSpan.FromSeconds(1));
        }
        Assert.Equal(5, calls.Count);

        // Five say that it was too much: halved once, not five times.
        calls = [.. Enumerable.Range(0, 5).Select(_ => _health.TryEnter()!)];
        foreach (var call in calls) _health.Failed(call, UpstreamFault.RateLimited, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(_health.TryEnter());
        Assert.NotNull(_health.TryEnter());
        Assert.Null(_health.TryEnter());
    }

    [Fact]
    public void Succeeded_AnswersAreMeasured_SpeedFollows()
    {
        for (var i = 0; i < 40; i++) _health.Succeeded(_health.TryEnter()!, 1000, TimeSpan.FromSeconds(3), 101, TimeSpan.FromSeconds(1));
        Assert.InRange(_health.Speed.FirstToken(1000), 2.9, 3.1);
        Assert.InRange(_health.Speed.Decode, 99, 101);
    }
}
