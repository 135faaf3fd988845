namespace TestKit;

/// <summary>How something grows: the slope of a straight line through its samples by least squares.</summary>
public static class Trend
{
    /// <summary>What y grows by while x grows by one. At least two samples of different x.</summary>
    public static double Slope(IReadOnlyList<(double X, double Y)> samples)
    {
        var (x, y) = (samples.Average(s => s.X), samples.Average(s => s.Y));
        return samples.Sum(s => (s.X - x) * (s.Y - y)) / samples.Sum(s => (s.X - x) * (s.X - x));
    }
}
