namespace Models.Generation.Drafting;

/// <summary>What a step costs by the rows in it, learned from the steps themselves: a running mean for each number of rows.</summary>
internal sealed class StepCosts
{
    private const double Weight = 0.1;

    // Until it is measured: what one more row costs beside the first.
    private const double AssumedPerRow = 0.1;

    private readonly double[] _seconds = new double[64];

    /// <summary>A step of so many rows took so long.</summary>
    public void Add(int rows, TimeSpan time)
    {
        if (rows >= _seconds.Length) return;
        ref var mean = ref _seconds[rows];
        // A pause of the machine must not count for many steps.
        var seconds = mean > 0 ? Math.Min(time.TotalSeconds, 3 * mean) : time.TotalSeconds;
        mean = mean > 0 ? mean + Weight * (seconds - mean) : seconds;
    }

    /// <summary>What a step of so many rows is expected to cost, as a multiple of a step of <paramref name="than"/> rows.</summary>
    public double Ratio(int rows, int than) => Estimate(rows) / Estimate(than);

    private double Estimate(int rows)
    {
        if (rows < _seconds.Length && _seconds[rows] > 0) return _seconds[rows];
        // From the nearest smaller step that was measured.
        for (var fewer = Math.Min(rows, _seconds.Length) - 1; fewer > 0; fewer--)
            if (_seconds[fewer] > 0) return _seconds[fewer] * (1 + AssumedPerRow * rows) / (1 + AssumedPerRow * fewer);
        return 1 + AssumedPerRow * rows;
    }
}
