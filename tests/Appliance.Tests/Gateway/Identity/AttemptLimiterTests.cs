using System.Net;
using Appliance.Gateway.Identity;
using TestKit;

namespace Appliance.Tests.Gateway.Identity;

public sealed class AttemptLimiterTests
{
    [Theory]
    [InlineData("127.0.0.1", "::1")]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("127.0.0.1", "127.8.9.10")]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
    public void Key_SameNeighbourByAnotherName_IsTheSame(string one, string other) =>
        Assert.Equal(AttemptLimiter.Key(IPAddress.Parse(one)), AttemptLimiter.Key(IPAddress.Parse(other)));

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.8")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    public void Key_Others_AreOthers(string one, string other) =>
        Assert.NotEqual(AttemptLimiter.Key(IPAddress.Parse(one)), AttemptLimiter.Key(IPAddress.Parse(other)));

    [Fact]
    public void Failed_TenWithinAMinute_LockOutForFive()
    {
        var time = new ManualTime();
        var limiter = new AttemptLimiter(time);
        var address = IPAddress.Parse("192.0.2.7");
        for (var i = 1; i < AttemptLimiter.MostFailures; i++) limiter.Failed(address);
        Assert.Null(limiter.LockedFor(address));
        limiter.Failed(address);
        Assert.Equal(AttemptLimiter.Lockout, limiter.LockedFor(address));
        Assert.Null(limiter.LockedFor(IPAddress.Parse("192.0.2.8")));
        time.Advance(AttemptLimiter.Lockout);
        Assert.Null(limiter.LockedFor(address));
    }

    [Fact]
    public void Failed_SpreadOverTime_LocksNobodyOut()
    {
        var time = new ManualTime();
        var limiter = new AttemptLimiter(time);
        for (var i = 0; i < 50; i++)
        {
            limiter.Failed(IPAddress.Loopback);
            time.Advance(AttemptLimiter.Window / (AttemptLimiter.MostFailures - 1));
        }
        Assert.Null(limiter.LockedFor(IPAddress.Loopback));
    }

    [Fact]
    public void Failed_FromVeryManyAddresses_KeepsTheLockouts()
    {
        var limiter = new AttemptLimiter(new ManualTime());
        var locked = IPAddress.Parse("192.0.2.7");
        for (var i = 0; i < AttemptLimiter.MostFailures; i++) limiter.Failed(locked);
        for (var i = 0; i < 3 * AttemptLimiter.MostAddresses; i++) limiter.Failed(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]));
        Assert.NotNull(limiter.LockedFor(locked));
    }
}
