using System.Globalization;

namespace Models.Store;

/// <summary>Sizes for people.</summary>
public static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000), ("B", 1), ("", 1),
    ];

    /// <summary>Reads a size: <c>2GB</c>, <c>1.5 GB</c>, <c>512MiB</c>, <c>800M</c>, or bytes alone. Decimal units unless they say i.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var unit = Units.First(unit => text.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase));
        if (!decimal.TryParse(text[..^unit.Unit.Length].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        if (number > long.MaxValue / unit.Bytes) return false;
        bytes = (long)(number * unit.Bytes);
        return true;
    }

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
