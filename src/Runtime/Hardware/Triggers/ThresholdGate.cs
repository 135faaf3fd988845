namespace Runtime.Hardware.Triggers;

/// <summary>
/// Says once that a value went beyond a limit and stayed there, and not again before it has come back, by more than the hysteresis. What was
/// not measured holds nothing. Its time is a clock that nobody sets. Not safe for several threads.
/// </summary>
/// <param name="limit">The limit; the value at it is not beyond it.</param>
/// <param name="isAbove">True where beyond is above.</param>
/// <param name="hysteresis">How far it must come back, in the same unit.</param>
/// <param name="hold">How long it must stay beyond.</param>
public sealed class ThresholdGate(double limit, bool isAbove, double hysteresis, TimeSpan hold)
{
    private TimeSpan? _since;
    private bool _hasSaid;

    /// <summary>Takes a measurement. True where it says so now.</summary>
    /// <param name="value">The value; null where it could not be measured.</param>
    /// <param name="now">The time of it; never before that of the one before.</param>
    public bool Take(double? value, TimeSpan now)
    {
        if (value is not { } measured || double.IsNaN(measured))
        {
            _since = null;
            return false;
        }
        var beyond = isAbove ? measured - limit : limit - measured;
        if (_hasSaid && beyond <= -hysteresis) _hasSaid = false;
        if (_hasSaid || beyond <= 0)
        {
            _since = null;
            return false;
        }
        _since ??= now;
        if (now - _since < hold) return false;
        (_hasSaid, _since) = (true, null);
        return true;
    }
}
