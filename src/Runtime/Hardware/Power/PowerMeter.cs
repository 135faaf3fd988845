using System.Globalization;

namespace Runtime.Hardware.Power;

/// <summary>
/// What the board says it draws. Linux tells it in three ways: an energy counter of the processor package (powercap, <c>intel-rapl:*</c>,
/// microjoules), the power of a sensor (hwmon, <c>power1_input</c>, microwatts), or what a battery gives (power_supply, <c>power_now</c>,
/// microwatts). Most small boards say nothing.
/// </summary>
public sealed class PowerMeter
{
    private readonly string[] _counters;
    private readonly string[] _sensors;

    /// <summary>Looks for meters below a root, by default the machine's own.</summary>
    public PowerMeter(string root = "/")
    {
        _counters = [.. Files(Path.Combine(root, "sys/class/powercap"), "intel-rapl:?", "energy_uj")];
        // Where there is a counter it is the better of the two.
        _sensors = _counters.Length > 0 ? [] : [.. Files(Path.Combine(root, "sys/class/hwmon"), "hwmon*", "power1_input")];
        if (!IsThere) _sensors = [.. Files(Path.Combine(root, "sys/class/power_supply"), "*", "power_now")];
    }

    /// <summary>True where there is one.</summary>
    public bool IsThere => _counters.Length + _sensors.Length > 0;

    /// <summary>Starts measuring.</summary>
    public Reading Start() => new(this);

    private static IEnumerable<string> Files(string folder, string pattern, string name)
    {
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateDirectories(folder, pattern).Select(path => Path.Combine(path, name)).Where(file => Read(file) is not null);
    }

    private static double? Read(string path)
    {
        try
        {
            return double.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A measurement from its start on.</summary>
    public sealed class Reading
    {
        private readonly PowerMeter _meter;
        private readonly long _began = System.Diagnostics.Stopwatch.GetTimestamp();
        private readonly double?[] _energy;

        internal Reading(PowerMeter meter) => (_meter, _energy) = (meter, [.. meter._counters.Select(Read)]);

        /// <summary>Mean watts since the start (of a sensor: watts now); null where the board does not say.</summary>
        public double? Watts()
        {
            if (_meter._sensors.Length > 0) return _meter._sensors.Sum(sensor => Read(sensor) ?? 0) / 1e6;
            var joules = _meter._counters.Select((counter, i) => (Read(counter) - _energy[i]) / 1e6).ToArray();
            // A counter that wrapped around says nothing this time.
            if (joules.Length == 0 || joules.Any(j => j is null or < 0)) return null;
            return joules.Sum() / System.Diagnostics.Stopwatch.GetElapsedTime(_began).TotalSeconds;
        }
    }
}
