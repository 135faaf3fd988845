using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace TestKit;

/// <summary>A file system of a few bytes, for tests of a full disk. Mounting it needs root; see <see cref="RootFactAttribute"/>.</summary>
public sealed class SmallDisk : IDisposable
{
    /// <summary>Mounts one in a new folder below <paramref name="folder"/>.</summary>
    public SmallDisk(string folder, int size)
    {
        Path = Directory.CreateDirectory(System.IO.Path.Combine(folder, "small-disk")).FullName;
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={size}"), "appliance-test", Path);
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Takes it away with all that is on it.</summary>
    public void Dispose() => Run("umount", Path);

    internal static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program}: {error}");
    }
}

/// <summary>A fact that needs to mount a small disk and is skipped, with a clear word, where that is not allowed.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    /// <summary>Skips the fact unless a small disk can be mounted.</summary>
    public RootFactAttribute() => Skip = RootSkip.Reason!;
}

/// <summary>A theory that needs to mount a small disk, likewise.</summary>
public sealed class RootTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the theory unless a small disk can be mounted.</summary>
    public RootTheoryAttribute() => Skip = RootSkip.Reason!;
}

internal static class RootSkip
{
    public static string? Reason { get; } = Try();

    private static string? Try()
    {
        var folder = Directory.CreateTempSubdirectory("appliance-test-").FullName;
        try
        {
            using var disk = new SmallDisk(folder, 4096);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return "a small disk cannot be mounted here (that needs root)";
        }
        finally { Directory.Delete(folder, recursive: true); }
    }
}
