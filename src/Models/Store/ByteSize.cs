using System.Globalization;

namespace Models.Store;

/// <summary>Sizes for people.</summary>
public static class ByteSize
{
    /// <summary>A number of bytes with a decimal unit, as disks and downloads are sold: <c>317.5 MB</c>.</summary>
    public static string Format(long bytes)
    {
        ReadOnlySpan<string> units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
        double size = bytes;
        var unit = 0;
        // 999.95 would round to 1000.0 of the smaller unit.
        while (Math.Abs(size) >= (unit == 0 ? 1000 : 999.95) && unit < units.Length - 1) (size, unit) = (size / 1000, unit + 1);
        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {units[unit]}");
    }
}
