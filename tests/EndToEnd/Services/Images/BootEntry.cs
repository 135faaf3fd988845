using System.Globalization;
using System.Text.RegularExpressions;

namespace EndToEnd.Services.Images;

/// <summary>An entry of systemd-boot (the Boot Loader Specification, type 1). Immutable.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Left">Tries that are left; null where none are counted.</param>
/// <param name="Version">What it is ordered by.</param>
/// <param name="Slot">The slot that its kernel is told; <c>-</c> where none is.</param>
/// <param name="Kernel">Path of the kernel, from the boot partition.</param>
/// <param name="Initrd">Path of the initrd.</param>
internal sealed partial record BootEntry(string Name, int? Left, int Version, char Slot, string Kernel, string Initrd)
{
    /// <summary>Reads one; null where it names no kernel, which the boot loader skips.</summary>
    public static BootEntry? Parse(string name, string text)
    {
        string Field(string key) => text.Split('\n').Where(line => line.StartsWith(key + ' ', StringComparison.Ordinal)).Select(line => line[(key.Length + 1)..]).LastOrDefault("");
        if (Field("linux").Length == 0) return null;
        var tries = Tries().Match(name);
        var slot = Slots().Match(Field("options"));
        return new BootEntry(name, tries.Success ? int.Parse(tries.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null,
            int.TryParse(Field("version"), CultureInfo.InvariantCulture, out var version) ? version : 0, slot.Success ? slot.Groups[1].Value[0] : '-', Field("linux"), Field("initrd"));
    }

    [GeneratedRegex(@"\+(\d+)(?:-\d+)?\.conf$")]
    private static partial Regex Tries();

    [GeneratedRegex(@"appliance\.slot=([ab])")]
    private static partial Regex Slots();
}
