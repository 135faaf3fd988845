using System.Globalization;
using System.Reflection;

namespace Appliance.Update;

/// <summary>What <c>./build.sh release</c> builds into the program: which release it is, whose key signs the next, and where they are. A file of a plain build has none of it.</summary>
internal static class PinnedRelease
{
    /// <summary>The release's number; 0 for a plain build.</summary>
    public static long Number { get; } = long.TryParse(Read("UpdateRelease"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>The public key, 64 hexadecimal digits, or null.</summary>
    public static string? Key { get; } = Read("UpdateKey");

    /// <summary>Where releases are found, or null.</summary>
    public static string? Url { get; } = Read("UpdateUrl");

    private static string? Read(string name) => typeof(PinnedRelease).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == name)?.Value;
}
