using FsCheck;
using FsCheck.Fluent;
using Runtime.Hardware.Triggers;

namespace Runtime.Tests.Hardware.Triggers;

public sealed class ThresholdGateTests
{
    [Fact]
    public void Take_OfWhatHoldsLongEnough_SaysSoOnceUntilItCameBack()
    {
        var gate = new ThresholdGate(30, isAbove: true, hysteresis: 2, TimeSpan.FromSeconds(10));
        // (second, value, says so): the limit itself is not beyond it, and coming back needs more than the hysteresis.
        (int, double?, bool)[] course =
        [
            (0, 30, false), (1, 31, false), (6, 31, false), (11, 31, true), (20, 40, false), (25, 29, false), (30, 31, false), (60, 31, false),
            (61, 28, false), (62, 31, false), (72, 31, true),
        ];
        Assert.All(course, step => Assert.Equal(step.Item3, gate.Take(step.Item2, TimeSpan.FromSeconds(step.Item1))));
    }

    [Fact]
    public void Take_WhereAMeasurementIsMissing_BeginsTheTimeAnew()
    {
        var gate = new ThresholdGate(5, isAbove: false, hysteresis: 0, TimeSpan.FromSeconds(10));
        Assert.False(gate.Take(1, TimeSpan.FromSeconds(0)));
        Assert.False(gate.Take(null, TimeSpan.FromSeconds(5)));
        Assert.False(gate.Take(1, TimeSpan.FromSeconds(11)));
        Assert.True(gate.Take(1, TimeSpan.FromSeconds(21)));
    }

    // Against a plain reading of the rule: it says so where, since it last said so, a value came back, and since then all of the hold was beyond.
    [Fact]
    public void Take_OfAnyCourse_SaysWhatTheRuleSays() => Prop.ForAll(Course().ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), Gen.Choose(0, 4).ToArbitrary(), (course, hysteresis, hold) =>
    {
        var gate = new ThresholdGate(0, isAbove: true, hysteresis, TimeSpan.FromSeconds(hold));
        var mirrored = new ThresholdGate(0, isAbove: false, hysteresis, TimeSpan.FromSeconds(hold));
        var armedFrom = 0;
        for (var i = 0; i < course.Length; i++)
        {
            if (armedFrom < 0 && course[i] <= -hysteresis) armedFrom = i;
            var first = i;
            while (armedFrom >= 0 && first > armedFrom && course[first - 1] > 0) first--;
            var expected = armedFrom >= 0 && course[i] > 0 && i - first >= hold;
            if (gate.Take(course[i], TimeSpan.FromSeconds(i)) != expected) return false;
            if (mirrored.Take(-course[i], TimeSpan.FromSeconds(i)) != expected) return false;
            if (expected) armedFrom = -1;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    private static Gen<int?[]> Course() => Gen.Frequency((9, Gen.Choose(-4, 4).Select(n => (int?)n)), (1, Gen.Constant<int?>(null))).ArrayOf();
}
