using System.Globalization;

namespace Runtime.Hardware.Kernel.Sysfs;

/// <summary>Files of <c>/sys</c>: one value each.</summary>
internal static class SysFile
{
    /// <summary>The value.</summary>
    /// <exception cref="HardwareException">It is not there, or the device does not answer.</exception>
    public static string Read(string path)
    {
        try { return File.ReadAllText(path).Trim('\n', '\0', ' '); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw Fault(path, "read", e); }
    }

    /// <summary>The value, or null where there is none.</summary>
    public static string? Find(string path)
    {
        try { return File.Exists(path) ? Read(path) : null; }
        catch (HardwareException) { return null; }
    }

    /// <summary>The value as a number.</summary>
    /// <exception cref="HardwareException">It is not there, or is none.</exception>
    public static double Number(string path) => Read(path) is var text && double.TryParse(text, CultureInfo.InvariantCulture, out var number)
        ? number : throw new HardwareException($"{path} says '{Runtime.Tools.Bounded.Begin(text, 40)}', which is no number.");

    /// <summary>Sets a value.</summary>
    /// <exception cref="HardwareException">It may not be, or the device refuses.</exception>
    public static void Write(string path, long value) => Write(path, value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="Write(string, long)"/>
    public static void Write(string path, string value)
    {
        try
        {
            // Not made where it is not there: a folder of tests is no kernel.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(value));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(path, "set", e);
        }
    }

    /// <summary>The folders of a folder, by name; none where it is not there.</summary>
    public static IEnumerable<string> Folders(string path) => Directory.Exists(path) ? Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal) : [];

    private static HardwareException Fault(string path, string what, Exception e) => new(e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path} is not there: the device is not connected, or its driver is not loaded.",
        UnauthorizedAccessException => $"{path} may not be {what} by this user; a udev rule can give it to a group (docs/hardware.md).",
        _ => $"{path} cannot be {what}: {e.Message}",
    }, e);
}
